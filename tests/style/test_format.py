"""clang-format would change no C or C++ source of the tree: they are as .clang-format says."""

import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SUFFIXES = {".h", ".cpp", ".c"}


def sources():
    return sorted(path for folder in ("src", "tests") for path in (ROOT / folder).rglob("*") if path.suffix in SUFFIXES)


def complaints(paths):
    """What clang-format says of each place that it would change."""
    if shutil.which("clang-format") is None:
        pytest.fail("clang-format is not installed, which checks the format of the sources. Run: jobs/setup --tests")
    done = subprocess.run(["clang-format", "--dry-run", "--style=file", *paths], capture_output=True, text=True, cwd=ROOT)
    return [line for line in done.stderr.splitlines() if "warning:" in line or "error:" in line]


def test_sources_are_formatted():
    assert len(sources()) > 300
    assert complaints(sources()) == [], "clang-format -i FILE mends it"


def test_a_source_that_is_not_is_seen(tmp_path):
    shutil.copy(ROOT / ".clang-format", tmp_path)
    path = tmp_path / "a.cpp"
    path.write_text("int  f( ) {return 1;}\n")
    assert complaints([path])
