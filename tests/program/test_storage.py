"""Disks that fail in every way: nothing finished is lost, nothing is trained twice, and the words tell what to do.

P1, P5, …: pains of users of comparable tools (resume repeats or mixes work; files corrupt after a kill or without locks; …).
"""

import contextlib
import errno
import json
import os
import subprocess
import time

import h5py
import numpy
import pytest
from runs import PATIENCE_S, column, kill_all, ksweep, lasting, results_hash, run, start, trial_files, wait_until, write_sweep

FAULTS = os.environ.get("KSWEEP_FAULTS", "")
needs_faults = pytest.mark.skipif(not FAULTS, reason="sanitizers must be loaded before anything else")
needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root may mount")
GRID = {"train.seed": "0, 1"}  # four trials


def faulty(sweep, folder, **faults):
    """`ksweep run` on a disk with faults."""
    named = {"FAULT_" + name.upper(): str(value) for name, value in faults.items()}
    return ksweep("run", sweep, "--output", folder, "--threads", 1, "--quiet", LD_PRELOAD=FAULTS,
                  FAULT_UNDER=str(folder), **named)


@contextlib.contextmanager
def mounted(folder, options):
    """A disk of its own, in memory."""
    folder.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", folder], capture_output=True).returncode:
        pytest.skip("no mount here")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", folder], check=True)


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    """(sweep file, results_sha256) of a run on a disk without faults."""
    folder = tmp_path_factory.mktemp("undisturbed")
    sweep = write_sweep(folder, GRID)
    run(sweep, folder / "out")
    return sweep, results_hash(folder / "out")


def expect_whole_after_resume(undisturbed, folder):
    """Goes on, without faults: what was finished is not touched, and all is as in an undisturbed run."""
    before = trial_files(folder)
    run(undisturbed[0], folder)
    assert before.items() <= trial_files(folder).items()
    assert results_hash(folder) == undisturbed[1]
    assert [path for path in folder.rglob("*") if ".tmp." in path.name] == []


def n_calls(undisturbed, folder, call):
    done = faulty(undisturbed[0], folder / "count", call=call, at=0, count=folder / "n_calls")
    assert done.returncode == 0, done.stderr
    return max(map(int, (folder / "n_calls").read_text().split()))


@pytest.fixture(scope="module")
def undisturbed_pair(tmp_path_factory):
    """The same of two trials, where every call is to fail."""
    folder = tmp_path_factory.mktemp("undisturbed_pair")
    sweep = write_sweep(folder)
    run(sweep, folder / "out")
    return sweep, results_hash(folder / "out")


@needs_faults
@pytest.mark.parametrize("stays", [False, True], ids=["once", "from_then_on"])
@pytest.mark.parametrize("call, error", [("open", errno.ENOSPC), ("write", errno.ENOSPC),
                                         ("fsync", errno.EIO), ("rename", errno.EDQUOT)])
def test_P5_a_disk_that_fails_at_any_call_loses_nothing(undisturbed_pair, tmp_path, call, error, stays):
    count = n_calls(undisturbed_pair, tmp_path, call)
    assert count >= 2 + 1  # each trial, and the sweep file
    codes = []
    for at in range(1, count + 1):
        folder = tmp_path / str(at)
        done = faulty(undisturbed_pair[0], folder, call=call, at=at, error=error, **({"stays": 1} if stays else {}))
        codes.append(done.returncode)
        if done.returncode == 0:  # nothing that counts: a lock's word, a status
            assert results_hash(folder) == undisturbed_pair[1]
        else:
            assert os.strerror(error) in done.stderr, done.stderr
            assert str(folder) in done.stderr
        expect_whole_after_resume(undisturbed_pair, folder)
    assert set(codes) <= {0, 1} and codes.count(1) >= 2 + 1


@needs_faults
def test_a_disk_that_fails_under_ranks_ends_the_command_with_1_though_no_status_can_be_written(undisturbed, tmp_path):
    run(undisturbed[0], tmp_path / "out", "--set", "train.seed=0")
    done = ksweep("run", undisturbed[0], "--output", tmp_path / "out", "--threads", 1, "--quiet", "--ranks", 2, LD_PRELOAD=FAULTS,
                  FAULT_UNDER=str(tmp_path / "out"), FAULT_CALL="write", FAULT_ERROR=str(errno.EIO), FAULT_AT="7", FAULT_STAYS="1")
    assert done.returncode == 1, done.stderr
    assert "Input/output error" in done.stderr and "started again" not in done.stderr
    expect_whole_after_resume(undisturbed, tmp_path / "out")


