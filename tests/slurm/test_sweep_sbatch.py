"""slurm/sweep.sbatch and slurm/report.sbatch on a real Slurm of two nodes."""

import os
import subprocess

import h5py
import pytest
from cluster import CLUSTER, PATIENCE_S, PROJECT

SWEEP_SBATCH = PROJECT / "slurm" / "sweep.sbatch"
REPORT_SBATCH = PROJECT / "slurm" / "report.sbatch"
PROGRAM = os.environ["KSWEEP"]

SWEEP = """
title = Test
[data]
set = digits
train = 1000
validation = 100
test = 200
[model]
hidden = 64
k = 2, 4, 8
[train]
epochs = {epochs}
batch = 50
seed = 0..5
"""
N_TRIALS = 18
TRIAL_S = 0.15  # long enough for a signal to come in the midst of 18
RESULTS = "results/test"
TWO_RANKS = ("--nodes=2", "--ntasks=2", "--time=10")


def run_alone(folder, epochs, *words):
    """A run without Slurm and MPI, timed in CPU time, which other work on the machine hardly moves.  Returns its results."""
    (folder / "test.cfg").write_text(SWEEP.format(epochs=epochs))
    subprocess.run([PROGRAM, "run", "test.cfg", "--quiet", "--threads", "1", *words], cwd=folder, check=True, timeout=PATIENCE_S,
                   env=os.environ | {"LD_PRELOAD": os.environ["KSWEEP_CPU_CLOCK"]})
    return folder / RESULTS


def seconds_per_epoch(results):
    """Of the trial that other work disturbed least."""
    with h5py.File(results / "sweep.h5") as file:
        return (file["train_time_s"][:] / file["epochs"][:]).min()


@pytest.fixture(scope="session")
def epochs(tmp_path_factory):
    """As many as take TRIAL_S on this machine, at least 20."""
    first = run_alone(tmp_path_factory.mktemp("first"), 20, "--set", "train.seed=0")
    return max(20, round(TRIAL_S / seconds_per_epoch(first)))


@pytest.fixture
def sweep(slurm, epochs):
    """The sweep file, as the one thing in the folder from which jobs are submitted."""
    (slurm.folder / "test.cfg").write_text(SWEEP.format(epochs=epochs))
    return "test.cfg"


@pytest.fixture(scope="session")
def undisturbed(tmp_path_factory, epochs):
    return run_alone(tmp_path_factory.mktemp("undisturbed"), epochs)


@pytest.fixture(scope="session")
def undisturbed_hash(undisturbed):
    return results_hash(undisturbed)


def results_hash(results):
    with h5py.File(results / "sweep.h5") as file:
        return file.attrs["results_sha256"]


# What the script says when a signal has stopped it.
KEPT = {"USR2": "goes back to the queue"} | dict.fromkeys(["INT", "HUP"], "what is finished is kept.")


def n_finished(slurm):
    return len(list((slurm.folder / RESULTS).glob("trials/*/*.h5")))


def submit_sweep(slurm, *words, **environment):
    return slurm.submit(*TWO_RANKS, SWEEP_SBATCH, *words, **{"KSWEEP": PROGRAM} | environment)


def submit_and_interrupt(slurm, sweep, *scancel_options):
    """A sweep that has got a signal when it had finished some trials, not all."""
    job = submit_sweep(slurm, sweep)
    slurm.wait_until(lambda: n_finished(slurm) > 0, "a trial is finished")
    slurm.run("scancel", *scancel_options, job)
    return job


def log_of(slurm, job):
    log = slurm.folder / f"ksweep-{job}.log"
    return log.read_text() if log.exists() else ""


def test_a_sweep_over_two_nodes_gives_the_results_of_a_single_process(slurm, sweep, undisturbed_hash):
    job = submit_sweep(slurm, sweep)
    facts = slurm.ended(job)
    assert (facts["JobState"], facts["ExitCode"], facts["Restarts"]) == ("COMPLETED", "0:0", "0"), log_of(slurm, job)
    assert results_hash(slurm.folder / RESULTS) == undisturbed_hash
    with h5py.File(slurm.folder / RESULTS / "sweep.h5") as file:
        assert len(set(file["rank"][:])) == 2
        assert file.attrs["slurm_job"] == job


