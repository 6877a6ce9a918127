"""Threads on machines that others use, tie or limit: never much slower than one thread, and always the same numbers."""

import os
import signal
import statistics
import subprocess
import sys
import time
from contextlib import contextmanager

import pytest
from runs import PATIENCE_S, column, ksweep, results_hash, run, start, wait_until, write_sweep

N_CPUS = len(os.sched_getaffinity(0))
BINDINGS = [{"OMP_PROC_BIND": "close", "OMP_PLACES": "cores"}, {"OMP_PROC_BIND": "true"}, {"OMP_PLACES": "{0}"},
            {"GOMP_CPU_AFFINITY": "0"}]

pytestmark = pytest.mark.skipif(N_CPUS < 2, reason="one CPU")


@contextmanager
def burners(count):
    processes = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(count)]
    try:
        yield
    finally:
        for process in processes:
            process.kill()
            process.wait()


def seconds(sweep, folder, threads):
    run(sweep, folder, threads=threads, OMP_WAIT_POLICY=None)
    return column(folder, "wall_time_s").sum()


def test_two_threads_do_not_lose_against_one_beside_burners(tmp_path):
    # Without measures 8 to 20 times slower; the slack is for what the burners do to either.
    sweep = write_sweep(tmp_path, {"model.hidden": 64, "model.k": 8, "train.epochs": 150, "data.train": 1000})
    ratios = []
    with burners(2 * N_CPUS):
        for i in range(3):
            one = seconds(sweep, tmp_path / f"one-{i}", 1)
            ratios.append(seconds(sweep, tmp_path / f"two-{i}", 2) / one)
    print("time with two threads over time with one, beside burners:", ratios)
    assert statistics.median(ratios) < 2
    assert results_hash(tmp_path / "one-0") == results_hash(tmp_path / "two-0")


@pytest.mark.parametrize("binding", BINDINGS, ids=str)
def test_a_binding_of_openmp_takes_no_cpus_away(tmp_path, binding):
    sweep = write_sweep(tmp_path)
    done = run(sweep, tmp_path / "out", threads=2, **binding)
    assert f"{', '.join(binding)}: not heeded" in done.stderr and done.stderr.count("not heeded") == 1
    done = ksweep("run", sweep, "--output", tmp_path / "free", "--quiet", **binding)
    assert done.returncode == 0 and column(tmp_path / "free", "threads").max() > 1
    plan = ksweep("plan", sweep, **binding)
    assert f"on {N_CPUS} cores" in plan.stdout


def test_a_binding_of_openmp_is_no_binding_of_ranks(tmp_path):
    done = run(write_sweep(tmp_path), tmp_path / "out", ranks=2, OMP_PROC_BIND="true")
    assert done.stderr.count("not heeded") == 1 and "take turns" not in done.stderr


def test_what_is_no_binding_is_not_mentioned(tmp_path):
    assert "not heeded" not in run(write_sweep(tmp_path), tmp_path / "out", OMP_PROC_BIND="false").stderr


def test_a_binding_of_the_launcher_is_kept(tmp_path):
    words = ["taskset", "-c", str(min(os.sched_getaffinity(0))), os.environ["KSWEEP"], "plan", write_sweep(tmp_path)]
    plan = subprocess.run(words, capture_output=True, text=True, env=os.environ | {"OMP_PROC_BIND": "true"})
    assert "there is one core" in plan.stdout, plan.stderr


@pytest.mark.parametrize("variables, words", [
    ({}, ["--time-limit", "0"]), ({}, ["--time-limit", "UNLIMITED"]), ({"SLURM_JOB_END_TIME": "1000000000"}, []),
    ({"SLURM_JOB_END_TIME": "UNLIMITED", "SLURM_JOB_ID": "7"}, [])], ids=str)
def test_no_limit_stops_nothing(tmp_path, variables, words):
    done = run(write_sweep(tmp_path), tmp_path / "out", *words, **variables)
    assert ("SLURM_JOB_END_TIME" in done.stderr) == bool(variables)


def test_a_stop_names_the_limit_and_whence_it_is_known(tmp_path):
    sweep = write_sweep(tmp_path, {"train.epochs": 1_000_000, "data.train": 1000, "model.k": 4})
    done = ksweep("run", sweep, "--output", tmp_path / "out", "--threads", 1, "--quiet", "--checkpoint-interval", 1,
                  SLURM_JOB_END_TIME=str(int(time.time()) + 20))
    assert done.returncode == 75, done.stderr
    assert "stopped by the end of the Slurm job (SLURM_JOB_END_TIME), with work left" in done.stdout


def test_a_stop_names_the_signal_and_who_sent_it(tmp_path):
    sweep = write_sweep(tmp_path, {"train.epochs": 1_000_000, "data.train": 1000, "model.k": 4})
    process = start("run", sweep, "--output", tmp_path / "out", "--threads", 1, "--quiet")
    wait_until((tmp_path / "out" / "status.json").exists, "the run to begin")
    os.kill(process.pid, signal.SIGTERM)
    output, _ = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 75
    assert f"stopped by SIGTERM from process {os.getpid()} (" in output


def test_a_limit_too_short_for_anything_is_not_recommended_again(tmp_path):
    # Probes of raw inputs cannot be saved halfway.
    sweep = write_sweep(tmp_path, {"model.kind": "raw", "model.k": None, "data.train": 50_000, "data.test": 10_000,
                                   "data.validation": 1000, "probe.tolerance": 1e-12, "model.hidden": None,
                                   "train.epochs": None, "train.batch": None})
    done = ksweep("run", sweep, "--output", tmp_path / "out", "--threads", 1, "--quiet", "--time-limit", "0:02")
    assert done.returncode == 75, done.stderr
    assert "by the time limit of 2.0 s (--time-limit) before anything could be finished or saved" in done.stdout
    assert done.stdout.rstrip().splitlines()[-1].endswith("--threads 1 --quiet")


def test_trials_that_do_not_fit_into_memory_are_refused_before_any_training(tmp_path):
    sweep = write_sweep(tmp_path, {"model.hidden": 1_000_000, "model.k": 500_000, "train.batch": 60_000, "data.train": 60_000})
    done = ksweep("run", sweep, "--output", tmp_path / "out", "--threads", 1)
    assert done.returncode == 1 and "the largest trial needs" in done.stderr and "the system would kill it" in done.stderr
