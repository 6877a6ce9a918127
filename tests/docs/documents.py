"""What the documents of the tree say: their links, the paths that they name, their commands and options."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = ("analysis", "docs", "jobs", "slurm", "src", "tests")
SOURCES = (".cfg", ".cpp", ".def", ".h", ".md", ".py", ".sbatch", ".toml")
PLACEHOLDERS = re.compile(r"NAME|TARGET|…|\bFOLDER\b")
OPTION = re.compile(r"(?<![\w-])--[a-z][a-z-]+")
FIRST_WORDS_OF_FILES = ("sweep sha256", "training 2")   # of the formats, which begin with the program's name


def documents():
    below = (path for folder in FOLDERS for path in (ROOT / folder).rglob("*.md"))
    return sorted(path for path in (*ROOT.glob("*.md"), *below) if not any(part.startswith(".") for part in path.relative_to(ROOT).parts))


def without_blocks(text):
    return re.sub(r"^```.*?^```", "", text, flags=re.S | re.M)


def code_spans(text):
    """What stands between backticks, outside of blocks of code; a span may go over the end of a line."""
    return [" ".join(span.split()) for span in re.findall(r"`([^`]+)`", without_blocks(text))]


def shell_commands(text):
    """The commands of all blocks of shell, without comments."""
    lines = [re.sub(r"(^|\s)#.*", "", line) for block in re.findall(r"^```sh\n(.*?)^```", text, re.S | re.M) for line in block.splitlines()]
    return [" ".join(part.split()) for line in lines for part in line.split("&&") if part.strip()]


# --- links ---


def anchors(text):
    """Names by which a page's headings are linked to, as GitHub makes them, and those that it gives itself."""
    found = re.findall(r'<a id="([^"]+)">', text)
    for heading in re.findall(r"^#+ (.*)", without_blocks(text), re.M):
        words = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).lower()
        name = re.sub(r"[^\w -]", "", words).strip().replace(" ", "-")
        found.append(f"{name}-{found.count(name)}" if name in found else name)
    return found


def links(text):
    prose = re.sub(r"`[^`]*`", "", without_blocks(text))
    return [link for link in re.findall(r"\]\(([^)\s]+)\)", prose) if "://" not in link]


def broken_links(page):
    """Links of a page to what is not there: a file, or a heading of one."""
    def leads_somewhere(link):
        path, _, anchor = link.partition("#")
        target = page.parent / path if path else page
        return target.exists() and (not anchor or anchor in anchors(target.read_text()))
    return [link for link in links(page.read_text()) if not leads_somewhere(link)]


# --- paths ---


def names_of_files():
    return {path.name for folder in FOLDERS for path in (ROOT / folder).rglob("*")} | {path.name for path in ROOT.iterdir()}


def looks_like_a_path(word):
    """Whether a word names a file of the tree, not one that a build, a run or a user makes."""
    if PLACEHOLDERS.search(word) or not re.fullmatch(r"[\w./*-]+", word):
        return False
    return word.split("/")[0] in FOLDERS and "/" in word or word.endswith(SOURCES) and not word.startswith((".", "*", "-", "build/"))


def is_there(word, page):
    if "/" not in word:
        return word in names_of_files()
    return any(any(top.glob(word.rstrip("/"))) for top in (ROOT, ROOT / "src", page.parent))


def missing_paths(page):
    """Words of a page's code that look like files of the tree and are none."""
    text = page.read_text()
    words = [word for code in code_spans(text) + shell_commands(text) for word in code.split()]
    return [word for word in dict.fromkeys(words) if looks_like_a_path(word) and not is_there(word, page)]


# --- commands ---


def ksweep_commands(text):
    """All commands of the program in a page, without its name."""
    found = [command[1] for code in shell_commands(text) + code_spans(text) if (command := re.search(r"(?:^|[\s/])ksweep ((?:[a-z]+\b|--).*)", code))]
    return [command for command in dict.fromkeys(found) if command not in FIRST_WORDS_OF_FILES]


# What a reader fills in, in order, and what a test does.
FILLED_IN = {"--output FILE": "--output all.h5", "--output DIR": "--output made", "DIR…": "results/main results/mnist-k", "DIR": "results/main",
             "FILE": "results/main/sweep.h5", "OUT": "out.csv", "SWEEP": "jobs/main.cfg", "jobs/NAME.cfg": "jobs/main.cfg", "SET": "digits",
             "I/N": "1/2", "N": "1", "…": ""}


def filled_in(command):
    """The words of a command that can be run."""
    for name, text in FILLED_IN.items():
        command = re.sub(rf"(?<!\S){re.escape(name)}(?!\S)", text, command)
    return command.split()


def can_be_run(words):
    """Whether a command is there with what it works on, not only by its name."""
    return "--keys" in words or any(word == "digits" or word.startswith(("jobs/", "results/")) for word in words[1:])


def options_of(text):
    return OPTION.findall(text)
