"""`ksweep run --ranks N`: one command that outlives ranks that die or hang, and trials that kill them."""

import json
import os
import re
import shutil
import signal
import subprocess
import time
from pathlib import Path

import pytest
from runs import (KSWEEP, PATIENCE_S, children, column, end_all, environment, kill, ksweep, lasting, lives, results_hash, started, trial_files,
                  wait_until, write_sweep)

FAULTS = os.environ.get("KSWEEP_FAULTS")
# A second on two ranks.
LONGER = {"train.epochs": 20, "train.seed": "0..5", "data.train": 500}
STOPS = signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGUSR1, signal.SIGUSR2
ENDLESS = {"train.epochs": 1_000_000, "model.k": 4, "train.seed": "0..3"}


class Supervised:
    """A sweep under a supervisor."""

    def __init__(self, sweep, output, *words, ranks=2):
        command = [KSWEEP, "run", sweep, "--output", output, "--threads", 1, "--quiet", "--ranks", ranks, *words]
        self.output = Path(output)
        self.process = subprocess.Popen([str(word) for word in command], stdout=subprocess.PIPE,
                                        stderr=subprocess.PIPE, text=True, env=environment(),
                                        stdin=subprocess.DEVNULL, start_new_session=True)

    def mpirun(self):
        found = children(self.process.pid)
        return found[0] if found else None

    def rank(self, number):
        """The process of a rank; nothing if there is none at the moment."""
        for pid in children(self.mpirun()) if self.mpirun() else []:
            try:
                variables = Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
            except OSError:
                continue
            if f"OMPI_COMM_WORLD_RANK={number}".encode() in variables:
                return pid
        return None

    def wait_for_work(self, n_trials=1):
        wait_until(lambda: len(trial_files(self.output)) >= n_trials or self.process.poll() is not None, "a trial")
        assert self.process.poll() is None, self.process.communicate()

    def wait_for_training(self):
        """Of both ranks, but the first may have no more than begun."""
        wait_until((self.output / "crashes" / "active-1").exists, "the training to begin")

    def ended(self, timeout=PATIENCE_S):
        out, err = self.process.communicate(timeout=timeout)
        return self.process.returncode, out, err


@pytest.fixture(scope="module")
def longer(tmp_path_factory):
    folder = tmp_path_factory.mktemp("undisturbed")
    sweep = write_sweep(folder, lasting(0.15, LONGER))
    code, out, err = Supervised(sweep, folder / "out").ended()
    assert code == 0, out + err
    return {"sweep": sweep, "hash": results_hash(folder / "out")}


def test_P7_the_others_go_on_when_a_rank_dies(longer, tmp_path):
    run = Supervised(longer["sweep"], tmp_path / "out", ranks=3)
    run.wait_for_work()
    first, mpirun = trial_files(tmp_path / "out"), run.mpirun()
    os.kill(run.rank(1), signal.SIGKILL)
    wait_until(lambda: len(trial_files(tmp_path / "out")) > len(first) + 2 or run.process.poll() is not None, "more trials")
    assert run.mpirun() in (mpirun, None), "all ranks were started again"  # None: they have already ended
    code, out, err = run.ended()
    assert code == 0, out + err
    assert "started again" not in err
    assert "rank 1 has died while training k=" in err
    assert first.items() <= trial_files(tmp_path / "out").items()
    assert results_hash(tmp_path / "out") == longer["hash"]


def test_P2_a_sweep_that_lost_a_rank_is_not_started_again_when_it_is_told_to_stop(tmp_path):
    run = Supervised(write_sweep(tmp_path, ENDLESS), tmp_path / "out", ranks=3)
    run.wait_for_training()
    wait_until(lambda: run.rank(2), "the last rank")
    os.kill(run.rank(2), signal.SIGKILL)
    wait_until(lambda: json.loads((tmp_path / "out" / "status.json").read_text())["ranks_lost"] == 1, "the loss to be noticed")
    os.kill(run.process.pid, signal.SIGINT)
    code, out, err = run.ended()
    assert code == 75, out + err
    assert "started again" not in out + err


