"""What `cmake --install` brings, after its prefix was moved: nothing of it may look for the build or the sources."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from runs import KSWEEP, PATIENCE_S, environment, write_sweep
from packages import packages_of  # found where runs looks

PROJECT = Path(__file__).parents[2]
BUILD = os.environ["KSWEEP_BUILD"]
CMAKE = os.environ.get("KSWEEP_CMAKE", "cmake")


def done(*words, cwd=None, **variables):
    return subprocess.run(list(map(str, words)), capture_output=True, text=True, timeout=PATIENCE_S, cwd=cwd, env=environment(**variables),
                          stdin=subprocess.DEVNULL)


def said(*words, **options):
    ended = done(*words, **options)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return ended.stdout


@pytest.fixture(scope="module")
def prefix(tmp_path_factory):
    """Installed under one name, and moved to another one with a blank in it."""
    folder = tmp_path_factory.mktemp("install")
    said(CMAKE, "--install", BUILD, "--prefix", folder / "first")
    (folder / "first").rename(folder / "moved here")
    return folder / "moved here"


@pytest.fixture(scope="module")
def results(prefix, tmp_path_factory):
    folder = tmp_path_factory.mktemp("sweep")
    write_sweep(folder)
    said(prefix / "bin/ksweep", "run", "tiny.cfg", "--quiet", "--threads", 1, cwd=folder)
    return folder / "results/tiny"


def test_all_of_it_is_there(prefix):
    share = prefix / "share/ksweep"
    for path in ("analysis/report", "analysis/ksweep/__init__.py", "analysis/ksweep_report/templates/page.html.j2", "jobs/main.cfg",
                 "jobs/published/tables.toml", "jobs/fetch-data", "slurm/sweep.sbatch", "slurm/report.sbatch"):
        assert (share / path).is_file(), path
    for program in ("analysis/report", "jobs/fetch-data", "slurm/sweep.sbatch"):
        assert os.access(share / program, os.X_OK), program
    assert list(prefix.glob("share/doc/ksweep/FORMAT.md")) and not list(prefix.rglob("__pycache__"))


def test_the_program_runs_a_sweep_that_was_installed_with_it(prefix, tmp_path):
    assert "96 trials" in said(prefix / "bin/ksweep", "plan", prefix / "share/ksweep/jobs/main.cfg", cwd=tmp_path)


def test_the_report_that_run_names_needs_nothing_but_the_folder(prefix, results):
    """The command is the one that is printed at the end of `ksweep run`, with the program's folder in PATH."""
    folder = results.parents[1]
    end = said(prefix / "bin/ksweep", "run", "tiny.cfg", "--quiet", "--threads", 1, cwd=folder, PATH=f"{prefix}/bin:{os.environ['PATH']}")
    command = end.splitlines()[-1].removeprefix("report:").strip()
    assert command == "ksweep report results/tiny"
    page = said("sh", "-c", command + " --format html,csv", cwd=folder, PATH=f"{prefix}/bin:{os.environ['PATH']}", PYTHONDONTWRITEBYTECODE="1")
    assert page == "results/tiny/report/report.html\n" and (folder / page.strip()).stat().st_size > 10_000


def test_a_link_to_the_program_finds_the_report(prefix, tmp_path):
    (tmp_path / "ksweep").symlink_to(prefix / "bin/ksweep")
    assert said(tmp_path / "ksweep", "report", "--help").startswith("Usage: ksweep report DIR|FILE... [options]\n")


def test_a_program_without_its_report_says_where_it_looked(prefix, tmp_path):
    (tmp_path / "bin").mkdir()
    shutil.copy(prefix / "bin/ksweep", tmp_path / "bin/ksweep")
    ended = done(tmp_path / "bin/ksweep", "report", "results")
    assert ended.returncode == 3 and f"{tmp_path}/share/ksweep/analysis/report" in ended.stderr and "cmake --install" in ended.stderr


def test_a_python_that_is_missing_is_told_with_the_cure(prefix):
    ended = done(prefix / "bin/ksweep", "report", "results", KSWEEP_PYTHON="/nowhere/python3")
    assert ended.returncode == 3 and ended.stderr.startswith("/nowhere/python3: cannot be started (No such file or directory)")
    assert "KSWEEP_PYTHON" in ended.stderr


def test_a_python_without_the_packages_is_told_with_the_cure(prefix, results, tmp_path):
    """A python3 that leaves out site-packages stands for one that does not have them."""
    bare = tmp_path / "python3"
    bare.write_text('#!/bin/sh\nexec /usr/bin/python3 -S "$@"\n')
    bare.chmod(0o755)
    ended = done(prefix / "bin/ksweep", "report", results, KSWEEP_PYTHON=str(bare))
    assert ended.returncode == 3 and "lacks h5py, numpy" in ended.stderr and "python3-h5py" in ended.stderr


def test_the_python_package_reads_the_results(prefix, results):
    code = "import sys, ksweep; print(ksweep.__file__, ksweep.open(sys.argv[1]).sizes)"
    page = said("/usr/bin/python3", "-c", code, results / "sweep.h5", PYTHONPATH=str(prefix / "share/ksweep/analysis"), PYTHONDONTWRITEBYTECODE="1")
    assert page.startswith(f"{prefix}/share/ksweep/analysis/ksweep/__init__.py") and "seed" in page