def test_P16_the_warning_before_the_time_limit_sends_the_job_back_to_the_queue_until_all_is_done(
        slurm, sweep, undisturbed_hash):
    job = submit_and_interrupt(slurm, sweep, "--batch", "--signal=USR1")
    report = slurm.submit(f"--dependency=afterany:{job}", REPORT_SBATCH, RESULTS, KSWEEP=PROGRAM)
    slurm.wait_until(lambda: slurm.facts(job)["JobState"] == "PENDING", "the job is in the queue again")
    assert 0 < n_finished(slurm) < N_TRIALS
    assert slurm.facts(report)["JobState"] == "PENDING"

    facts = slurm.ended(job)
    log = log_of(slurm, job)
    assert (facts["JobState"], facts["ExitCode"], facts["Restarts"]) == ("COMPLETED", "0:0", "1"), log
    first, second = log.split("goes back to the queue")
    assert "attempt 1" in first and "attempt 2" in second
    assert results_hash(slurm.folder / RESULTS) == undisturbed_hash
    assert not list((slurm.folder / RESULTS).glob("*.attempts"))

    assert slurm.ended(report)["JobState"] == "COMPLETED", slurm.logs()
    assert (slurm.folder / RESULTS / "report" / "report.html").exists()


@pytest.mark.parametrize("signal", ["INT", "HUP", "USR2"])
def test_P2_any_signal_to_the_batch_shell_stops_in_good_order(slurm, sweep, signal):
    job = submit_and_interrupt(slurm, sweep, "--batch", f"--signal={signal}")
    slurm.wait_until(lambda: KEPT[signal] in log_of(slurm, job), "it stops")
    assert f"To go on:\n{PROGRAM} run " in log_of(slurm, job)
    if signal == "USR2":  # a warning, as USR1 is
        slurm.wait_until(lambda: slurm.facts(job)["Restarts"] == "1", "the job is in the queue again")
    else:
        facts = slurm.ended(job)
        assert (facts["JobState"], facts["ExitCode"], facts["Restarts"]) == ("FAILED", "75:0", "0"), log_of(slurm, job)


def test_a_cancelled_sweep_goes_on_when_it_is_submitted_again(slurm, sweep, undisturbed_hash):
    job = submit_and_interrupt(slurm, sweep)
    facts = slurm.ended(job)
    assert (facts["JobState"], facts["Restarts"]) == ("CANCELLED", "0")
    slurm.wait_until(lambda: "ended by a TERM signal" in log_of(slurm, job), "the script says why it ended")  # maybe after Slurm counts it as ended
    n_before = n_finished(slurm)
    assert 0 < n_before < N_TRIALS

    again = submit_sweep(slurm, sweep)
    assert slurm.ended(again)["JobState"] == "COMPLETED", log_of(slurm, again)
    assert results_hash(slurm.folder / RESULTS) == undisturbed_hash


def test_a_sweep_with_failed_trials_ends_with_2_and_stays_out_of_the_queue(slurm, sweep):
    job = submit_sweep(slurm, sweep, "--set", "train.learning_rate=1e9")
    facts = slurm.ended(job)
    assert (facts["JobState"], facts["ExitCode"], facts["Restarts"]) == ("FAILED", "2:0", "0"), log_of(slurm, job)


def test_a_job_that_finishes_no_trial_in_three_attempts_is_not_queued_again(slurm, sweep):
    stops_at_once = slurm.folder / "stops"
    stops_at_once.write_text("#!/bin/sh\nexit 75\n")
    stops_at_once.chmod(0o755)
    job = submit_sweep(slurm, sweep, "--output", "elsewhere", KSWEEP=str(stops_at_once))
    facts = slurm.ended(job)
    log = log_of(slurm, job)
    assert (facts["JobState"], facts["ExitCode"], facts["Restarts"]) == ("FAILED", "75:0", "2"), log
    assert "no trial was finished or got on in the last 3 attempts" in log and "longer --time" in log


