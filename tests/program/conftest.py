"""Lets the tests import what analysis/ holds, and leaves no process behind that a test started."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "analysis"))


@pytest.fixture(autouse=True)
def no_process_outlives_its_test():
    """Also if an assertion fails while a sweep runs: later tests would fail by its load."""
    yield
    from runs import end_all  # which needs the program's name in KSWEEP
    end_all()
