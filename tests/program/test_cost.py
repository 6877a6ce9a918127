"""Predicted against actual time, on a sweep whose k and hidden sizes differ by 10x."""

import json
import os
import re
import time

import pytest
from runs import PATIENCE_S, column, ksweep, results_hash, run, start, wait_until, write_sweep

GRID = {"data.train": 1000, "data.validation": 300, "data.test": 300, "model.hidden": "200, 600, 2000",
        "model.k": "5, 15, 50", "train.epochs": 4, "train.batch": 50, "probe.tolerance": 1e-4}
# A third of it: the four corners of the grid, with two of three seeds.
GRID_SEEDS = GRID | {"train.seed": "0..2"}
CORNERS = ["--set", "model.hidden=200,2000", "--set", "model.k=5,50", "--set", "train.seed=0..1"]
N_CORNERS = 8

UNITS_S = {"s": 1, "min": 60, "h": 3600, "d": 86400}


def seconds(text):
    return sum(float(number) * UNITS_S[unit] for number, unit in re.findall(r"([0-9.]+) (s|min|h|d)\b", text))


def status(output):
    return json.loads((output / "status.json").read_text())


def planned_wall_s(sweep, output, ranks):
    page = ksweep("plan", sweep, "--output", output, "--ranks", ranks).stdout
    assert f"calibrated by {N_CORNERS} trials stored in {output}" in page
    return seconds(re.search(r"^wall time  (.*?) on", page, re.M)[1])


@pytest.mark.skipif(not os.environ.get("KSWEEP_CPU_CLOCK"), reason="not with sanitizers: they must be loaded first")
def test_time_of_the_rest_is_predicted_from_a_third(tmp_path):
    # In CPU time: 0 % to 5 % off on a machine with ten times as much work as cores.  15 % is the promise; more is
    # allowed here for caches that others fill.  A core whose sibling gets busy or idle meanwhile changes its speed,
    # which nobody can predict: of a few tries that one counts in which the first trials take as long again at the end.
    clock = {"LD_PRELOAD": os.environ["KSWEEP_CPU_CLOCK"]}
    sweep, tries = write_sweep(tmp_path, GRID_SEEDS), {}
    while len(tries) < 4 and not (tries and min(tries) < 1.1):
        output, again = tmp_path / f"out-{len(tries)}", tmp_path / f"again-{len(tries)}"
        run(sweep, output, *CORNERS, **clock)
        predicted_s = planned_wall_s(sweep, output, ranks=1)
        measured_s = column(output, "wall_time_s").sum()
        run(sweep, output, **clock)
        actual_s = column(output, "wall_time_s").sum() - measured_s
        run(sweep, again, *CORNERS, **clock)
        change = measured_s / column(again, "wall_time_s").sum()
        tries[max(change, 1 / change)] = predicted_s, actual_s
        print(f"{27 - N_CORNERS} trials: predicted {predicted_s:.2f} s, took {actual_s:.2f} s ({predicted_s / actual_s - 1:+.1%}); "
              f"the others took {measured_s:.2f} s before and {measured_s / change:.2f} s after it")
    predicted_s, actual_s = tries[min(tries)]
    assert predicted_s == pytest.approx(actual_s, rel=0.25)


@pytest.mark.skipif(not os.environ.get("KSWEEP_CPU_CLOCK"), reason="not with sanitizers: they must be loaded first")
def test_wall_time_on_two_ranks_is_predicted(tmp_path, monkeypatch):
    # By the CPU time of the trials, which other work hardly moves, unlike that of ranks that wait: a factor of 2.5 is allowed.
    monkeypatch.setenv("LD_PRELOAD", os.environ["KSWEEP_CPU_CLOCK"])
    sweep, output = write_sweep(tmp_path, GRID_SEEDS), tmp_path / "out"
    run(sweep, output, *CORNERS, ranks=2)
    predicted_s = planned_wall_s(sweep, output, ranks=2)
    measured_s, begin = column(output, "wall_time_s").sum(), time.monotonic()
    process = start("run", sweep, "--output", output, "--threads", 1, "--quiet", ranks=2)
    wait_until(lambda: status(output)["state"] == "running", "the run")
    left_s, since_start_s = status(output)["left_s"], time.monotonic() - begin
    process.communicate(timeout=PATIENCE_S)
    with_start_s = time.monotonic() - begin
    actual_s = (column(output, "wall_time_s").sum() - measured_s) / 2
    print(f"two ranks: predicted {predicted_s:.2f} s, took {actual_s:.2f} s of each CPU ({predicted_s / actual_s - 1:+.1%}), with the "
          f"start of mpirun {with_start_s:.2f} s")
    assert status(output)["state"] == "complete"
    # The plan is printed with two or three digits, and some of it may have been done when the status was read.
    assert predicted_s / 1.2 - since_start_s < left_s < predicted_s * 1.2
    assert actual_s / 2.5 < predicted_s < actual_s * 2.5


def test_order_of_jobs_does_not_change_results(tmp_path):
    small = {"model.hidden": "16, 64", "model.k": "2, 8"}
    sweep = write_sweep(tmp_path, small)
    run(sweep, tmp_path / "uncalibrated")
    run(sweep, tmp_path / "calibrated", "--set", "model.k=8")
    run(sweep, tmp_path / "calibrated", ranks=2)
    assert results_hash(tmp_path / "calibrated") == results_hash(tmp_path / "uncalibrated")


def test_rates_are_kept_in_the_sweep_file_for_other_sweeps_of_the_folder(tmp_path):
    sweep, output = write_sweep(tmp_path), tmp_path / "out"
    run(sweep, output)
    other = write_sweep(tmp_path, {"train.seed": 7}, name="other.cfg")
    assert "calibrated by 2 trials stored in" in ksweep("plan", other, "--output", output).stdout
    (output / "sweep.h5").unlink()
    assert "not measured here" in ksweep("plan", other, "--output", output).stdout