@needs_faults
def test_a_failure_of_fsync_is_an_error(undisturbed, tmp_path):
    done = faulty(undisturbed[0], tmp_path / "out", call="fsync", at=1, error=errno.EIO, stays=1)
    assert done.returncode == 1
    assert "cannot make the content durable (Input/output error)" in done.stderr
    assert trial_files(tmp_path / "out") == {}


@needs_root
def test_P5_a_full_file_system_loses_nothing(undisturbed, tmp_path):
    """A real one: too small for all four trials."""
    with mounted(tmp_path / "disk", "size=192k") as disk:
        done = ksweep("run", undisturbed[0], "--output", disk / "out", "--threads", 1, "--quiet")
        assert done.returncode == 1 and "No space left on device" in done.stderr and "Free some space" in done.stderr
        subprocess.run(["mount", "-o", "remount,size=8m", disk], check=True)
        expect_whole_after_resume(undisturbed, disk / "out")


@needs_root
def test_a_read_only_disk_is_refused_before_any_training(undisturbed, tmp_path):
    with mounted(tmp_path / "disk", "ro") as disk:
        done = ksweep("run", undisturbed[0], "--output", disk / "out")
        assert done.returncode == 1 and "Read-only file system" in done.stderr and "--output" in done.stderr


def test_P5_a_folder_that_goes_away_amid_the_run_ends_it_and_loses_nothing(undisturbed, tmp_path):
    """An unplugged mount: the path is gone, later it is back."""
    slow = lasting(0.15, {"train.epochs": 20, "train.seed": "0..4"})
    sweep, out = write_sweep(tmp_path, slow), tmp_path / "out"
    run(sweep, tmp_path / "reference")
    process = start("run", sweep, "--output", out, "--threads", 1, "--quiet")
    wait_until(lambda: len(trial_files(out)) >= 2, "two finished trials")
    out.rename(tmp_path / "unplugged")
    _, words = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 1, words
    assert str(out) in words and "No such file or directory" in words
    if out.exists():
        subprocess.run(["rm", "-r", out], check=True)
    (tmp_path / "unplugged").rename(out)
    before = trial_files(out)
    assert len(before) >= 2
    run(sweep, out)
    assert before.items() <= trial_files(out).items()
    assert results_hash(out) == results_hash(tmp_path / "reference")


@pytest.mark.parametrize("damage", [lambda whole: whole[:len(whole) // 2], lambda whole: b"",
                                    lambda whole: whole[:700] + bytes([whole[700] ^ 4]) + whole[701:],
                                    lambda whole: whole + b"more", lambda whole: bytes(len(whole))],
                         ids=["torn", "empty", "bit", "longer", "zeros"])
def test_P5_a_spoilt_record_is_not_taken_for_done(undisturbed, tmp_path, damage):
    run(undisturbed[0], tmp_path / "out")
    record = sorted((tmp_path / "out").glob("trials/??/*.h5"))[1]
    whole = record.read_bytes()
    record.write_bytes(damage(whole))
    run(undisturbed[0], tmp_path / "out")
    assert results_hash(tmp_path / "out") == undisturbed[1]
    assert len(list((tmp_path / "out/trials/damaged").iterdir())) == 1
    assert ksweep("verify", tmp_path / "out", "--sample", 0).returncode == 0


def test_strange_files_in_the_folder_are_left_alone(undisturbed, tmp_path):
    strange = [tmp_path / "out" / name for name in ("notes.txt", "trials/readme", "trials/ab/0.h5", "trials/zz/x.h5.bak")]
    for path in strange:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("not ours")
    run(undisturbed[0], tmp_path / "out")
    assert results_hash(tmp_path / "out") == undisturbed[1]
    assert all(path.read_text() == "not ours" for path in strange)


def test_P1_a_folder_that_was_moved_goes_on_where_it_was(undisturbed, tmp_path):
    run(undisturbed[0], tmp_path / "out")
    before = trial_files(tmp_path / "out")
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "out").rename(tmp_path / "elsewhere/results of may")
    run(undisturbed[0], tmp_path / "elsewhere/results of may")
    assert trial_files(tmp_path / "elsewhere/results of may") == before


