"""What `ksweep plan` says that seeds resolve is half the width of the intervals that the report will draw."""

import os
import re
import subprocess

import pytest
from ksweep_report.results.statistics import half_width


@pytest.mark.parametrize("n_seeds, n_k", [(3, 5), (4, 2), (6, 9), (12, 4)])
def test_plan_and_report_have_the_same_half_width(tmp_path, n_seeds, n_k):
    ks = ", ".join(str(k + 1) for k in range(n_k))
    (tmp_path / "x.cfg").write_text(f"title = Which k?\n[data]\ntrain = 200\n[model]\nhidden = 20\nk = {ks}\n[train]\nseed = 0..{n_seeds - 1}\n")
    text = subprocess.run([os.environ["KSWEEP"], "plan", str(tmp_path / "x.cfg")], capture_output=True, text=True, check=True, cwd=tmp_path).stdout
    found = {int(n): float(value) for n, value in re.findall(r"(\d+) seeds: (?:differences beyond )?([\d.]+) standard", text)}
    assert n_seeds in found and len(found) == 2 + (n_seeds < 10)
    assert all(value == float(f"{half_width(1.0, n, n_k - 1):.3g}") for n, value in found.items())
