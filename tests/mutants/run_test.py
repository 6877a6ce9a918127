"""tests/mutants/run tells who notices each change, in a project of one file whose compiler and tests are stand-ins."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

RUN = Path(__file__).with_name("run")
SOURCE = "int answer = 42;\nint other = 7;\n"
CMAKE = '! { [ "$1" = --build ] && grep -q "no C++" src/core/a.cpp; }'
CTEST = '''grep -q "folder sees" src/core/a.cpp && case $* in *tests/core*) printf '\\t3 - Core.sees_it (Failed)\\n'; exit 8 ;; esac
grep -q "one kind sees" src/core/a.cpp && case $* in *tests/core*)
    printf '\\t4 - All/Core.sees/(1, <02 00>)  # GetParam() = (1, <02 00>) (Failed)\\n'; exit 8 ;; esac
grep -q "program sees" src/core/a.cpp && case $* in *'.b$'*) printf '\\t1 - program.b (Timeout)\\n'; exit 8 ;; esac
exit 0'''


def mutant(replace, find="42", more=""):
    return f'[[mutant]]\nfile = "core/a.cpp"\nfind = "{find}"\nreplace = "{replace}"\nreason = "reason of {replace}"\nprograms = ["a", "b"]\n{more}\n'


@pytest.fixture
def project(tmp_path):
    """Runs the script in a repository with these mutants; returns exit code and words."""
    (tmp_path / "src/core").mkdir(parents=True)
    (tmp_path / "src/core/a.cpp").write_text(SOURCE)
    (tmp_path / "tests/mutants").mkdir(parents=True)
    (tmp_path / ".gitignore").write_text("build/\nbin/\n")
    shutil.copy(RUN, tmp_path / "tests/mutants/run")
    (tmp_path / "bin").mkdir()
    for name, text in (("cmake", CMAKE), ("ctest", CTEST)):
        (tmp_path / "bin" / name).write_text(f'#!/bin/sh\necho "{name} $*" >>{tmp_path}/build/calls\n{text}\n')
        (tmp_path / "bin" / name).chmod(0o755)
    git = ["git", "-C", tmp_path, "-c", "user.name=a", "-c", "user.email=a@b"]
    for words in (["init", "-q"], ["add", "."], ["commit", "-q", "-m", "first"]):
        subprocess.run([*git, *words], check=True)

    def run(mutants, *words):
        (tmp_path / "build").mkdir(exist_ok=True)
        (tmp_path / "build/list").write_text(mutants)
        done = subprocess.run([tmp_path / "tests/mutants/run", "--mutants", tmp_path / "build/list", *words], capture_output=True, text=True,
                              env=os.environ | {"PATH": f"{tmp_path}/bin:{os.environ['PATH']}"})
        return done.returncode, done.stdout + done.stderr
    run.folder = tmp_path
    return run


def calls(project):
    """What was started since the last call."""
    log = project.folder / "build/calls"
    lines = log.read_text().splitlines() if log.exists() else []
    log.unlink(missing_ok=True)
    return lines


@pytest.mark.parametrize("replace, told, code", [
    ("folder sees", "Core.sees_it, ", 0),
    ("one kind sees", "All/Core.sees, ", 0),  # without its parameters, which may be addresses
    ("program sees", "program.b, ", 0),
    ("nobody sees", "SURVIVES, ", 1),
    ("no C++", "DOES NOT COMPILE, ", 1),
])
def test_a_mutant_is_caught_or_not(project, replace, told, code):
    result, words = project(mutant(replace))
    assert result == code and f"core/a.cpp: reason of {replace}\n    {told}" in words


def test_the_program_tests_are_asked_only_if_those_of_the_folder_pass(project):
    project(mutant("folder sees"))
    assert not [line for line in calls(project) if "program\\." in line]
    project(mutant("program sees"))
    assert [line.split("-R ")[1].split()[0] for line in calls(project) if "-R " in line] == ["^program\\.a$", "^program\\.b$"]


def test_the_folder_can_be_asked_alone(project):
    code, words = project(mutant("folder sees") + mutant("program sees", find="7"), "--folder-only")
    assert code == 1 and "Core.sees_it, " in words
    assert "reason of program sees\n    passes tests/core; the tests of the program were not asked, " in words and "SURVIVES" not in words
    assert not [line for line in calls(project) if "program" in line or "ksweep" in line]


def test_the_program_is_asked_later_about_what_passed_its_folder(project):
    project(mutant("program sees"), "--folder-only")
    calls(project)
    project(mutant("program sees"), "--folder-only")
    assert not calls(project)
    code, words = project(mutant("program sees"))
    assert code == 0 and "    program.b, " in words
    assert len([line for line in calls(project) if "tests/core" in line and line.startswith("ctest")]) == 1  # without the mutant


def test_a_mutant_without_a_folder_is_not_tried_where_the_folder_is_asked_alone(project):
    (project.folder / "src/main.cpp").write_text("int main() {}\n")
    code, words = project('[[mutant]]\nfile = "main.cpp"\nfind = "{}"\nreplace = "{ ; }"\nreason = "none"\n' + mutant("folder sees"), "--folder-only")
    assert code == 0 and "1 mutants have not been tried" in words


def test_the_files_of_the_user_and_of_the_copy_stay_as_they_were(project):
    project(mutant("folder sees") + mutant("nobody sees", find="7"))
    assert (project.folder / "src/core/a.cpp").read_text() == SOURCE
    assert (project.folder / "build/mutants/tree/src/core/a.cpp").read_text() == SOURCE


def test_a_known_survivor_has_a_reason_and_is_no_fault(project):
    code, words = project(mutant("nobody sees", more='survives = "it is equivalent"'))
    assert code == 0 and "    survives (it is equivalent), " in words
    assert "(no longer: drop `survives`)" in project(mutant("folder sees", more='survives = "it is equivalent"'))[1]


def test_what_has_a_result_is_tried_again_only_when_asked(project):
    project(mutant("nobody sees"))
    calls(project)
    code, words = project(mutant("nobody sees") + mutant("folder sees"), "--only", "nobody")
    assert code == 1 and "SURVIVES" in words and not calls(project)
    project(mutant("nobody sees"), "--again")
    assert calls(project)


def test_results_are_those_of_one_version_of_the_tree(project):
    project(mutant("nobody sees"))
    (project.folder / "src/core/a.cpp").write_text(SOURCE + "int more;\n")
    assert "1 mutants have not been tried" in project(mutant("nobody sees"), "--table")[1]


def test_who_catches_a_mutant_is_kept_for_later_versions(project):
    assert "reason of folder sees (not tried yet)" in project(mutant("folder sees"), "--list")[1]
    code, words = project(mutant("folder sees"), "--check")
    assert code == 1 and "reason of folder sees: no test was seen to catch it" in words
    project(mutant("folder sees"))
    (project.folder / "src/core/a.cpp").write_text("int before;\n" + SOURCE)
    assert "src/core/a.cpp:2: reason of folder sees (Core.sees_it)" in project(mutant("folder sees"), "--list")[1]
    assert project(mutant("folder sees"), "--check") == (0, "")
    # What is not in the list any more is forgotten; what survives need not be caught, but for a reason.
    project(mutant("program sees"))
    assert "Core.sees_it" not in (project.folder / "tests/mutants/caught.tsv").read_text()
    assert project(mutant("nobody sees"), "--check")[0] == 1
    assert project(mutant("nobody sees", more='survives = "it is equivalent"'), "--check")[0] == 0


@pytest.mark.parametrize("entry, count", [(mutant("x", find="int"), 2), (mutant("x", find="43"), 0)])
def test_a_text_that_is_not_there_once_is_refused(project, entry, count):
    code, words = project(entry, "--check")
    assert code == 1 and f"its text is there {count} times" in words and not calls(project)


def test_tests_that_fail_without_a_change_are_told(project):
    (project.folder / "src/core/a.cpp").write_text(SOURCE + "// folder sees\n")
    code, words = project(mutant("nobody sees"))
    assert code == 1 and "Core.sees_it fails without any change" in words
