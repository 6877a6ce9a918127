"""What packaging/Dockerfile and packaging/ksweep.def say, as stages that can be carried out without Docker and Apptainer."""

import re
import shlex
from dataclasses import dataclass, field


@dataclass
class Stage:
    """An image that is made from `base`: in this order `setup` runs outside, files are copied, `commands` run inside."""
    base: str
    name: str
    setup: str = ""
    copies: list = field(default_factory=list)  # (name of a stage or None for the sources, path there, path in the image)
    commands: str = ""
    environment: str = ""
    program: str = ""  # a shell command; what the user writes is in "$@"
    test: str = ""
    folder: str = "/"


def instructions(text):
    """Pairs (name, rest) of a Dockerfile, continued lines joined."""
    lines = "\n".join(line for line in text.splitlines() if not line.startswith("#")).replace("\\\n", " ").splitlines()
    return [line.split(None, 1) for line in lines if line.strip()]


def words_of(form):
    """The words of ENTRYPOINT or CMD, which are written as a list."""
    return re.findall(r'"([^"]*)"', form)


def add_copies(stage, rest):
    words = rest.split()
    origin = words.pop(0).removeprefix("--from=") if words[0].startswith("--from=") else None
    *sources, target = words
    stage.copies += [(origin, source, target) for source in sources]


def read_dockerfile(text):
    """The stages of a Dockerfile, of the instructions that ours has; any other one is an error."""
    stages = []
    for name, rest in instructions(text):
        if name == "FROM":
            base, _, alias = rest.partition(" AS ")
            stages.append(Stage(base, alias))
        elif name == "COPY":
            assert not stages[-1].commands or rest.startswith("--from="), "sources are copied before commands run"
            add_copies(stages[-1], rest)
        elif name == "RUN":
            stages[-1].commands += rest + "\n"
        elif name == "WORKDIR":
            stages[-1].folder = rest
        elif name == "ENTRYPOINT":
            stages[-1].program = f'exec {shlex.join(words_of(rest))} "$@"'
        else:
            assert name == "CMD", f"{name} is not known here"
    return stages


def sections(text):
    """Pairs (head, body) of a part of a definition file."""
    return [(head.strip(), body) for head, body in re.findall(r"^%([^\n]*)\n((?:(?!%)[^\n]*\n?)*)", text, re.MULTILINE)]


def read_definition(text):
    """The stages of an Apptainer definition file, of the sections that ours has; any other one is an error."""
    stages = []
    for part in re.split(r"^(?=Bootstrap: )", text, flags=re.MULTILINE)[1:]:
        part = re.sub(r"^#.*\n", "", part, flags=re.MULTILINE)
        header = dict(re.findall(r"^(\w+): (.*)$", part.partition("%")[0], re.MULTILINE))
        stage = Stage(header["From"], header["Stage"])
        for head, body in sections(part):
            if head.startswith("files"):
                origin = head.removeprefix("files").removeprefix(" from ") or None
                stage.copies += [(origin, *line.split()) for line in body.splitlines() if line.strip()]
            else:
                attribute = {"post": "commands", "runscript": "program"}.get(head, head)
                assert hasattr(stage, attribute), f"%{head} is not known here"
                setattr(stage, attribute, body)
        stages.append(stage)
    return stages
