"""Sweeps that are interrupted in any way and go on: nothing finished is lost, nothing is trained twice."""

import os
import random
import shlex
import signal
import subprocess
import time
from pathlib import Path

import pytest
import runs
from runs import (PATIENCE_S, children, column, environment, kill_all, ksweep, lasting, lives, results_hash, run, start, trial_files, wait_until,
                  write_sweep)

N_KILLS = int(os.environ.get("KSWEEP_KILLS", 6))
SEED = int(os.environ.get("KSWEEP_KILL_SEED", time.time_ns() % 1_000_000))

# Some seconds on two ranks, so that there is something to interrupt.
LONGER = {"train.epochs": 20, "train.seed": "0..9", "data.train": 500}
# No end in sight: to be stopped.
ENDLESS = {"train.epochs": 1_000_000, "model.k": 4, "train.seed": "0..3"}
STOPPED = "Stopped in good order with work left: run the same command again."


def leftovers(folder):
    return [path for path in Path(folder).rglob("*") if ".tmp." in path.name or path.name.startswith("writable.")]


def test_P1_a_second_run_trains_nothing(tmp_path):
    sweep = write_sweep(tmp_path)
    run(sweep, tmp_path / "out")
    before = trial_files(tmp_path / "out")
    run(sweep, tmp_path / "out", ranks=2)
    assert trial_files(tmp_path / "out") == before
    assert len(before) == 2


def test_P1_a_grown_grid_trains_only_what_is_new(tmp_path):
    run(write_sweep(tmp_path), tmp_path / "out")
    before = trial_files(tmp_path / "out")
    run(write_sweep(tmp_path, {"model.k": "2, 3, 4"}), tmp_path / "out")
    after = trial_files(tmp_path / "out")
    assert len(after) == 3 and before.items() < after.items()
    assert list(column(tmp_path / "out", "k")) == [2, 3, 4]


def test_a_grown_grid_goes_on_with_the_instruction_set_that_was_asked_for(tmp_path):
    run(write_sweep(tmp_path), tmp_path / "out", "--isa", "naive")
    run(write_sweep(tmp_path, {"model.k": "2, 3, 4"}), tmp_path / "out")
    assert list(column(tmp_path / "out", "instruction_set")) == ["naive"] * 3


@pytest.mark.parametrize("key, value", [("train.seed", "7"), ("data.test", "90"), ("probe.l2", "0.001")])
def test_a_changed_key_trains_anew_and_keeps_the_old(tmp_path, key, value):
    run(write_sweep(tmp_path), tmp_path / "out")
    before = trial_files(tmp_path / "out")
    run(write_sweep(tmp_path, {key: value}), tmp_path / "out")
    after = trial_files(tmp_path / "out")
    assert len(after) == 4 and before.items() < after.items()


def test_order_and_name_of_the_sweep_file_do_not_matter(tmp_path):
    run(write_sweep(tmp_path), tmp_path / "out")
    before = trial_files(tmp_path / "out")
    run(write_sweep(tmp_path, {"model.k": "4, 2"}, name="other.cfg"), tmp_path / "out")
    assert trial_files(tmp_path / "out") == before


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    folder = tmp_path_factory.mktemp("undisturbed")
    sweep = write_sweep(folder, lasting(0.15, LONGER))
    begin = time.monotonic()
    run(sweep, folder / "out", ranks=2)
    return {"sweep": sweep, "hash": results_hash(folder / "out"), "seconds": time.monotonic() - begin}