def listed_commands(program, *group):
    overview = said(program, *group, "--help")
    return [line.split()[0] for line in overview.partition("Commands:\n")[2].partition("\n\n")[0].splitlines()]


def test_the_manual_page_tells_every_command_and_option(prefix):
    page = (prefix / "share/man/man1/ksweep.1").read_text()
    commands = [command for command in listed_commands(KSWEEP) if command != "data"] + [f"data {each}" for each in listed_commands(KSWEEP, "data")]
    assert len(commands) > 9
    for command in commands:
        assert f".SS ksweep {command}\n" in page
        for line in said(KSWEEP, *command.split(), "--help").splitlines():
            assert line.replace("\\", "\\e").replace("-", "\\-") in page, line
    assert "model.learning_rate" not in page and "train.learning_rate" in page  # the keys


def test_the_manual_page_can_be_read(prefix):
    viewer = next((words for words in (["man", "--warnings", "-l"], ["mandoc", "-Tutf8"]) if shutil.which(words[0])), None)
    if not viewer:
        pytest.skip("neither man nor mandoc is installed")
    shown = done(*viewer, prefix / "share/man/man1/ksweep.1", MANWIDTH="100", MAN_KEEP_FORMATTING=None)
    assert shown.returncode == 0 and shown.stderr == ""
    assert "ksweep run SWEEP [options]" in shown.stdout and "$KSWEEP_DATA" in shown.stdout


def completions(prefix, *words):
    """What bash offers for the last word."""
    program = str(prefix / "bin/ksweep")
    script = ('source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); '
              '_ksweep "$1" "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"; printf "%s\\n" "${COMPREPLY[@]}"')
    return said("bash", "-c", script, "bash", prefix / "share/bash-completion/completions/ksweep", program, *words).split()


def options_of(*words):
    """As the help page writes them: `  -o [ --output ] DIR`, `  --set KEY=VALUES`, `  --output DIR, -o DIR`."""
    lines = said(KSWEEP, *words, "--help").splitlines()
    return sorted(next(word for word in line.replace(",", " ").split() if word.startswith("--")) for line in lines if line.startswith("  -"))


def test_bash_completes_commands(prefix):
    assert completions(prefix, "") == listed_commands(KSWEEP) + ["--help", "--version"]
    assert completions(prefix, "pl") == ["plan"]
    assert completions(prefix, "data", "") == listed_commands(KSWEEP, "data")


@pytest.mark.parametrize("command", ["run", "plan", "report", "data info"])
def test_bash_completes_the_options_of_a_command(prefix, command):
    offered = completions(prefix, *command.split(), "--")
    assert sorted(offered) == options_of(*command.split()) and "--help" in offered and len(offered) > 1


def test_bash_completes_keys(prefix):
    rates = [f"train.learning_rate{ending}=" for ending in ("", "_schedule", "_scaling")]
    assert completions(prefix, "run", "a.cfg", "--set", "train.learning_rate") == rates
    assert completions(prefix, "plan", "--keys", "model.hid") == ["model.hidden"]
    assert "grid.zip=" in completions(prefix, "run", "a.cfg", "--set", "")


def test_bash_leaves_names_of_files_to_itself(prefix):
    assert completions(prefix, "run", "jo") == []
    assert "complete -o default -F _ksweep ksweep" in Path(prefix / "share/bash-completion/completions/ksweep").read_text()


def pattern_of(library):
    """As dpkg knows a file, which may call /usr/lib /lib."""
    path = Path(library).resolve()
    return f"*/{path.parent.name}/{path.name}"


def test_jobs_packages_lists_what_the_program_is_linked_with():
    """Section [installed], from which the images are made.  The compiler's own libraries come with any other."""
    if not shutil.which("dpkg-query"):
        pytest.skip("no dpkg here to ask which package a library is of")
    needed = [line.split("[")[1].rstrip("]") for line in said("readelf", "-d", KSWEEP).splitlines() if "(NEEDED)" in line]
    paths = dict(line.split()[0:3:2] for line in said("ldd", KSWEEP).splitlines() if "=>" in line)
    of_packages = [said("dpkg-query", "-S", pattern_of(paths[name])).split(":")[0] for name in needed if name in paths]
    assert set(of_packages) - {"libc6", "libgcc-s1", "libstdc++6"} <= set(packages_of("installed")) and len(needed) > 8


@pytest.mark.parametrize("definition", ["Dockerfile", "ksweep.def", "build-for-container"])
def test_the_images_are_made_by_programs_that_exist(definition):
    text = (PROJECT / "packaging" / definition).read_text()
    named = set(re.findall(r"\b(?:jobs|packaging)/[\w.-]*\w", text))
    assert named and [path for path in named if not (PROJECT / path).is_file()] == []


def test_the_scripts_and_the_recipe_are_well_formed():
    for script in ("man-page", "build-for-container", "ksweep.bash"):
        said("bash", "-n", PROJECT / "packaging" / script)
    compile((PROJECT / "packaging/spack/packages/ksweep/package.py").read_text(), "package.py", "exec")
