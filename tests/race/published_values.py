#!/usr/bin/python3
"""Prints tests/race/published_values.txt: what settings of jobs/published/*.h5 reached with each seed and what a training took, for the simulation of
docs/racing.md."""

import sys
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "analysis"))
from ksweep_report.published.settings import axes_of, matching, name_of, settings_of  # noqa: E402
from ksweep_report.results.columns import core_seconds  # noqa: E402
from ksweep_report.results.metrics import metric_named  # noqa: E402
from ksweep_report.results.reading import read_sweep  # noqa: E402

HEAD = """\
# Written by tests/race/published_values.py.  A sweep a block: [name], and for each setting the core-seconds of a training, the median over its
# seeds, as some ran beside other work; then the metric with each seed, of the validation part if it has parts; # the setting.
"""
# Sweep, metric, settings.  Not here: those with one setting, settings that are baselines, and those of one model that only the probe tells apart; and
# cifar-patches, of which there is only the reconstruction, which falls with every further active unit, so that there is nothing to find.
RACES = (
    *(("superposition", "true_mcc", {"hidden": n_hidden}) for n_hidden in (128, 256, 512)),
    ("paper-mnist", "accuracy", {"kind": "!raw"}),
    ("topk-mnist", "accuracy", {}),
    ("shifted-targets", "accuracy", {"probe_kind": "knn"}),
    ("penalties-fashion", "accuracy", {}),
    ("owner-log", "accuracy", {}),
    ("sigmoid-autoencoder", "accuracy", {}),
    ("paper-fine-tuned", "accuracy", {}),
)


def block(sweep_name, metric_name, where):
    sweep = read_sweep(ROOT / f"jobs/published/{sweep_name}.h5")
    metric = metric_named(metric_name)
    assert metric.more_is_better
    settings = matching(settings_of(sweep, sweep_name), where)
    axes = axes_of(settings)
    name = ", ".join([sweep_name, *(f"{key} = {value}" for key, value in where.items() if not isinstance(value, str))])
    lines = [f"{np.median(core_seconds(sweep, each.done)):.3g} "
             + " ".join(f"{value:.6g}" for value in sweep.columns[metric.choosing][in_order(each)]) + f"  # {name_of(each, axes)}"
             for each in settings]
    return "\n".join([f"[{name}]", *lines])


def in_order(setting):
    """Rows, in the order of the seeds, so that the settings are paired."""
    return setting.done[np.argsort(setting.sweep.columns["seed"][setting.done])]


def text():
    return HEAD + "\n" + "\n\n".join(block(*race) for race in RACES) + "\n"


if __name__ == "__main__":
    print(text(), end="")
