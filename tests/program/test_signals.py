"""What signals do beyond a stop: suspension, hangs that are nobody's stop, limits that come as signals, readers that leave."""

import fcntl
import os
import resource
import signal
import subprocess
import time
from pathlib import Path

import pytest
from runs import (KSWEEP, PATIENCE_S, children, column, environment, ksweep, lasting, results_hash, run, start, trial_files, wait_until, write_sweep)

LONGER = {"train.epochs": 20, "train.seed": "0..9", "data.train": 500}
ENDLESS = {"train.epochs": 1_000_000, "model.k": 4, "train.seed": "0..3"}


@pytest.fixture(scope="module")
def longer(tmp_path_factory):
    """A sweep that lasts some seconds, and the hash of its results."""
    folder = tmp_path_factory.mktemp("undisturbed")
    sweep = write_sweep(folder, lasting(0.15, LONGER))
    run(sweep, folder / "out")
    return sweep, results_hash(folder / "out")


def supervised(sweep, output, *words, **popen):
    words = [KSWEEP, "run", sweep, "--output", output, "--threads", 1, "--quiet", "--ranks", 2, *words]
    return subprocess.Popen([str(word) for word in words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                            env=environment(), stdin=subprocess.DEVNULL, **popen)


def ended(process, code):
    out, err = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == code, f"exit code {process.returncode}\n{out}\n{err}"
    return out, err


def state(pid):
    """Of a process; nothing if it has ended."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return None


def open_files(pid):
    try:
        return {path.readlink() for path in Path(f"/proc/{pid}/fd").iterdir()}
    except OSError:
        return set()  # one of them has just been closed


def descendants(pid):
    found = children(pid)
    for process in found:
        found += children(process)
    return found


def wait_for_trials(process, folder, n=1):
    wait_until(lambda: len(trial_files(folder)) >= n or process.poll() is not None, "a trial")
    assert process.poll() is None, process.communicate()


class TestSuspension:
    def test_a_tree_that_was_suspended_for_longer_than_ranks_may_be_silent_goes_on(self, longer, tmp_path):
        process = supervised(longer[0], tmp_path / "out", "--hang-after", 6)
        wait_for_trials(process, tmp_path / "out")
        tree = [process.pid, *descendants(process.pid)]
        for pid in tree:
            os.kill(pid, signal.SIGSTOP)
        time.sleep(9)
        for pid in tree:
            os.kill(pid, signal.SIGCONT)
        _, err = ended(process, 0)
        assert "no sign of life" not in err and "started again" not in err, err
        assert results_hash(tmp_path / "out") == longer[1]

    def test_ctrl_z_suspends_the_ranks_too_and_fg_goes_on(self, longer, tmp_path):
        process = supervised(longer[0], tmp_path / "out", process_group=0)
        wait_for_trials(process, tmp_path / "out")
        tree = [process.pid, *descendants(process.pid)]
        assert len(tree) >= 4  # mpirun and two ranks
        os.killpg(process.pid, signal.SIGTSTP)  # as a terminal does; mpirun and the ranks are in groups of their own
        wait_until(lambda: {state(pid) for pid in tree} == {"T"}, "all of them to stand still")
        os.killpg(process.pid, signal.SIGCONT)
        _, err = ended(process, 0)
        assert "started again" not in err, err
        assert results_hash(tmp_path / "out") == longer[1]


def test_a_rank_that_hangs_under_mpirun_alone_stops_the_run(tmp_path):
    """mpirun would not end before the rank does: what is left is for the next run, not for the other rank."""
    process = start("run", write_sweep(tmp_path, ENDLESS), "--output", tmp_path / "out", "--threads", 1, "--quiet", "--hang-after", 2, ranks=2)
    wait_until(lambda: len(list((tmp_path / "out").glob("crashes/active-*"))) == 2 or process.poll() is not None, "both ranks to train")
    other = next(pid for pid in descendants(process.pid) if b"OMPI_COMM_WORLD_RANK=1\0" in open(f"/proc/{pid}/environ", "rb").read())
    os.kill(other, signal.SIGSTOP)
    _, err = ended(process, 75)
    assert "rank 1 gives no sign of life" in err, err
    assert "Stopped in good order with work left" in ksweep("status", tmp_path / "out").stdout


class TestLimits:
    @pytest.mark.parametrize("hard", [True, False], ids=["hard", "soft"])
    def test_the_end_of_the_cpu_time_stops_in_good_order(self, tmp_path, hard):
        seconds = 10
        limit = (seconds, seconds if hard else resource.RLIM_INFINITY)
        process = start("run", write_sweep(tmp_path, ENDLESS), "--output", tmp_path / "out", "--threads", 1, "--quiet",
                        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CPU, limit))
        out, err = ended(process, 75)
        assert "nearly all of the 10 s of CPU time" in err and "ulimit -t" in err
        assert out.rstrip().splitlines()[-1].startswith(KSWEEP)
        assert list((tmp_path / "out/checkpoints").glob("??/*.ckpt")), "what trained was not saved"
        assert column(tmp_path / "out", "status").tolist() == [0] * 4

    def run_with_files_up_to(self, limit, sweep, folder, *words):
        done = subprocess.run([str(word) for word in (KSWEEP, "run", sweep, "--output", folder, "--quiet", "--threads", 1,
                                                      *words)],
                              env=environment(), capture_output=True, text=True, timeout=PATIENCE_S,
                              preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)))
        assert done.returncode == 1, done.stderr
        assert "File too large" in done.stderr and "ulimit -f" in done.stderr
        assert "started again" not in done.stderr

    def test_a_sweep_file_larger_than_files_may_be_ends_it_with_the_reason(self, tmp_path):
        sweep = write_sweep(tmp_path, {"train.seed": "0..4"})
        run(sweep, tmp_path / "reference")
        self.run_with_files_up_to((tmp_path / "reference/sweep.h5").stat().st_size - 1000, sweep, tmp_path / "out")
        before = trial_files(tmp_path / "out")
        run(sweep, tmp_path / "out")
        assert len(before) == 10 and before == trial_files(tmp_path / "out")
        assert results_hash(tmp_path / "out") == results_hash(tmp_path / "reference")

    def test_of_ranks_whose_records_are_larger_than_files_may_be_no_trial_has_failed(self, tmp_path):
        sweep = write_sweep(tmp_path, {"model.hidden": 6000, "results.save": "weights", "train.epochs": 1, "model.k": 4})
        self.run_with_files_up_to(17_000_000, sweep, tmp_path / "out", "--ranks", 2)
        assert column(tmp_path / "out", "status").tolist() == [0]

    def test_ranks_that_could_not_share_files_are_refused_before_they_start(self, tmp_path):
        done = subprocess.run([KSWEEP, "run", write_sweep(tmp_path), "--output", tmp_path / "out", "--ranks", "2"],
                              env=environment(), capture_output=True, text=True, timeout=PATIENCE_S,
                              preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (2 << 20, 2 << 20)))
        assert done.returncode == 3
        assert "ulimit -f" in done.stderr and len(done.stderr.splitlines()) == 1, done.stderr


class TestReaders:
    @pytest.mark.parametrize("ranks", [[], ["--ranks", 2]], ids=["alone", "ranks"])
    @pytest.mark.parametrize("reader", ["head -1", "true"])
    def test_a_reader_that_leaves_changes_nothing(self, tmp_path, reader, ranks):
        words = [KSWEEP, "run", write_sweep(tmp_path), "--output", tmp_path / "out", "--threads", "1", *map(str, ranks)]
        done = subprocess.run(["bash", "-c", f'"$@" 2>&1 | {reader}; exit ${{PIPESTATUS[0]}}', "bash", *words],
                              env=environment(), capture_output=True, text=True, timeout=PATIENCE_S)
        assert done.returncode == 0, done.stdout + done.stderr
        assert column(tmp_path / "out", "status").tolist() == [1, 1]


class TestShards:
    def test_a_stop_is_heeded_while_another_shard_writes_the_sweep_file(self, tmp_path):
        sweep = write_sweep(tmp_path, ENDLESS)
        process = start("run", sweep, "--output", tmp_path / "out", "--threads", 1, "--quiet", "--shard", "1/2")
        wait_until((tmp_path / "out/crashes-1of2/active-0").exists, "the training to begin")
        with open(tmp_path / "out/fold.lock", "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            process.send_signal(signal.SIGTERM)
            _, err = ended(process, 75)  # it would wait for ever
        assert "another shard is writing it" in err

    def test_one_that_is_complete_waits_for_another_that_writes_the_sweep_file(self, tmp_path):
        sweep = write_sweep(tmp_path)
        (tmp_path / "out").mkdir()
        with open(tmp_path / "out/fold.lock", "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            process = start("run", sweep, "--output", tmp_path / "out", "--threads", 1, "--quiet", "--shard", "1/2")
            lock_file = tmp_path / "out/fold.lock"
            wait_until(lambda: process.poll() is not None or lock_file in open_files(process.pid), "it to ask for the lock")
            time.sleep(1)  # 50 times as long as it waits between two questions
            assert process.poll() is None and trial_files(tmp_path / "out")
        ended(process, 0)
        assert 1 in column(tmp_path / "out", "status").tolist()


def test_the_command_after_a_killed_supervisor_waits_for_its_ranks(longer, tmp_path):
    process = supervised(longer[0], tmp_path / "out")
    wait_for_trials(process, tmp_path / "out")
    ranks = descendants(process.pid)
    for pid in ranks:
        os.kill(pid, signal.SIGSTOP)  # so that they are still there when the next command looks
    before = trial_files(tmp_path / "out")
    os.kill(process.pid, signal.SIGKILL)
    with open(tmp_path / "err", "w") as err:
        again = subprocess.Popen([KSWEEP, "run", longer[0], "--output", tmp_path / "out", "--threads", "1", "--quiet"], env=environment(),
                                 stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=err)
    saving = "ranks whose command was killed are still saving"
    wait_until(lambda: saving in (tmp_path / "err").read_text() or again.poll() is not None, "the next command to wait")
    for pid in ranks:
        os.kill(pid, signal.SIGCONT)
    assert again.wait(timeout=PATIENCE_S) == 0, (tmp_path / "err").read_text()
    process.communicate(timeout=PATIENCE_S)
    assert saving in (tmp_path / "err").read_text()
    assert before.items() <= trial_files(tmp_path / "out").items()
    assert results_hash(tmp_path / "out") == longer[1]


def test_the_cause_of_a_stop_under_ranks_is_what_stopped_the_command(longer, tmp_path):
    process = supervised(longer[0], tmp_path / "out")
    wait_for_trials(process, tmp_path / "out")
    os.kill(process.pid, signal.SIGTERM)
    out, err = ended(process, 75)
    assert f"stopped by SIGTERM from process {os.getpid()} (" in out and "Forwarding" not in out + err and "PMIX" not in err


def test_what_came_from_a_pipe_must_come_again(tmp_path):
    text = write_sweep(tmp_path, {"train.epochs": 1_000_000, "model.k": 4}).read_text()
    command = [os.environ["KSWEEP"], "run", "/dev/stdin", "--output", tmp_path / "out", "--threads", "1", "--quiet"]
    process = subprocess.Popen(command, env=environment(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    process.stdin.write(text)
    process.stdin.close()
    process.stdin = None
    wait_until((tmp_path / "out/status.json").exists, "the run to begin")
    os.kill(process.pid, signal.SIGTERM)
    out, _ = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 75 and "with the same sweep file in the pipe again:" in out
