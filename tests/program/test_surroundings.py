"""Machines that lack what Open MPI and others take for granted: the run works all the same, or says what is missing, once."""

import contextlib
import fcntl
import os
import subprocess
import tempfile
from pathlib import Path

import pytest
from runs import KSWEEP, PATIENCE_S, children, column, environment, kill, run, trial_files, wait_until, write_sweep

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root may take another user's part")
RANKS = pytest.mark.parametrize("ranks", [[], ["--ranks", "2"]], ids=["alone", "ranks"])
ENDLESS = {"train.epochs": 1_000_000, "model.k": 4, "train.seed": "0..3"}


def run_here(tmp_path, words=(), before=(), changes=None, threads=1, **variables):
    command = [*before, KSWEEP, "run", write_sweep(tmp_path, changes), "--output", tmp_path / "out", "--threads", threads,
               "--quiet", *words]
    return subprocess.run([str(word) for word in command], env=environment(**variables), capture_output=True, text=True,
                          timeout=PATIENCE_S, stdin=subprocess.DEVNULL)


def assert_done(done, folder):
    assert done.returncode == 0, done.stdout + done.stderr
    assert column(folder, "status").tolist() == [1, 1]


@pytest.fixture
def without(tmp_path):
    """Returns a PATH that has all programs of /usr/bin but some."""
    def path(*names):
        folder = tmp_path / "bin"
        folder.mkdir()
        for program in Path("/usr/bin").iterdir():
            if program.name not in names:
                (folder / program.name).symlink_to(program)
        return str(folder)
    return path


@RANKS
def test_a_tmpdir_that_does_not_exist_is_replaced(tmp_path, ranks):
    done = run_here(tmp_path, ranks, TMPDIR="/proc/absent")
    assert_done(done, tmp_path / "out")
    if ranks:
        assert done.stderr == "ksweep: TMPDIR = /proc/absent cannot be used (No such file or directory): /tmp is used instead.\n"


@RANKS
def test_without_ssh_it_works(tmp_path, ranks, without):
    done = run_here(tmp_path, ranks, PATH=without("ssh", "rsh", "orted"))
    assert_done(done, tmp_path / "out")
    assert done.stderr == ""


