"""flake8 has nothing to say of any Python in the tree."""

import importlib.util
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
NOT_OURS = {"build", "results"}   # of the folders at the top, beside hidden ones
SHEBANG = re.compile(rb"#!.*\bpython[\d.]*\s")


def is_python(path):
    """By its suffix or, where it has none, its first line."""
    if path.suffix:
        return path.suffix == ".py"
    with open(path, "rb") as file:
        return SHEBANG.match(file.read(200)) is not None


def files_below(folder):
    for path in sorted(folder.iterdir()):
        hidden = path.name.startswith(".") or path.name == "__pycache__"
        if path.is_dir() and not path.is_symlink() and not hidden and not (folder == ROOT and path.name in NOT_OURS):
            yield from files_below(path)
        elif path.is_file():
            yield path


def complaints(paths):
    """The lines that flake8 prints, by the settings at the top of the tree."""
    if importlib.util.find_spec("flake8") is None:
        pytest.fail("flake8 is not installed, which reads the Python of the tree. Run: jobs/setup --tests")
    done = subprocess.run([sys.executable, "-m", "flake8", "--config", ROOT / ".flake8", *paths], capture_output=True, text=True, cwd=ROOT)
    assert done.stderr == "", done.stderr
    return done.stdout.splitlines()


def test_flake8_has_nothing_to_say():
    assert complaints([path.relative_to(ROOT) for path in files_below(ROOT) if is_python(path)]) == []


def test_scripts_without_a_suffix_are_known_by_their_first_line():
    scripts = {str(path.relative_to(ROOT)) for path in files_below(ROOT) if not path.suffix and is_python(path)}
    assert {"analysis/report", "jobs/fetch-data", "tests/mutants/run"} <= scripts
    assert "tests/run" not in scripts   # of a shell


@pytest.mark.parametrize("text, code", [
    ("import os\n", "F401"),
    ("print(missing)\n", "F821"),
    ("x = None\nprint(x == None)\n", "E711"),
    ("x = '" + "-" * 150 + "'\n", "E501"),
])
def test_a_fault_is_seen(tmp_path, text, code):
    script = tmp_path / "script"
    script.write_text("#!/usr/bin/env python3\n" + text)
    assert is_python(script)
    assert [line.split()[1] for line in complaints([script])] == [code]