@pytest.mark.parametrize("victim", ["rank 0", "mpirun"])
def test_P7_the_ranks_are_started_again_when_the_coordinator_or_mpirun_dies(longer, tmp_path, victim):
    run = Supervised(longer["sweep"], tmp_path / "out")
    run.wait_for_work()
    first = trial_files(tmp_path / "out")
    os.kill(run.rank(0) if victim == "rank 0" else run.mpirun(), signal.SIGKILL)
    code, out, err = run.ended()
    assert code == 0, out + err
    assert "they are started again" in err
    assert first.items() <= trial_files(tmp_path / "out").items()
    assert results_hash(tmp_path / "out") == longer["hash"]


def test_P7_a_rank_that_hangs_is_named_and_given_up(longer, tmp_path):
    hung = []
    for rank in range(2):
        run = Supervised(longer["sweep"], tmp_path / f"rank-{rank}", "--hang-after", 2)
        run.wait_for_work()
        os.kill(run.rank(rank), signal.SIGSTOP)
        hung.append(run)  # both wait for seconds, at once
    for run, words in zip(hung, [r"rank 0 \(process \d+ on \S+\) has given no sign of life for \d(.|\n)* started again",
                                 r"rank 1 gives no sign of life: it hangs, or its node is gone while training k="]):
        code, out, err = run.ended()
        assert code == 0, out + err
        assert re.search(words, err), err
        assert "stopped with work left" not in out  # no user asked for it
        assert results_hash(run.output) == longer["hash"]


@pytest.mark.skipif(not FAULTS, reason="sanitizers must be loaded before anything else")
def test_P7_a_trial_that_kills_every_rank_is_set_aside_and_the_rest_finishes(tmp_path, monkeypatch):
    # As an out-of-memory killer does: whoever begins this one training dies.
    deaths = tmp_path / "deaths"
    for name, value in {"LD_PRELOAD": FAULTS, "FAULT_DEADLY": str(deaths)}.items():
        monkeypatch.setenv(name, value)
    code, out, err = Supervised(write_sweep(tmp_path, {"train.seed": "0, 1"}), tmp_path / "out").ended()
    assert code == 2, out + err
    died = deaths.read_text().splitlines()
    assert died.count(died[0]) == 5 and len(died) <= 6  # two ranks that begin at once may both find no other's death
    statuses = column(tmp_path / "out", "status").tolist()
    assert sorted(statuses) == [1, 1, 1, 2], err
    reason = column(tmp_path / "out", "reason")[statuses.index(2)]
    assert reason.startswith("set aside: the program died 5 times in a row while it was training this")
    monkeypatch.delenv("LD_PRELOAD")  # the cause is gone
    code, out, err = Supervised(tmp_path / "tiny.cfg", tmp_path / "out", "--retry-failed").ended()
    assert code == 0, out + err
    assert column(tmp_path / "out", "status").tolist() == [1] * 4


TARGETS = {"supervisor": lambda run: run.process.pid, "mpirun": Supervised.mpirun,
           "rank 0": lambda run: run.rank(0), "rank 1": lambda run: run.rank(1)}


@pytest.mark.parametrize("target", TARGETS)
def test_P2_any_signal_to_anyone_stops_all_in_good_order(tmp_path, target):
    sweep, stopping = write_sweep(tmp_path, ENDLESS), {}
    for number in STOPS:
        run = stopping[number.name] = Supervised(sweep, tmp_path / number.name)
        run.wait_for_training()
        os.kill(TARGETS[target](run), number)
    for name, run in stopping.items():  # all at once, for an mpirun that is told to end waits for seconds
        code, out, err = run.ended()
        assert code == 75, (name, out + err)
        assert out.rstrip().splitlines()[-1].startswith(KSWEEP), (name, out + err)
        assert not list((run.output / "crashes").glob("active-*")), name


def put_before_mpirun(lines, folder, monkeypatch):
    """Puts an mpirun first in PATH that begins with these lines of shell and then becomes the real one."""
    mpirun = folder / "mpirun"
    mpirun.write_text(f'#!/bin/sh\n{lines}\nexec {shutil.which("mpirun")} "$@"\n')
    mpirun.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")