def test_a_missing_program_is_named_with_what_to_build(slurm, sweep):
    job = submit_sweep(slurm, sweep, KSWEEP="")
    assert slurm.ended(job)["ExitCode"] == "1:0"
    log = log_of(slurm, job)
    assert f"{slurm.folder}/build/release/ksweep: there is no such program" in log
    assert "cmake --preset release" in log


def test_a_missing_sweep_file_name_is_told_with_the_usage(slurm):
    job = submit_sweep(slurm)
    assert slurm.ended(job)["ExitCode"] == "1:0"
    assert "the sweep file is missing" in log_of(slurm, job)


def test_ranks_are_tied_to_cores_only_where_all_cpus_of_the_node_are_the_jobs(slurm, sweep):
    quick = ("--set", "train.epochs=1", "--set", "train.seed=0", "--output")
    n_cpus = len(os.sched_getaffinity(0))
    if n_cpus > 4:
        pytest.skip("the nodes claim 4 CPUs, fewer than this host has")
    whole = slurm.submit("--nodes=1", "--ntasks=1", f"--cpus-per-task={n_cpus}", SWEEP_SBATCH, sweep, *quick, "whole",
                         KSWEEP=PROGRAM)
    assert slurm.ended(whole)["JobState"] == "COMPLETED", log_of(slurm, whole)
    assert f"--mpirun --map-by slot:PE={n_cpus} --bind-to core" in log_of(slurm, whole)
    part = slurm.submit("--nodes=1", "--ntasks=1", "--cpus-per-task=1", SWEEP_SBATCH, sweep, *quick, "part", KSWEEP=PROGRAM)
    assert slurm.ended(part)["JobState"] == "COMPLETED", log_of(slurm, part)
    assert n_cpus == 1 or "--bind-to core" not in log_of(slurm, part)
    chosen = submit_sweep(slurm, sweep, *quick, "chosen", KSWEEP_MPIRUN_OPTIONS="--bind-to none --tag-output")
    assert slurm.ended(chosen)["JobState"] == "COMPLETED", log_of(slurm, chosen)
    assert "--ranks 2 --mpirun --bind-to none --tag-output" in log_of(slurm, chosen)


def long_trials(undisturbed):
    """Two trials that are long for their job: they get on by their checkpoints alone.  Slurm looks at time limits
    every 30 s, so that two of them may take a minute to come, however fast the machine trains; and it may train faster
    than it did when it was timed."""
    n_epochs = round(120 / seconds_per_epoch(undisturbed))
    return ("--set", "model.k=2", "--set", "train.seed=0..1", "--set", f"train.epochs={n_epochs}")


def test_P2_a_job_that_reaches_its_time_limit_twice_ends_by_itself_and_goes_on(slurm, sweep, undisturbed):
    # A minute is less than the time before the limit at which the job asks to be warned.
    job = slurm.submit(*TWO_RANKS, "--time=1", SWEEP_SBATCH, sweep, *long_trials(undisturbed), "--output", RESULTS,
                       "--checkpoint-interval", "0", KSWEEP=PROGRAM)
    facts = slurm.ended(job)
    log = log_of(slurm, job)
    assert (facts["JobState"], facts["ExitCode"]) == ("COMPLETED", "0:0"), log
    assert int(facts["Restarts"]) == log.count("goes back to the queue") >= 2, log
    assert "DUE TO TIME LIMIT" not in log
    with h5py.File(slurm.folder / RESULTS / "sweep.h5") as file:
        assert file["status"][:].tolist() == [1, 1]
        assert (file["resumed_epoch"][:] > 0).all()


