import subprocess
import sys

import numpy as np
import pytest
import simulate_statistics as simulation
from conftest import REPORT
from ksweep_report.results.statistics import t_ends
from ksweep_report.results.verdicts import judge, verdict_of

PAGE = (REPORT.parents[1] / "docs/report.md").read_text(encoding="utf-8")


def test_the_page_on_the_report_has_the_simulated_table():
    assert simulation.table() in PAGE


@pytest.mark.parametrize("n", simulation.SEEDS)
@pytest.mark.parametrize("law", ["normal", "heavy-tailed (t, 3 degrees)"])
def test_intervals_of_symmetric_values_hold_what_they_say(law, n):
    cover, elsewhere, _, all_pairs = simulation.row(law, n)
    slack = 3 * np.sqrt(0.05 * 0.95 / simulation.SWEEPS)   # 3 standard errors
    assert cover > 0.95 - slack and elsewhere < 0.05 + slack and all_pairs < 0.05 + slack


def test_the_page_names_the_worst_coverage():
    worst = min(simulation.row(law, n)[0] for law in simulation.LAWS for n in simulation.SEEDS)
    assert f"{100 * worst:.0f} % at worst" in PAGE


def test_the_simulation_judges_as_the_report_does():
    values = simulation.values_of(np.random.default_rng(5), "normal", 4, 3 * simulation.SLOPE)[:50]
    found = simulation.differences(np.concatenate([values] * 40), simulation.best(np.concatenate([values] * 40)))[0][:50]
    _, _, low, high = t_ends(found, 4)
    verdicts = verdict_of(low, high)
    assert len(set(verdicts.ravel())) > 1
    assert verdicts.tolist() == [[each.verdict for each in judge(list(sweep))] for sweep in found]


def test_anyone_can_print_the_table():
    printed = subprocess.run([sys.executable, simulation.__file__], capture_output=True, text=True, check=True, timeout=20).stdout
    assert printed.strip() == simulation.table() and "tests/analysis/simulate_statistics.py" in PAGE