def test_P2_how_to_go_on_is_said_even_if_mpirun_loses_what_ranks_print(tmp_path, monkeypatch):
    # As it may when it is told to end.
    put_before_mpirun('[ "$1" = --version ] || exec >/dev/null', tmp_path, monkeypatch)
    run = Supervised(write_sweep(tmp_path, ENDLESS), tmp_path / "out")
    run.wait_for_training()
    os.kill(run.rank(0), signal.SIGINT)
    code, out, err = run.ended()
    assert code == 75, out + err
    assert "stopped by SIGINT" in out
    assert out.rstrip().splitlines()[-1].startswith(KSWEEP)


def test_P2_a_second_signal_stops_at_once(tmp_path):
    run = Supervised(write_sweep(tmp_path, ENDLESS), tmp_path / "out", "--hang-after", 0)
    run.wait_for_training()
    ranks = [run.rank(0), run.rank(1)]
    for rank in ranks:
        os.kill(rank, signal.SIGSTOP)  # so that the first signal alone could not end them

    def told_again():
        os.kill(run.process.pid, signal.SIGTERM)  # soon after the first it is taken for the same signal, sent twice
        time.sleep(0.2)
        return run.process.poll() is not None

    wait_until(told_again, "a signal that stops at once")
    assert run.process.returncode == 128 + signal.SIGTERM
    wait_until(lambda: not any(lives(rank) for rank in ranks), "the ranks to end")


def test_P2_it_stops_by_itself_before_its_time_limit(tmp_path):
    sweep = write_sweep(tmp_path, ENDLESS)
    begin = time.monotonic()
    done = ksweep("run", sweep, "--output", tmp_path / "out", "--threads", 1, "--quiet", "--time-limit", "0:05")
    assert done.returncode == 75, done.stderr
    seconds = time.monotonic() - begin
    print(f"with a limit of 5 s it ended after {seconds:.1f} s")
    assert seconds > 3  # its training never ends: it is the limit that stopped it
    assert done.stdout.rstrip().splitlines()[-1].endswith("--time-limit 0:05")


@pytest.mark.skipif(not FAULTS, reason="sanitizers must be loaded before anything else")
def test_P2_work_that_cannot_be_saved_is_not_begun_when_it_cannot_end_in_time(tmp_path):
    sweep = write_sweep(tmp_path, {"model.kind": "raw", "model.k": None, "data.set": "digits", "data.train": 50_000,
                                   "data.test": 10_000, "data.validation": 1000, "probe.tolerance": 1e-12,
                                   "model.hidden": None, "train.seed": "0..3", "train.epochs": None,
                                   "train.batch": None})
    deaths = tmp_path / "deaths"  # whoever begins a training dies
    done = ksweep("run", sweep, "--output", tmp_path / "out", "--threads", 1, "--quiet", "--time-limit", "0:02", LD_PRELOAD=FAULTS,
                  FAULT_DEADLY=str(deaths))
    assert done.returncode == 75, done.stderr
    assert not deaths.exists()
    assert column(tmp_path / "out", "status").tolist() == [0] * 4
    done = ksweep("run", sweep, "--output", tmp_path / "out", "--threads", 1, "--quiet", LD_PRELOAD=FAULTS, FAULT_DEADLY=str(deaths))
    assert done.returncode == -signal.SIGKILL and len(deaths.read_text().splitlines()) == 1  # without a limit it is


def test_P7_it_stops_after_more_failures_than_allowed(tmp_path):
    sweep = write_sweep(tmp_path, {"train.learning_rate": 1e9, "train.seed": "0..9"})
    done = ksweep("run", sweep, "--output", tmp_path / "out", "--threads", 1, "--quiet", "--max-failures", 2)
    assert done.returncode == 2, done.stderr
    assert column(tmp_path / "out", "status").tolist().count(2) == 3
    assert "more trials failed than --max-failures allows" in done.stdout
    ksweep("run", sweep, "--output", tmp_path / "out", "--threads", 1, "--quiet", "--max-failures", 2)
    assert column(tmp_path / "out", "status").tolist().count(2) == 6  # the same command goes on


