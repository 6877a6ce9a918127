#!/usr/bin/python3
"""How far the report's simultaneous intervals and its verdict "lower" can be trusted: sweeps of 5 values of k, simulated.

    /usr/bin/python3 tests/analysis/simulate_statistics.py

prints the table in docs/report.md, which test_simulation.py compares.  All is done with the report's own code, 2,000 sweeps at a time.
"""

import sys
from pathlib import Path

import numpy as np

sys.path[:0] = [str(Path(__file__).parents[2] / "analysis")]

from ksweep_report.results.statistics import t_ends  # noqa: E402
from ksweep_report.results.verdicts import LOWER, all_pairs, verdict_of  # noqa: E402

SWEEPS, SETTINGS, SEEDS = 2000, 5, (3, 4, 6, 10)
# Of the values of one setting over seeds, mean 0 and standard deviation 1.  Skewed to the left: trials that fail are far below.
LAWS = {"normal": lambda random, shape: random.standard_normal(shape),
        "skewed (exponential)": lambda random, shape: 1 - random.standard_exponential(shape),
        "very skewed (lognormal, σ = 1)": lambda random, shape: (np.exp(0.5) - random.lognormal(0, 1, shape)) / np.sqrt((np.e - 1) * np.e),
        "heavy-tailed (t, 3 degrees)": lambda random, shape: random.standard_t(3, shape) / np.sqrt(3)}
# Settings scatter by different amounts; were it the same amount, differences would be symmetric whatever the law.
SCALES = np.array([1, 0.7, 0.5, 0.35, 0.25])[:, None]
SLOPE = np.array([0, -0.3, -0.6, -1, -2])[:, None]   # true means where they differ
HEADS = ("values over seeds", "seeds", "all 4 intervals cover, %", "some equal k called lower, %: chosen by other values", "chosen by these values",
         "chosen by these values, all pairs")


def values_of(random, law, n, means):
    """(sweep x setting x seed): what all settings share in a seed, which the pairing removes, and what is of each alone."""
    return means + random.standard_normal((SWEEPS, 1, n)) + SCALES * LAWS[law](random, (SWEEPS, SETTINGS, n))


def differences(values, chosen):
    """(sweep x other setting x seed): paired differences to the chosen setting."""
    others = (chosen[:, None] + np.arange(1, SETTINGS)) % SETTINGS
    return np.take_along_axis(values, others[:, :, None], 1) - values[np.arange(SWEEPS), chosen][:, None], others


def covered(values, chosen, means):
    """Share of sweeps in which all intervals hold the true differences."""
    found, others = differences(values, chosen)
    _, _, low, high = t_ends(found, SETTINGS - 1)
    truth = means[others, 0] - means[chosen]
    return np.mean(((low <= truth) & (truth <= high)).all(axis=1))


def called_lower(values, chosen, at_once):
    """Share of sweeps in which any other setting is called lower."""
    _, _, low, high = t_ends(differences(values, chosen)[0], at_once)
    return np.mean((verdict_of(low, high) == LOWER).any(axis=1))


def best(values):
    return values.mean(axis=2).argmax(axis=1)


def row(law, n):
    """The numbers of one row of the table."""
    random = np.random.default_rng([n, list(LAWS).index(law)])
    sloped = values_of(random, law, n, SLOPE), best(values_of(random, law, n, SLOPE)), SLOPE
    level = values_of(random, law, n, 0 * SLOPE)
    elsewhere = best(values_of(random, law, n, 0 * SLOPE))
    return (covered(*sloped), called_lower(level, elsewhere, SETTINGS - 1), called_lower(level, best(level), SETTINGS - 1),
            called_lower(level, best(level), all_pairs(SETTINGS)))


def table():
    lines = ["| " + " | ".join(HEADS) + " |", "| --- |" + " --- |" * (len(HEADS) - 1)]
    for law in LAWS:
        for n in SEEDS:
            lines.append(f"| {law} | {n} | " + " | ".join(f"{100 * share:.1f}" for share in row(law, n)) + " |")
    return "\n".join(lines)


if __name__ == "__main__":
    print(table())