@needs_faults
@pytest.mark.parametrize("jump", [3600, 10**8])
def test_clocks_that_jump_change_nothing(undisturbed, tmp_path, jump):
    done = faulty(undisturbed[0], tmp_path / "out", clock=jump)
    assert done.returncode == 0, done.stderr
    assert results_hash(tmp_path / "out") == undisturbed[1]
    for name in ("train_time_s", "probe_time_s", "wall_time_s"):
        times_s = column(tmp_path / "out", name)
        assert (0 <= times_s).all() and (times_s < jump / 2).all()
    assert "4 of 4 trials done" in ksweep("status", tmp_path / "out").stdout
    assert ksweep("verify", tmp_path / "out").returncode == 0


@needs_faults
def test_P5_data_in_hdf5_are_read_where_locks_are_refused(tmp_path):
    with h5py.File(tmp_path / "data.h5", "w") as file:
        file["x"] = numpy.random.default_rng(0).random((800, 16), dtype="float32")
        file["y"] = numpy.arange(800) % 3
    sweep = write_sweep(tmp_path, {"data.set": tmp_path / "data.h5", "model.k": 2})
    done = faulty(sweep, tmp_path / "out", flock=errno.ENOLCK)
    assert done.returncode == 0, done.stderr


class TestWithoutLocks:
    """On file systems that refuse flock: a file that only one run can make stands for a lock."""

    @needs_faults
    def test_P5_a_run_says_so_and_works(self, undisturbed, tmp_path):
        done = faulty(undisturbed[0], tmp_path / "out", flock=errno.ENOLCK)
        assert done.returncode == 0
        assert "this file system has no locks (No locks available)" in done.stderr
        assert results_hash(tmp_path / "out") == undisturbed[1]
        assert list((tmp_path / "out").glob("*.held*")) == []

    def held_by(self, folder, host, pid, start=1, boot="a boot"):
        folder.mkdir(exist_ok=True)
        path = folder / "run.lock.held"
        path.write_text(f"host {host}, process {pid}, since May\n{host} {pid} {start} {boot}\n")
        return path

    def age(self, *paths):
        for path in paths:
            os.utime(path, (time.time() - 3600,) * 2)

    @needs_faults
    def test_P1_a_second_run_is_refused_and_told_who_is_at_work(self, undisturbed, tmp_path):
        path = self.held_by(tmp_path / "out", os.uname().nodename, os.getpid(),
                            open(f"/proc/{os.getpid()}/stat").read().rpartition(")")[2].split()[19],
                            open("/proc/sys/kernel/random/boot_id").read().strip())
        self.age(path)
        done = faulty(undisturbed[0], tmp_path / "out", flock=errno.ENOLCK)
        assert done.returncode == 1
        assert f"another run is at work here (host {os.uname().nodename}, process {os.getpid()}, since May)" in done.stderr
        assert trial_files(tmp_path / "out") == {} and path.exists()

    @needs_faults
    def test_P6_the_lock_of_a_killed_run_is_taken_over(self, undisturbed, tmp_path):
        self.held_by(tmp_path / "out", os.uname().nodename, os.getpid())  # lives, but began at another time
        done = faulty(undisturbed[0], tmp_path / "out", flock=errno.ENOLCK)
        assert done.returncode == 0
        assert "taken over from a run that has ended without a word" in done.stderr
        assert results_hash(tmp_path / "out") == undisturbed[1]

    @needs_faults
    def test_P6_another_host_s_lock_holds_while_its_status_changes_and_no_longer(self, undisturbed, tmp_path):
        path = self.held_by(tmp_path / "out", "elsewhere", 7)
        status = tmp_path / "out/status.json"
        status.write_text("{}")
        self.age(path)
        assert "(host elsewhere, process 7, since May)" in faulty(undisturbed[0], tmp_path / "out", flock=errno.ENOLCK).stderr
        self.age(path, status)
        done = faulty(undisturbed[0], tmp_path / "out", flock=errno.ENOLCK)
        assert done.returncode == 0 and "taken over" in done.stderr


def test_P1_two_runs_on_one_folder_at_once_are_told_apart(tmp_path):
    sweep = write_sweep(tmp_path, {"train.epochs": 1_000_000, "model.k": 4})
    first = start("run", sweep, "--output", tmp_path / "out", "--threads", 1, "--quiet")
    try:
        wait_until(lambda: (tmp_path / "out/status.json").exists(), "the first run")
        second = ksweep("run", sweep, "--output", tmp_path / "out")
        assert second.returncode == 1
        assert f"another run is at work here (host {os.uname().nodename}, process " in second.stderr
        assert json.loads((tmp_path / "out/status.json").read_text())["state"] == "running"
    finally:
        kill_all(first)
