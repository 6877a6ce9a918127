"""What a person sees on the terminal while a sweep runs and when it ends."""

import os
import pty
import re
import shutil
import subprocess

import pytest
from runs import command, environment, kill_all, ksweep, lasting, run, write_sweep

ERASE = "\r\x1b[K"


def lines_on_a_terminal(words, enough):
    """What is written to a terminal of 100 columns as standard error until `enough` of it, each rewriting of the line on its own."""
    terminal, end = pty.openpty()
    subprocess.run(["stty", "cols", "100"], stdin=end, check=True)
    process = subprocess.Popen(command(*words), stdout=subprocess.DEVNULL, stderr=end, stdin=subprocess.DEVNULL,
                               env=environment(TERM="xterm"), start_new_session=True)
    os.close(end)
    text = ""
    try:
        while not enough(text):
            try:
                text += os.read(terminal, 4096).decode()
            except OSError:  # the last writer has closed it
                break
    finally:
        kill_all(process)
        os.close(terminal)
    return text.split(ERASE)


def shares(text):
    """The shares of the running trials that lines tell, in %."""
    return [int(share) for share in re.findall(r"running \((\d+) %\)", text)]


def promises(line):
    """Whether it tells a time left."""
    return re.search(r"\| \d[^|]* left", line) is not None


@pytest.mark.parametrize("ranks", [[], ["--ranks", 2]], ids=["one process", "ranks"])
def test_the_line_is_rewritten_and_moves_while_trials_run(tmp_path, ranks):
    sweep = write_sweep(tmp_path, lasting(60, {"model.k": "4, 5", "train.epochs": 100, "probe.tolerance": 1e-3}))
    words = ["run", sweep, "--output", tmp_path / "out", "--threads", 1, *ranks]
    *lines, _ = lines_on_a_terminal(  # the last may be cut
        words, lambda text: len(set(shares(text))) >= 4 and sum(map(promises, text.split(ERASE))) > 1)
    seen = shares(" ".join(lines))
    assert len(set(seen)) >= 3
    # No time is promised before there is ground for it, and then always.
    promised = [promises(line) for line in lines if "running" in line]
    assert promised == sorted(promised) and promised[-1] and all(shares(line) for line in lines if promises(line)), lines
    assert all("estimating the time left" in line for line in lines if "running" in line and not promises(line))


def test_in_a_log_the_first_lines_come_soon(tmp_path):
    sweep = write_sweep(tmp_path, {"train.epochs": 5})
    done = ksweep("run", sweep, "--output", tmp_path / "out", "--threads", 1, TERM="xterm")
    assert ERASE not in done.stderr and "2/2 done" in done.stderr and "best validation " in done.stderr


def test_the_commonest_reason_of_failures_is_told_and_no_fruitless_command(tmp_path):
    sweep = write_sweep(tmp_path, {"train.learning_rate": "0.001, 1e9", "train.seed": "0..1"})
    done = run(sweep, tmp_path / "out", code=2)
    assert "4 trials failed: the training loss became" in done.stdout
    assert "lower train.learning_rate (1e9)" in done.stdout and "they would fail again" in done.stdout
    last = done.stdout.rstrip().splitlines()[-1]
    assert " run " in last and "--retry-failed" not in last


@pytest.fixture
def finished(tmp_path):
    run(write_sweep(tmp_path, {"train.seed": "0, 1"}), tmp_path / "out")
    return tmp_path / "out"


def table(folder):
    return ksweep("status", folder, "--table")


def test_the_table_of_a_folder_without_sweep_h5_is_of_what_has_finished(finished):
    whole = table(finished).stdout.partition("\n\n")[2]
    (finished / "sweep.h5").unlink()
    done = table(finished)
    assert done.returncode == 0, done.stderr
    assert done.stdout.partition("\n\n")[2] == whole


def test_the_table_has_what_finished_since_sweep_h5_was_written(tmp_path):
    sweep = write_sweep(tmp_path, {"train.seed": "0, 1"})
    run(sweep, tmp_path / "whole")
    run(sweep, tmp_path / "out", "--shard", "1/2")
    whole = table(tmp_path / "whole").stdout.partition("\n\n")[2]
    assert table(tmp_path / "out").stdout.partition("\n\n")[2] != whole
    shutil.copytree(tmp_path / "whole/trials", tmp_path / "out/trials", dirs_exist_ok=True)
    assert table(tmp_path / "out").stdout.partition("\n\n")[2] == whole


def test_the_table_before_any_trial_has_finished_says_so(finished):
    (finished / "sweep.h5").unlink()
    shutil.rmtree(finished / "trials")
    done = table(finished)
    assert done.returncode == 0 and "No trial has finished yet" in done.stdout
