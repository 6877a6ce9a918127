"""tests/run goes on after whatever fails, and tells at its end what did.  All that it starts are stand-ins here."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]
CMAKE = shutil.which("cmake")
CONFIGURATIONS = [f"cmake --preset {preset}" for preset in ("release", "dev", "sanitize", "threads", "fuzz")]
BUILDS = [f"cmake --build --preset {preset} -- -k 0" for preset in ("dev", "sanitize")]
TESTS = ["ctest --preset dev --output-junit tests.xml -LE long -j2", "ctest --preset sanitize -L unit --output-junit tests.xml -j2"]
LONG_TESTS = [TESTS[0].replace(" -LE long", ""), TESTS[1]]
FUZZ_TARGETS = sorted(path.name for path in (PROJECT / "tests/fuzz/corpus").iterdir())


def write_program(path, text):
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)


@pytest.fixture
def run_tests(tmp_path):
    """Runs tests/run with a command that fails; returns exit code, the commands that were started, and its words."""
    log = tmp_path / "log"
    stand_in = f'echo "$(basename "$0")${{1:+ $*}}" >>{log}; case "$(basename "$0") $*" in "$FAILS"*) exit 1 ;; esac'
    write_program(tmp_path / "cmake", f'[ "${{1%%=*}}" != --list-presets ] || exec {CMAKE} "$@"; {stand_in}')
    write_program(tmp_path / "ctest", stand_in)
    write_program(tmp_path / "dpkg-query", "echo install ok installed")
    for target in FUZZ_TARGETS:
        write_program(tmp_path / f"fuzz_{target}", f'set -- ; {stand_in}')

    def run(fails, *words):
        done = subprocess.run([PROJECT / "tests/run", *words, "-j2"], capture_output=True, text=True,
                              env=os.environ | {"PATH": f"{tmp_path}:{os.environ['PATH']}", "FAILS": fails, "KSWEEP_FUZZERS": str(tmp_path)})
        return done.returncode, log.read_text().splitlines(), done.stdout + done.stderr
    return run


def test_it_configures_builds_and_tests_all(run_tests):
    code, commands, told = run_tests("nothing")
    assert code == 0 and told.endswith("tests/run: all passed\n")
    assert commands == CONFIGURATIONS + BUILDS + TESTS


def test_a_long_run_replays_the_fuzz_targets_too(run_tests):
    code, commands, _ = run_tests("nothing", "--long")
    assert code == 0 and commands[:len(CONFIGURATIONS + BUILDS + TESTS)] == CONFIGURATIONS + BUILDS + LONG_TESTS
    assert sorted(commands[len(CONFIGURATIONS + BUILDS + TESTS):]) == [f"fuzz_{target}" for target in FUZZ_TARGETS]


@pytest.mark.parametrize("fails, name, left_out", [
    ("ctest --preset dev", "tests", []),
    ("ctest --preset sanitize", "unit tests with sanitizers", []),
    (f"fuzz_{FUZZ_TARGETS[0]}", "fuzz targets", []),
    ("cmake --build --preset dev", "build of preset dev", []),
    ("cmake --build --preset sanitize", "build of preset sanitize", []),
    ("cmake --preset threads", "configuration of preset threads", []),
    ("cmake --preset dev", "configuration of preset dev", [BUILDS[0], LONG_TESTS[0]]),
])
def test_what_fails_is_told_at_the_end_and_all_else_is_run(run_tests, fails, name, left_out):
    code, commands, told = run_tests(fails, "--long")
    assert code == 1 and told.endswith(f"tests/run: failed: {name}\n")
    expected = [*CONFIGURATIONS, *BUILDS, *LONG_TESTS, *(f"fuzz_{target}" for target in FUZZ_TARGETS)]
    assert sorted(commands) == sorted(command for command in expected if command not in left_out)