def test_P6_status_never_says_running_of_the_dead(tmp_path):
    run = Supervised(write_sweep(tmp_path, ENDLESS), tmp_path / "out")
    wait_until((tmp_path / "out" / "status.json").exists, "the run to begin")
    assert "state      running on" in ksweep("status", tmp_path / "out").stdout
    ranks = [run.rank(0), run.rank(1)]
    kill(run.process.pid, run.mpirun(), *ranks)
    run.ended()
    in_haste = {"LD_PRELOAD": FAULTS, "FAULT_HASTE": KSWEEP} if FAULTS else {}  # it waits for 10 s for a sign of life
    text = ksweep("status", tmp_path / "out", **in_haste).stdout
    assert "no longer runs" in text and "running" not in text


def test_P8_shards_share_a_folder_and_give_the_results_of_one_run(longer, tmp_path):
    shards = [subprocess.Popen([KSWEEP, "run", longer["sweep"], "--output", tmp_path / "out", "--threads", "1", "--quiet",
                                "--shard", f"{i}/3"], env=environment()) for i in (1, 2, 3)]
    wait_until((tmp_path / "out" / "status-1of3.json").exists, "the shards to begin")
    for shard in shards:
        shard.send_signal(signal.SIGSTOP)  # while others try
    for other in ([], ["--shard", "1/2"], ["--shard", "1/3"]):
        refused = ksweep("run", longer["sweep"], "--output", tmp_path / "out", *other)
        assert refused.returncode == 1 and "another run is at work here" in refused.stderr
    for shard in shards:
        shard.send_signal(signal.SIGCONT)
    assert [shard.wait(timeout=PATIENCE_S) for shard in shards] == [0, 0, 0]
    assert results_hash(tmp_path / "out") == longer["hash"]
    assert len(set(trial_files(tmp_path / "out"))) == 12


def test_a_sweep_that_is_wrong_is_refused_once_not_again_and_again(tmp_path):
    sweep = write_sweep(tmp_path, {"model.k": 1000})
    code, out, err = Supervised(sweep, tmp_path / "out").ended()
    assert code == 1
    assert err.count("exceeds model.hidden") == 1


def test_options_that_mpirun_does_not_know_are_its_own_error(tmp_path):
    code, out, err = Supervised(write_sweep(tmp_path), tmp_path / "out", "--mpirun", "--no-such-option").ended()
    assert code == 3
    assert "--no-such-option" in err


@pytest.fixture
def failing_mpirun(tmp_path, monkeypatch):
    """Puts an mpirun before the real one that fails at some of its starts, as the shell's `case` writes them: as when a
    node is lost, and mpirun's daemon cannot be started there.  From a failed start to the next one clocks are fast.
    Returns a function that does so, which returns another: the number of starts so far."""
    def install(starts):
        tries, haste = tmp_path / "tries", tmp_path / "haste"
        put_before_mpirun(f"""
            : >{haste}
            [ "$1" = --version ] || echo >>{tries}
            n=0; while read _; do n=$((n + 1)); done <{tries}  # a process of its own would be taken for a rank
            case $n in {starts}) echo >{haste}; exit 1 ;; esac
        """, tmp_path, monkeypatch)
        tries.touch()
        if FAULTS:
            monkeypatch.setenv("LD_PRELOAD", FAULTS)
            monkeypatch.setenv("FAULT_HASTE", str(haste))
        return lambda: len(tries.read_text())
    return install


def test_P7_ranks_that_cannot_be_started_for_a_while_after_a_crash_are_tried_again(longer, tmp_path, failing_mpirun):
    n_starts = failing_mpirun("2|3|4")
    run = Supervised(longer["sweep"], tmp_path / "out")
    run.wait_for_work()
    os.kill(run.mpirun(), signal.SIGKILL)
    code, out, err = run.ended()
    assert code == 0, out + err
    assert n_starts() == 5
    assert results_hash(tmp_path / "out") == longer["hash"]


