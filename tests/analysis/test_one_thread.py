"""The tools have NumPy's linear algebra use one thread, told to it in time: before it is imported."""

import os
import subprocess
import sys

import pytest
from conftest import PUBLISHED, REPORT
from ksweep_report.base.one_thread import VARIABLES

# Stands in for NumPy and tells what the real one would have found.
FAKE_NUMPY = f"""
import os, sys
print(*[os.environ.get(name, "unset") for name in {VARIABLES!r}])
sys.stdout.flush()
os._exit(0)
"""
TOOLS = {"report": [REPORT, "sweep.h5", "--output", "out"], "published": [PUBLISHED],
         "example": [REPORT.with_name("example.py"), "sweep.h5"], "interface": ["-c", "import ksweep"]}


def found_by_numpy(tool, tmp_path, **set_by_user):
    (tmp_path / "numpy.py").write_text(FAKE_NUMPY)
    environment = {name: value for name, value in os.environ.items() if name not in VARIABLES} | set_by_user
    environment["PYTHONPATH"] = f"{tmp_path}:{REPORT.parent}"
    done = subprocess.run([sys.executable, *map(str, TOOLS[tool])], capture_output=True, text=True, env=environment, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    return dict(zip(VARIABLES, done.stdout.split(), strict=True))


@pytest.mark.parametrize("tool", TOOLS)
def test_linear_algebra_uses_one_thread(tool, tmp_path):
    assert found_by_numpy(tool, tmp_path) == dict.fromkeys(VARIABLES, "1")


@pytest.mark.parametrize("tool", TOOLS)
def test_what_the_user_has_set_wins(tool, tmp_path):
    found = found_by_numpy(tool, tmp_path, OPENBLAS_NUM_THREADS="3")
    assert found == dict.fromkeys(VARIABLES, "1") | {"OPENBLAS_NUM_THREADS": "3"}
