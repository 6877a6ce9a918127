"""The documents: links lead somewhere, paths are there, commands run, options and lists are those of the program.

Each check is tried on a text with a fault, too.
"""

import functools
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import documents
import pytest
from documents import ROOT

sys.path.insert(0, str(ROOT / "tests" / "program"))
from runs import KSWEEP, PATIENCE_S, command, environment, run, write_sweep  # noqa: E402
from packages import packages_of  # noqa: E402  (found where runs looks)

PAGES = documents.documents()
README, CONTRIBUTING = ROOT / "README.md", ROOT / "CONTRIBUTING.md"
RUNNING, MODELS = ROOT / "docs/running.md", ROOT / "docs/models.md"
FEW = {"data.train": 200, "data.validation": 50, "data.test": 100, "model.hidden": 16, "model.k": "2, 4", "train.epochs": 1}


def name_of(page):
    return str(page.relative_to(ROOT))


def ran(words, cwd, **variables):
    return subprocess.run([str(word) for word in words], cwd=cwd, env=environment(**variables), capture_output=True, text=True,
                          stdin=subprocess.DEVNULL, timeout=PATIENCE_S)


@pytest.fixture
def page(tmp_path):
    """Writes a page of its own beside which nothing lies."""
    def write(text):
        (tmp_path / "page.md").write_text(text)
        return tmp_path / "page.md"
    return write


# --- links and paths ---


def test_the_pages_are_found():
    assert {"README.md", "CONTRIBUTING.md", "CHANGELOG.md", "docs/architecture.md", "jobs/README.md", "src/store/FORMAT.md"} <= {*map(name_of, PAGES)}
    assert sum(len(documents.links(each.read_text())) for each in PAGES) > 50


@pytest.mark.parametrize("each", PAGES, ids=name_of)
def test_every_link_leads_somewhere(each):
    assert documents.broken_links(each) == []


@pytest.mark.parametrize("text, broken", [
    ("# A heading, of `two` things\n[there](#a-heading-of-two-things) [outside](https://example.org/x)", []),
    ("# A\n## B\n## B\n[the second](#b-1) and [no third](#b-2)", ["#b-2"]),
    ("[no file](docs/none.md)", ["docs/none.md"]),
    ("[no heading](page.md#none)\n# Some", ["page.md#none"]),
    ("```\n# no heading\n```\n[in a block](#no-heading)", ["#no-heading"]),
])
def test_a_broken_link_is_seen(page, text, broken):
    assert documents.broken_links(page(text)) == broken


@pytest.mark.parametrize("each", PAGES, ids=name_of)
def test_every_path_is_there(each):
    assert documents.missing_paths(each) == []


@pytest.mark.parametrize("text, missing", [
    ("`src/main.cpp`, `core/trial.h`, `tests/run --long`, `jobs/*.cfg`, `trial_keys.cpp`, `src/model/rules/`", []),
    ("`results/main/sweep.h5`, `build/dev/ksweep`, `jobs/NAME.cfg`, `file.h5:/group`", []),
    ("`src/none.cpp`", ["src/none.cpp"]),
    ("`none.cpp`", ["none.cpp"]),
    ("`docs/none/`", ["docs/none/"]),
    ("```sh\njobs/none   # a command\n```", ["jobs/none"]),
])
def test_a_missing_path_is_seen(page, text, missing):
    assert documents.missing_paths(page(text)) == missing


# --- commands ---


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    """A folder with two sweep files of tiny trials where the documents have large ones, and their results."""
    folder = tmp_path_factory.mktemp("sandbox")
    (folder / "jobs").mkdir()
    for name in ("main", "mnist-k"):
        run(write_sweep(folder / "jobs", FEW, f"{name}.cfg"), folder / "results" / name)
    return folder


@pytest.fixture
def sandbox(results, tmp_path):
    return Path(shutil.copytree(results, tmp_path / "sandbox"))


@functools.cache
def help_page(*words):
    done = ran([*command(*words), "--help"], cwd=ROOT)
    assert done.returncode == 0, done.stderr
    return done.stdout


