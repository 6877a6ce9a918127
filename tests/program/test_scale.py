"""Very many very short trials: what a trial costs beside its own work."""

import os
import resource
import time
from collections import Counter

from runs import column, ksweep, results_hash, run, write_sweep

N_TRIALS = int(os.environ.get("KSWEEP_MANY", 2000))
N_RANKS = 8

TRIVIAL = {"data.train": 20, "data.validation": 10, "data.test": 10, "model.hidden": 4, "model.k": 2, "train.epochs": 1,
           "train.batch": 20, "probe.l2": 0.1, "probe.tolerance": 0.1}


def cpu_seconds():
    """Of all programs run by this one."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def run_many(folder, n_trials):
    """So many trials into folder / "out".  Returns their CPU time, and their sweep file."""
    folder.mkdir(exist_ok=True)
    sweep = write_sweep(folder, TRIVIAL | {"train.seed": f"0..{n_trials - 1}"})
    begin, cpu_before_s = time.monotonic(), cpu_seconds()
    run(sweep, folder / "out", ranks=N_RANKS)
    wall_s, cpu_s = time.monotonic() - begin, cpu_seconds() - cpu_before_s
    assert (column(folder / "out", "status") == 1).all()
    assert set(column(folder / "out", "rank")) == set(range(N_RANKS))

    # Overhead: time of the cores in use that no rank spent inside a trial, from mpirun's start to its end, so with
    # hand-out, durable files, the final fold, start and end.  With more ranks than cores each second of a trial is
    # shared, so the ranks' time is scaled to that of the cores.
    n_cores = min(N_RANKS, len(os.sched_getaffinity(0)))
    in_trials_s = column(folder / "out", "wall_time_s").sum() * n_cores / N_RANKS
    overhead_ms = 1000 * (wall_s * n_cores - in_trials_s) / n_trials
    print(f"{n_trials} trials, {N_RANKS} ranks, {n_cores} cores: {wall_s:.1f} s, {1000 * in_trials_s / n_trials:.2f} ms "
          f"a trial, overhead {overhead_ms:.2f} ms of a core ({1000 * wall_s / n_trials:.2f} ms wall, {1000 * cpu_s / n_trials:.2f} ms CPU) a trial")
    return cpu_s, sweep


def test_P8_many_trivial_trials_on_more_ranks_than_cores(tmp_path):
    # What a trial costs does not grow with their number: a quarter of them takes about a quarter of the CPU time.
    quarter_s, _ = run_many(tmp_path / "quarter", N_TRIALS // 4)
    whole_s, sweep = run_many(tmp_path, N_TRIALS)
    assert whole_s < 2 * 4 * quarter_s

    # Folders stay small: 256 of them share the trials evenly.
    files = Counter(path.parent for path in (tmp_path / "out" / "trials").glob("*/*"))
    assert 200 < len(files) <= 256 and max(files.values()) < 20 + 2 * N_TRIALS / 256
    assert len(list((tmp_path / "out").iterdir())) < 20

    begin = time.monotonic()
    before = results_hash(tmp_path / "out")
    run(sweep, tmp_path / "out")
    print(f"a second run that finds all of them done: {time.monotonic() - begin:.1f} s")
    assert results_hash(tmp_path / "out") == before
    assert ksweep("status", tmp_path / "out").stdout.count(f"{N_TRIALS} of {N_TRIALS} trials done") == 1
