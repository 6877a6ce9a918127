"""Who ran what when: what counts as work, as idle, and as a pause."""

import numpy as np
import pytest
from ksweep_report.figures.cost import timeline, work_of
from ksweep_report.figures.drawing import Output
from ksweep_report.results.grid import Grid
from ksweep_report.results.reading import read_sweep
from sample_sweeps import trial, write_sweep

START = 1.7e9


def sweep_of(tmp_path, rows, **attributes):
    """rows: (start in s, length in s, rank), each a trial of its own seed."""
    trials = [trial(10, seed=seed, results={"started_unix_s": START + start, "wall_time_s": length, "rank": rank, "resumed_epoch": resumed})
              for seed, (start, length, rank, resumed) in enumerate((*row, np.nan)[:4] for row in rows)]
    return read_sweep(write_sweep(tmp_path / "sweep.h5", trials, attributes=attributes))


def caption_of(sweep):
    out = Output()
    out.use_style()
    return timeline(out, Grid(sweep)).caption


def test_work_is_counted_within_the_runs(tmp_path):
    """Two runs of 100 s on two ranks that always worked, ten minutes apart in the middle of 28 hours of nothing else."""
    work = work_of(sweep_of(tmp_path, [(0, 100, 0), (0, 100, 1), (700, 100, 0), (700, 100, 1)]))
    assert (work.n_pauses, work.pause_s, work.end_s, work.utilisation) == (1, 600, 200, 1)


def test_a_short_pause_between_long_runs_is_no_idle_time(tmp_path):
    """Of ten hours: a hundredth would be six minutes."""
    work = work_of(sweep_of(tmp_path, [(0, 18000, 0), (18000 + 300, 18000, 0)]))
    assert (work.n_pauses, work.pause_s, work.utilisation) == (1, 300, 1)


def test_a_rank_without_work_while_another_has_some_is_idle(tmp_path):
    work = work_of(sweep_of(tmp_path, [(0, 100, 0), (0, 50, 1)]))
    assert (work.n_pauses, work.utilisation) == (0, pytest.approx(0.75))


def test_a_run_counts_its_own_ranks_alone(tmp_path):
    """One rank, then two: the second did not stand idle in the first run."""
    work = work_of(sweep_of(tmp_path, [(0, 100, 0), (1000, 100, 0), (1000, 100, 1)]))
    assert work.whole_s == pytest.approx(300) and work.utilisation == pytest.approx(1)


def test_a_resumed_trial_does_not_bridge_the_pause_it_was_interrupted_by(tmp_path):
    """It began 10 s before the end of the first run, and took 900 s in all."""
    work = work_of(sweep_of(tmp_path, [(0, 100, 0), (90, 900, 1, 3), (700, 890, 0)]))
    assert (work.n_pauses, work.pause_s) == (1, 600) and work.end_s == pytest.approx(990)


def test_the_caption_tells_pauses_apart_and_ranks_without_a_trial(tmp_path):
    caption = caption_of(sweep_of(tmp_path, [(0, 100, 0), (0, 100, 1), (700, 100, 0)], ranks="5"))
    assert "1 pause between runs, 10.0 min in all, left out; work is counted within the runs" in caption
    assert "3 of 5 ranks trained no trial, and are not counted" in caption
    assert "100 % of the ranks' time was work" in caption