def command_of(words):
    return words[:2] if words[0] == "data" and len(words) > 1 else words[:1]


def unknown_options(text, pages):
    return [option for option in documents.options_of(text) if not re.search(rf"{option}(?![\w-])", pages)]


COMMANDS = list(dict.fromkeys(line for each in PAGES for line in documents.ksweep_commands(each.read_text())))


def test_commands_of_every_kind_are_found():
    assert {documents.filled_in(line)[0] for line in COMMANDS} >= {"run", "plan", "status", "merge", "verify", "export", "prune", "weights", "data"}
    assert sum(documents.can_be_run(documents.filled_in(line)) for line in COMMANDS) > 15


@pytest.mark.parametrize("line", COMMANDS)
def test_every_command_is_one_of_the_program_and_has_its_options(line):
    assert unknown_options(line, help_page(*command_of(documents.filled_in(line)))) == []


@pytest.mark.parametrize("line", [line for line in COMMANDS if documents.can_be_run(documents.filled_in(line))])
def test_every_command_that_is_written_out_runs(sandbox, line):
    done = ran(command(*documents.filled_in(line)), sandbox)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("line", ["run jobs/main.cfg --rank 1 --bogus", "status results/none", "merge results/main",
                                  "plan jobs/main.cfg --set model.kk=3"])
def test_a_command_that_does_not_run_is_seen(sandbox, line):
    assert ran(command(*documents.filled_in(line)), sandbox).returncode != 0


def test_an_unknown_option_is_seen():
    assert unknown_options("ksweep run SWEEP --ranks 2 --rank 3 --set model.k=3", help_page("run")) == ["--rank"]


REPORTS = list(dict.fromkeys(line for each in PAGES for line in documents.shell_commands(each.read_text()) if line.startswith("analysis/report ")))


@pytest.mark.parametrize("line", REPORTS)
def test_every_report_is_written(sandbox, line):
    done = ran([sys.executable, ROOT / line.split()[0], *line.split()[1:], "--format", "html"], sandbox)
    assert done.returncode == 0 and (sandbox / "results/mnist-k/report/report.html").exists(), done.stderr


def first_program(line):
    """The name of what a line of shell starts, without variables that are set for it."""
    return next(word for word in line.split() if not re.match(r"[A-Z_]+=", word))


OF_THE_SYSTEM = {"apptainer", "cmake", "ctest", "dnf", "docker", "export", "gdb", "git", "mpirun", "python3", "sbatch", "srun"}


@pytest.mark.parametrize("each", PAGES, ids=name_of)
def test_every_line_of_shell_starts_a_known_program(each):
    programs = {first_program(line) for line in documents.shell_commands(each.read_text())}
    made = {name for name in programs if name.startswith("build/")}
    ours = {name for name in programs if os.access(ROOT / name, os.X_OK)}
    assert programs - made - ours - OF_THE_SYSTEM == set()


def stand_in(folder, name, text):
    (folder / name).write_text(f"#!/bin/sh\n{text}\n")
    (folder / name).chmod(0o755)


def test_the_main_job_of_the_readme_ends_with_a_report(tmp_path):
    """In a tree whose program is built and whose packages are installed: jobs/main really sweeps, on two ranks, with few epochs."""
    for folder in ("jobs", "analysis"):
        (tmp_path / folder).symlink_to(ROOT / folder)
    (tmp_path / "build/release").mkdir(parents=True)
    (tmp_path / "build/release/ksweep").symlink_to(KSWEEP)
    (tmp_path / "stand-ins").mkdir()
    stand_in(tmp_path / "stand-ins", "cmake", "exit 0")
    stand_in(tmp_path / "stand-ins", "dpkg-query", "echo install ok installed")
    assert "jobs/main" in documents.shell_commands(README.read_text())
    few = FEW | {"model.kind": "k-sparse", "model.sparsity_weight": 0.01, "train.seed": "0, 1"}
    words = [word for key, value in few.items() for word in ("--set", f"{key}={value}")]
    done = ran(["jobs/main", *words, "--threads", 1], tmp_path, PATH=f"{tmp_path}/stand-ins:{os.environ['PATH']}")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / done.stdout.splitlines()[-1]).resolve() == (tmp_path / "results/main/report/report.html").resolve()
    for name in re.findall(r"^\| `(\S+)` \|", README.read_text(), re.M):
        assert (tmp_path / name).exists(), name


