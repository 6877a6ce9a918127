"""Ranks that have run out of trials lend their CPUs to those that still train, and no number changes."""

import os

import pytest
from runs import MPIRUN, column, ksweep, results_hash, run, write_sweep

# A second or so on one core.
LONG = {"model.k": 4, "train.epochs": 400, "data.train": 1000}
BINDINGS = ["none", "core"]  # mpirun ties one or two ranks to a core each unless told otherwise

pytestmark = pytest.mark.skipif(len(os.sched_getaffinity(0)) < 2, reason="one CPU: nothing to lend")


@pytest.fixture
def bound(monkeypatch, request):
    monkeypatch.setattr("runs.MPIRUN", [*MPIRUN[:MPIRUN.index("--bind-to")], "--bind-to", request.param])


def hash_alone(sweep, folder, **options):
    run(sweep, folder / "alone", **options)
    return results_hash(folder / "alone")


@pytest.mark.parametrize("bound", BINDINGS, indirect=True)
def test_a_single_trial_gets_the_cpus_of_both_ranks(tmp_path, bound):
    sweep = write_sweep(tmp_path, LONG)
    run(sweep, tmp_path / "out", ranks=2)
    assert 1 < column(tmp_path / "out", "threads")[0] <= 2  # fewer, where others use the cores
    assert results_hash(tmp_path / "out") == hash_alone(sweep, tmp_path)


@pytest.mark.parametrize("bound", BINDINGS, indirect=True)
def test_the_rank_that_coordinates_borrows_too(tmp_path, bound):
    # The longer of two trials goes to rank 1, and fails at once.
    sweep = write_sweep(tmp_path, LONG | {"train.epochs": "500, 400", "train.learning_rate": "1e9, 0.01",
                                          "grid.zip": "train.epochs, train.learning_rate"})
    run(sweep, tmp_path / "out", ranks=2, code=2)
    threads = dict(zip(column(tmp_path / "out", "rank"), column(tmp_path / "out", "threads")))
    assert threads[1] == 1 and 1 < threads[0] <= 2
    assert results_hash(tmp_path / "out") == hash_alone(sweep, tmp_path, code=2)


def test_P10_of_three_equal_trials_only_the_last_is_helped(tmp_path):
    sweep = write_sweep(tmp_path, LONG | {"train.seed": "0..2"})
    run(sweep, tmp_path / "out", ranks=2)
    threads = sorted(column(tmp_path / "out", "threads"))
    assert threads[0] == 1 and threads[-1] > 1
    assert results_hash(tmp_path / "out") == hash_alone(sweep, tmp_path)


def test_threads_are_tied_to_no_places_so_that_lent_cpus_are_used(tmp_path):
    run(write_sweep(tmp_path, LONG), tmp_path / "out", ranks=2, OMP_PROC_BIND="true")
    assert column(tmp_path / "out", "threads")[0] > 1


def test_idle_threads_fall_asleep_soon_unless_the_user_says_otherwise(tmp_path):
    sweep = write_sweep(tmp_path)
    for variables, count in [({"OMP_WAIT_POLICY": None}, "10000"), ({"OMP_WAIT_POLICY": None, "GOMP_SPINCOUNT": "77"}, "77"),
                             ({"OMP_WAIT_POLICY": "passive"}, "0")]:
        done = ksweep("run", sweep, "--output", tmp_path / count, "--quiet", OMP_DISPLAY_ENV="verbose", **variables)
        last = done.stderr.rpartition("OPENMP DISPLAY ENVIRONMENT BEGIN")[2]
        assert done.returncode == 0 and f"GOMP_SPINCOUNT = '{count}'" in last


def test_threads_beyond_the_cpus_stay_an_error(tmp_path):
    n_cpus = len(os.sched_getaffinity(0))
    done = ksweep("run", write_sweep(tmp_path), "--output", tmp_path / "out", "--threads", n_cpus + 1, ranks=2)
    assert done.returncode == 3 and "--threads asks for" in done.stderr