def test_P7_after_the_loss_of_a_node_the_sweep_goes_on_by_itself(slurm, sweep, undisturbed_hash):
    job = submit_sweep(slurm, sweep)
    slurm.wait_until(lambda: n_finished(slurm) > 0, "a trial is finished")
    slurm.run(CLUSTER, "kill-node", "n2")
    slurm.run(CLUSTER, "start-node", "n2")
    facts = slurm.ended(job)
    assert (facts["JobState"], facts["ExitCode"]) == ("COMPLETED", "0:0"), log_of(slurm, job)
    assert results_hash(slurm.folder / RESULTS) == undisturbed_hash


def lose_node(slurm, sweep, *words):
    """A job that has lost its second node, of which Slurm has not been told, in its midst."""
    job = submit_sweep(slurm, sweep, *words)
    slurm.wait_until(lambda: n_finished(slurm) > 0, "a trial is finished")
    slurm.run(CLUSTER, "lose-node", "n2")
    assert n_finished(slurm) < N_TRIALS, "the sweep is too short for this test"
    return job


def test_P7_the_other_nodes_go_on_without_one_that_is_silent(slurm, sweep, undisturbed_hash):
    job = lose_node(slurm, sweep, "--hang-after", "3")
    silence = "rank 1 gives no sign of life: it hangs, or its node is gone"
    slurm.wait_until(lambda: silence in log_of(slurm, job), "the silence is noticed")
    slurm.run(CLUSTER, "start-node", "n2")  # or Slurm waits for it at the end of the job
    facts = slurm.ended(job)
    assert (facts["JobState"], facts["ExitCode"], facts["Restarts"]) == ("COMPLETED", "0:0", "0"), log_of(slurm, job)
    assert results_hash(slurm.folder / RESULTS) == undisturbed_hash


def test_P7_when_slurm_finds_out_that_a_node_is_lost_the_job_is_queued_again_by_itself(slurm, sweep, undisturbed_hash):
    job = lose_node(slurm, sweep)
    slurm.wait_until(lambda: "DUE TO NODE FAILURE" in log_of(slurm, job), "Slurm finds it out")
    slurm.run(CLUSTER, "start-node", "n2")
    facts = slurm.ended(job)
    assert (facts["JobState"], facts["ExitCode"], facts["Restarts"]) == ("COMPLETED", "0:0", "1"), log_of(slurm, job)
    assert results_hash(slurm.folder / RESULTS) == undisturbed_hash


def test_P8_an_array_of_shards_shares_one_folder(slurm, sweep, undisturbed_hash):
    array = slurm.submit("--array=1-3", "--nodes=1", "--ntasks=1", "--time=10", SWEEP_SBATCH, sweep, KSWEEP=PROGRAM)
    facts = slurm.ended(array)
    assert facts["JobState"] == "COMPLETED", slurm.logs()
    assert results_hash(slurm.folder / RESULTS) == undisturbed_hash
    assert len(list((slurm.folder / RESULTS).glob("status-*of3.json"))) == 3


def test_the_lines_that_plan_prints_for_a_batch_script_work(slurm, sweep, undisturbed_hash):
    plan = subprocess.run([PROGRAM, "plan", sweep, "--ranks", "2"], cwd=slurm.folder, capture_output=True, text=True)
    lines = [line for line in plan.stdout.splitlines() if line.startswith("#SBATCH")]
    assert len(lines) >= 3, plan.stdout
    script = slurm.folder / "own.sbatch"
    script.write_text("\n".join(["#!/bin/bash", *lines, f'exec "{SWEEP_SBATCH}" {sweep}']) + "\n")
    job = slurm.submit(script, KSWEEP=PROGRAM)
    assert slurm.ended(job)["JobState"] == "COMPLETED", slurm.logs()
    assert results_hash(slurm.folder / RESULTS) == undisturbed_hash


def test_srun_starts_the_ranks_as_well_as_mpirun(slurm, sweep, undisturbed_hash):
    slurm.run("srun", "--mpi=pmix", "--nodes=2", "--ntasks=2", PROGRAM, "run", sweep, "--quiet", "--threads", "1")
    assert results_hash(slurm.folder / RESULTS) == undisturbed_hash