# --- options, lists and tables ---


def other_options():
    """What names an option besides the program: the report's help, and scripts."""
    scripts = [*ROOT.glob("tests/run"), *ROOT.glob("tests/*/run"), ROOT / "tests/chaos/chaos.py", ROOT / "jobs/setup", ROOT / "slurm/sweep.sbatch"]
    helps = [ran([sys.executable, ROOT / "analysis" / name, "--help"], ROOT).stdout for name in ("report", "published")]
    return "".join([*helps, *(script.read_text() for script in scripts), "\n--mca\n"])


@pytest.fixture(scope="module")
def known_options():
    names = ("run", "plan", "status", "merge", "verify", "export", "prune", "weights", "data info", "data digits", "data export", "data activations")
    return other_options() + "".join(help_page(*name.split()) for name in names)


@pytest.mark.parametrize("each", PAGES, ids=name_of)
def test_every_option_between_backticks_is_one_of_a_help_page(each, known_options):
    others = ("cmake", "ctest", "mpirun", "srun", "apptainer", "docker")
    spans = [span for span in documents.code_spans(each.read_text()) if not span.startswith(others)]
    assert unknown_options(" ".join(spans), known_options) == []


def test_the_documents_and_the_help_give_the_same_exit_codes():
    table = RUNNING.read_text().partition("| exit code |")[2]
    codes = set(re.findall(r"^\| (\d+) \|", table.partition("\n\n")[0], re.M))
    help_text = " ".join(help_page("run").partition("Exit codes")[2].split())
    assert codes == set(re.findall(r"(?:codes?: |[:;] )(\d+) ", help_text)) != set()


def test_the_documents_name_every_kind_of_model_and_of_probe():
    keys, text = ran(command("plan", "--keys"), ROOT).stdout, MODELS.read_text()
    for section, names in (("model", "k-sparse, wta, plain, rbm, random, raw, classifier"), ("probe", "softmax, knn, centroid")):
        help_text = " ".join(re.search(rf"^\[{section}\]\n  kind .*?^  \w", keys, re.M | re.S)[0].split())
        choices = re.search(r"default [\w-]+; (.*?) \w+$", help_text)[1].replace(" or ", ", ").split(", ")
        assert set(names.split(", ")) <= set(choices)
        assert [choice for choice in choices if choice not in text] == []


def test_contributors_are_told_every_label_and_preset():
    text = CONTRIBUTING.read_text()
    configured = "".join(path.read_text() for path in ROOT.glob("tests/**/CMakeLists.txt"))
    labels = {label for group in re.findall(r'LABELS "?([\w;]+)', configured) for label in group.split(";")}
    presets = {preset["name"] for preset in json.loads((ROOT / "CMakePresets.json").read_text())["configurePresets"] if not preset.get("hidden")}
    for name, head in ((labels, "| label |"), (presets, "| preset |")):
        assert set(re.findall(r"^\| `([\w-]+)` \|", text.partition(head)[2].partition("\n\n")[0], re.M)) == name != set()


def test_licences_are_named_of_every_package_that_ksweep_needs():
    needed = packages_of("run") + packages_of("report")
    text = (ROOT / "docs/licences.md").read_text()
    assert len(needed) > 15 and [package for package in needed if f"`{package}`" not in text] == []


def test_citation_and_changelog_are_of_the_version_that_is_built():
    version = re.search(r"project\(ksweep VERSION ([\d.]+)", (ROOT / "CMakeLists.txt").read_text())[1]
    assert f"\nversion: {version}\n" in (ROOT / "CITATION.cff").read_text()
    assert re.findall(r"^## ([\d.]+)", (ROOT / "CHANGELOG.md").read_text(), re.M)[0] == version