def test_P7_ranks_that_die_seven_times_without_getting_on_are_given_up_and_the_last_line_goes_on(longer, tmp_path, failing_mpirun):
    n_starts = failing_mpirun("[2-8]")
    run = Supervised(longer["sweep"], tmp_path / "out")
    run.wait_for_work()
    os.kill(run.mpirun(), signal.SIGKILL)
    code, out, err = run.ended()
    assert code == 70, out + err
    assert n_starts() == 8  # the first one finished trials
    assert "the ranks ended with 1 7 times in a row and nothing was finished or saved in between" in err
    kept = trial_files(tmp_path / "out")
    (tmp_path / "mpirun").unlink()
    done = subprocess.run(["bash", "-c", out.rstrip().splitlines()[-1]], env=environment(), capture_output=True, text=True, timeout=PATIENCE_S)
    assert done.returncode == 0, done.stderr
    assert kept and kept.items() < trial_files(tmp_path / "out").items()
    assert results_hash(tmp_path / "out") == longer["hash"]


def test_without_mpirun_it_tells_what_is_missing(tmp_path):
    done = subprocess.run([KSWEEP, "run", write_sweep(tmp_path), "--ranks", "2"], env=environment(PATH="/nonexistent"),
                          capture_output=True, text=True, cwd=tmp_path)
    assert done.returncode == 3
    assert "mpirun is not in PATH" in done.stderr


class TestTheSweepFile:
    """It is read once, whatever becomes of it."""

    def test_edited_amid_the_run_is_not_read_again_after_a_death_of_rank_0(self, tmp_path):
        sweep = write_sweep(tmp_path, lasting(0.6, LONGER | {"train.seed": "0..2"}))
        text = sweep.read_text()
        run = Supervised(sweep, tmp_path / "out")
        run.wait_for_work()
        sweep.write_text(text.replace("k = 2, 4", "k = 3, 5"))
        os.kill(run.rank(0), signal.SIGKILL)
        code, _, words = run.ended()
        assert code == 0 and "started again" in words, words
        assert set(column(tmp_path / "out", "k").tolist()) == {2, 4} and len(trial_files(tmp_path / "out")) == 6

    @pytest.mark.parametrize("words", [["--ranks", "2"], ["-qn2"], ["--ranks=2"], []], ids=" ".join)
    def test_may_be_a_pipe_and_the_command_line_be_written_in_any_way(self, tmp_path, words):
        text = write_sweep(tmp_path).read_text()
        done = subprocess.run([KSWEEP, "run", "/dev/stdin", "--output", tmp_path / "out", "--threads", "1", *words], input=text, text=True,
                              capture_output=True, env=environment(), timeout=PATIENCE_S)
        assert done.returncode == 0, done.stderr
        assert column(tmp_path / "out", "k").tolist() == [2, 4]
        assert "started again" not in done.stderr

    def test_that_is_wrong_is_told_once_and_starts_no_rank(self, tmp_path):
        done = ksweep("run", write_sweep(tmp_path, {"model.k": 64}), "--output", tmp_path / "out", "--ranks", 2)
        assert done.returncode == 1 and done.stderr.count("\n") == 1 and "exceeds model.hidden" in done.stderr
        assert not (tmp_path / "out").exists()

    def test_that_is_too_long_for_the_ranks_is_refused(self, tmp_path):
        sweep = write_sweep(tmp_path)
        sweep.write_text(sweep.read_text() + "# " + "x" * 130_000 + "\n")
        done = ksweep("run", sweep, "--output", tmp_path / "out", "--ranks", 2)
        assert done.returncode == 1 and "hands a sweep file of at most 120000" in done.stderr


def test_what_a_test_leaves_behind_is_ended_also_where_its_parents_are_dead(tmp_path):
    run = Supervised(write_sweep(tmp_path, ENDLESS), tmp_path / "out")
    run.wait_for_training()
    left = [run.rank(0), run.rank(1)]
    for pid in (run.process.pid, run.mpirun()):
        os.kill(pid, signal.SIGSTOP)
    os.kill(run.process.pid, signal.SIGKILL)
    run.process.wait(timeout=PATIENCE_S)
    assert set(left) <= set(started())
    end_all()
    wait_until(lambda: not started(), "all to end")