def test_P2_killed_at_random_moments_and_resumed_it_equals_an_undisturbed_run(undisturbed, tmp_path):
    print(f"KSWEEP_KILL_SEED={SEED}")
    chance = random.Random(SEED)
    words = ["run", undisturbed["sweep"], "--output", tmp_path / "out", "--threads", 1, "--quiet"]
    n_resumed = 0
    for kill in range(N_KILLS):
        before = trial_files(tmp_path / "out")
        process = start(*words, ranks=2)
        # After some more trials, in the midst of the next: a time would be too short or too long on another machine.
        wanted = len(before) + chance.randint(0, 5)
        wait_until(lambda: len(trial_files(tmp_path / "out")) >= wanted or process.poll() is not None, "trials to end")
        time.sleep(chance.uniform(0, undisturbed["seconds"] / 20))
        ranks = children(process.pid)
        if kill % 2 and ranks:
            os.kill(chance.choice(ranks), signal.SIGKILL)
            wait_until(lambda: not any(map(lives, ranks)), "mpirun to end the other rank")
            kill_all(process)  # once mpirun itself did not end then
        else:
            kill_all(process)
        after = trial_files(tmp_path / "out")
        assert before.items() <= after.items(), "a finished trial was lost or trained again"
        n_resumed += 0 < len(before) < 20
        if len(after) == 20:  # complete before all kills were spent: begin again
            (tmp_path / "out").rename(tmp_path / f"complete{kill}")
    before = trial_files(tmp_path / "out")
    run(undisturbed["sweep"], tmp_path / "out", ranks=2)
    assert before.items() <= trial_files(tmp_path / "out").items()
    assert results_hash(tmp_path / "out") == undisturbed["hash"]
    assert leftovers(tmp_path / "out") == []  # no run has gone on with the others
    assert not (tmp_path / "out" / "trials" / "damaged").exists()
    assert n_resumed >= N_KILLS // 4, "hardly any kill came in the middle: the sweep is too short for this test"
    print(f"{N_KILLS} kills, {n_resumed} runs went on from a part of the trials")


def last_line(text):
    return text.rstrip("\n").splitlines()[-1]


def signalled(process, number, of_rank):
    os.kill(children(process.pid)[of_rank] if of_rank is not None else process.pid, number)


def stop(process, number, of_rank):
    signalled(process, number, of_rank)
    return process.communicate(timeout=PATIENCE_S)


@pytest.mark.parametrize("of_rank", [None, 0, 1], ids=["mpirun", "rank-0", "rank-1"])
def test_a_signal_stops_ranks_in_good_order(tmp_path, of_rank):
    sweep, stopping = write_sweep(tmp_path, ENDLESS), {}
    for number in signal.SIGTERM, signal.SIGINT, signal.SIGUSR1:
        process = stopping[number] = start("run", sweep, "--output", number.name, "--threads", 1, ranks=2, cwd=tmp_path)
        wait_until((tmp_path / number.name / "status.json").exists, "the run to begin")
        signalled(process, number, of_rank)
    for number, process in stopping.items():  # all at once, for an mpirun that is told to end waits for seconds
        out, err = process.communicate(timeout=PATIENCE_S)
        # Open MPI's mpirun, told itself to end, asks the ranks to, may lose what they print and returns 1 whatever they return.
        by_mpirun = of_rank is None and number in (signal.SIGTERM, signal.SIGINT)
        assert process.returncode == (1 if by_mpirun else 75), f"{number.name}: {out}\n{err}"
        assert by_mpirun or "with work left; nothing finished is lost" in out, number.name
        assert STOPPED in ksweep("status", tmp_path / number.name).stdout, number.name
        assert column(tmp_path / number.name, "status").tolist() == [0, 0, 0, 0], number.name
    assert leftovers(tmp_path) == []