@pytest.fixture
def open_folder():
    """A folder for every user.  tmp_path is in one that each pytest that starts closes to others."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o777)
        yield folder


@needs_root
@RANKS
def test_a_user_whom_the_system_does_not_know_needs_no_home(open_folder, ranks):
    done = run_here(open_folder, ranks, ["setpriv", "--reuid", "54321", "--regid", "54321", "--clear-groups"], HOME=None,
                    OMPI_MCA_btl_vader_backing_directory=None)
    assert_done(done, open_folder / "out")
    assert done.stderr == ""


@needs_root
def test_root_s_ranks_start_as_root_s_one_process_does(tmp_path):
    done = run_here(tmp_path, ["--ranks", "2"], OMPI_ALLOW_RUN_AS_ROOT=None, OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=None)
    assert_done(done, tmp_path / "out")


@needs_root
def test_one_process_needs_no_network(tmp_path):
    done = run_here(tmp_path, before=["unshare", "-n"])
    assert_done(done, tmp_path / "out")


@needs_root
def test_ranks_that_cannot_start_are_tried_again_in_silence_and_the_reason_is_told_once(tmp_path):
    done = run_here(tmp_path, ["--ranks", "2"], before=["unshare", "-n"])  # mpirun needs a loopback device
    assert done.returncode == 3, done.stderr
    assert done.stderr.count("listener thread failed to start") == 1
    assert done.stderr.count("before the sweep had begun") == 1 and "started again" not in done.stderr
    assert done.stderr.rstrip().splitlines()[-1].startswith(KSWEEP)


def test_one_process_leaves_no_daemon_and_no_folder_behind(tmp_path):
    (tmp_path / "temporary").mkdir()
    done = run_here(tmp_path, TMPDIR=tmp_path / "temporary")
    assert_done(done, tmp_path / "out")
    assert list((tmp_path / "temporary").iterdir()) == []


@needs_root
def test_few_processes_allowed_are_named_with_the_cure(open_folder):
    if len(os.sched_getaffinity(0)) < 2:
        pytest.skip("NOT TESTED: needs 2 CPUs")
    limited = ["setpriv", "--reuid", "54322", "--regid", "54322", "--clear-groups", "bash", "-c", 'ulimit -u 1; exec "$@"', "bash"]
    done = run_here(open_folder, before=limited, threads=2)
    assert done.returncode == 3, done.stderr
    assert "of 2 threads only 1 can be started" in done.stderr and "ulimit -u" in done.stderr


def test_few_files_allowed_are_enough_for_one_process(tmp_path):
    done = run_here(tmp_path, before=["bash", "-c", 'ulimit -n 20; exec "$@"', "bash"])
    assert_done(done, tmp_path / "out")


def test_too_little_memory_allowed_is_named_with_the_cure(tmp_path):
    done = run_here(tmp_path, before=["bash", "-c", 'ulimit -v 400000; exec "$@"', "bash"],
                    changes={"data.train": 200_000, "data.test": 10_000})
    assert done.returncode == 3, done.stderr
    assert done.stderr.startswith("memory is exhausted (a process may have 410 MB here: ulimit -v)"), done.stderr
    assert not trial_files(tmp_path / "out")


def test_a_wrong_sweep_under_ranks_is_all_that_is_said(tmp_path):
    for _ in range(3):  # PMIx used to add a line now and then
        done = run_here(tmp_path, ["--ranks", "2"], changes={"model.k": 64})
        assert done.returncode == 1
        assert len(done.stderr.splitlines()) == 1 and "exceeds model.hidden" in done.stderr, done.stderr


def leftovers(base):
    """Folders of the program that no living process holds: other tests may have theirs beside them."""
    found = set()
    for path in base.glob(f"ksweep-{os.geteuid()}.*"):
        try:
            folder = os.open(path, os.O_RDONLY)
        except FileNotFoundError:
            continue  # it has just been removed
        with contextlib.suppress(BlockingIOError):
            fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
            found.add(path)
        os.close(folder)
    return found


def test_nothing_of_killed_ranks_stays(tmp_path):
    temporary, shared = tmp_path / "temporary", Path("/dev/shm")
    temporary.mkdir()
    variables = environment(TMPDIR=str(temporary), OMPI_MCA_btl_vader_backing_directory=None)
    sweep = write_sweep(tmp_path, ENDLESS)
    before = leftovers(shared)
    process = subprocess.Popen([KSWEEP, "run", sweep, "--output", tmp_path / "out", "--threads", "1", "--quiet", "--ranks", "2"],
                               env=variables, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    wait_until((tmp_path / "out/crashes/active-1").exists, "the training to begin")
    mpirun = children(process.pid)[0]
    kill(process.pid, mpirun, *children(mpirun))
    process.wait(timeout=PATIENCE_S)
    killed = leftovers(shared) - before
    assert killed and list(temporary.iterdir())
    done = run_here(tmp_path, ["--ranks", "2"], TMPDIR=str(temporary), OMPI_MCA_btl_vader_backing_directory=None)
    assert_done(done, tmp_path / "out")
    assert list(temporary.iterdir()) == []
    assert not any(path.exists() for path in killed)


def test_the_proof_that_a_folder_can_be_written_is_removed_after_a_kill(tmp_path):
    run(write_sweep(tmp_path), tmp_path / "out")
    host = os.uname().nodename
    dead = subprocess.Popen(["true"])
    dead.wait()
    left = [tmp_path / f"out/trials/writable.tmp.{host}.{dead.pid}",
            tmp_path / f"out/trials/writable.tmp.{host}.{dead.pid}.tmp.{host}.{dead.pid}",
            tmp_path / f"out/clock.tmp.{host}.{dead.pid}"]
    for path in left:
        path.write_text("...")
    run(write_sweep(tmp_path), tmp_path / "out")
    assert not any(path.exists() for path in left)
    assert len(trial_files(tmp_path / "out")) == 2


@pytest.mark.parametrize("allowed, words, least", [(8, [], 16), (20, ["--ranks", "2"], 48)], ids=["alone", "ranks"])
def test_too_few_files_allowed_are_named_with_the_cure(tmp_path, allowed, words, least):
    done = run_here(tmp_path, words, before=["bash", "-c", f'ulimit -n {allowed}; exec "$@"', "bash"])
    assert done.returncode == 3 and f"only {allowed} files open here (ulimit -n)" in done.stderr and f"ulimit -n {least}." in done.stderr
    assert len(done.stderr.splitlines()) == 1


@RANKS
def test_a_stack_of_openmp_larger_than_memory_is_not_asked_for(tmp_path, ranks):
    assert_done(run_here(tmp_path, ranks, threads=2 if not ranks else 1, OMP_STACKSIZE="100G"), tmp_path / "out")


@RANKS
def test_output_that_cannot_be_written_is_an_error_of_every_way_to_run(tmp_path, ranks):
    command = [KSWEEP, "run", write_sweep(tmp_path), "--output", tmp_path / "out", "--threads", 1, "--quiet", *ranks]
    with open("/dev/full", "w") as full:
        done = subprocess.run([str(word) for word in command], env=environment(), stdout=full, stderr=subprocess.PIPE, text=True,
                              timeout=PATIENCE_S, stdin=subprocess.DEVNULL)
    assert done.returncode == 1 and "standard output: cannot be written" in done.stderr
    assert column(tmp_path / "out", "status").tolist() == [1, 1]


def test_samples_that_do_not_fit_into_memory_are_refused_before_they_are_made(tmp_path):
    done = run_here(tmp_path, changes={"data.train": 2_000_000_000})
    assert done.returncode == 1 and "its images take 6272000 MB" in done.stderr and "the system would end the program" in done.stderr


def test_an_empty_value_of_an_option_is_refused(tmp_path):
    done = run_here(tmp_path, ["--time-limit", ""])
    assert done.returncode == 1 and "--time-limit has an empty value" in done.stderr


def test_a_link_that_leads_to_itself_is_refused_in_words(tmp_path):
    (tmp_path / "loop").symlink_to("loop")
    for words in (["status", "loop"], ["export", "loop", "--csv", "t.csv"], ["verify", "loop"], ["merge", "loop", "--output", "m.h5"],
                  ["prune", "loop"], ["plan", "loop"], ["run", "loop"]):
        done = subprocess.run([KSWEEP, *words], cwd=tmp_path, env=environment(), capture_output=True, text=True, timeout=PATIENCE_S)
        assert done.returncode == 1 and "internal error" not in done.stderr and "loop" in done.stderr, (words, done.stderr)