@pytest.mark.parametrize("recovery", [[], ["--enable-recovery"]], ids=["mpirun ends the others", "mpirun lets the others live"])
def test_under_an_mpirun_of_one_s_own_the_others_stop_in_good_order_when_a_rank_dies(tmp_path, monkeypatch, recovery):
    monkeypatch.setattr(runs, "MPIRUN", runs.MPIRUN + recovery)
    process = start("run", write_sweep(tmp_path, ENDLESS), "--output", "out", "--threads", 1, ranks=3, cwd=tmp_path)
    wait_until(lambda: all((tmp_path / "out/crashes" / f"active-{rank}").exists() for rank in range(3)), "all trainings to begin")
    time.sleep(2.5)  # what has trained for less is not worth a checkpoint
    out, err = stop(process, signal.SIGKILL, 1)
    if recovery:  # else mpirun may be the first to see it, and while it ends the others it may lose what they print
        assert "rank 1 has died while training seed=" in err, err
        assert "with work left; nothing finished is lost" in out and " run " in last_line(out), out
    assert STOPPED in ksweep("status", tmp_path / "out").stdout
    assert len(list((tmp_path / "out" / "checkpoints").glob("??/*.ckpt"))) == 2
    assert not list((tmp_path / "out" / "crashes").glob("active-[02]"))
    assert leftovers(tmp_path) == []
    assert column(tmp_path / "out", "status").tolist() == [0, 0, 0, 0]


@pytest.mark.parametrize("ranks", [None, 3])
def test_the_last_line_is_the_command_that_goes_on(tmp_path, ranks):
    sweep = write_sweep(tmp_path, lasting(0.15, LONGER) | {"train.seed": "0..7"}, name="it's a sweep.cfg")
    process = start("run", sweep.name, "--output", "my out", "--threads", 1, ranks=ranks, cwd=tmp_path)
    wait_until(lambda: trial_files(tmp_path / "my out"), "the first trial")
    out, err = stop(process, signal.SIGTERM, 0 if ranks else None)
    assert process.returncode == 75, f"{out}\n{err}"
    before = trial_files(tmp_path / "my out")
    again = subprocess.run(shlex.split(last_line(out)), cwd=tmp_path, env=environment(), capture_output=True, text=True,
                           timeout=PATIENCE_S)
    assert again.returncode == 0, f"{last_line(out)}\n{again.stdout}\n{again.stderr}"
    assert before.items() < trial_files(tmp_path / "my out").items()
    assert column(tmp_path / "my out", "status").tolist() == [1] * 16


def cut(content):
    return content[:len(content) // 2]


def flip(content):
    middle = len(content) // 2
    return content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1:]


def empty(content):
    return b""


@pytest.mark.parametrize("damage", [cut, flip, empty], ids=lambda damage: damage.__name__)
def test_P5_a_damaged_trial_is_trained_again(tmp_path, damage):
    sweep = write_sweep(tmp_path)
    run(sweep, tmp_path / "out")
    expected = results_hash(tmp_path / "out")
    victim, whole = sorted((tmp_path / "out").glob("trials/??/*.h5"))
    kept = whole.stat().st_mtime_ns
    victim.write_bytes(damage(victim.read_bytes()))
    done = run(sweep, tmp_path / "out")
    assert "counts as not done" in done.stderr
    assert results_hash(tmp_path / "out") == expected
    assert whole.stat().st_mtime_ns == kept
    assert (tmp_path / "out" / "trials" / "damaged" / victim.name).exists()


def test_another_trial_s_file_under_this_name_is_trained_again(tmp_path):
    sweep = write_sweep(tmp_path)
    run(sweep, tmp_path / "out")
    expected = results_hash(tmp_path / "out")
    one, other = sorted((tmp_path / "out").glob("trials/??/*.h5"))
    one.write_bytes(other.read_bytes())
    done = run(sweep, tmp_path / "out")
    assert "another trial's record" in done.stderr
    assert results_hash(tmp_path / "out") == expected


def test_a_second_run_in_the_same_folder_is_refused(tmp_path):
    sweep = write_sweep(tmp_path, ENDLESS)
    first = start("run", sweep, "--output", tmp_path / "out", "--threads", 1)
    try:
        wait_until((tmp_path / "out" / "status.json").exists, "the first run to begin")
        second = ksweep("run", sweep, "--output", tmp_path / "out")
        assert second.returncode == 1
        assert f"another run is at work here (host {os.uname().nodename}, process {first.pid}" in second.stderr
        assert first.poll() is None
    finally:
        kill_all(first)
    run(write_sweep(tmp_path), tmp_path / "out")  # the lock ended with its process
