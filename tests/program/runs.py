"""Small sweeps, how the tests run the built program on them, and how they read what it leaves."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import h5py

sys.path.append(str(Path(__file__).parent.parent))
from patience import PATIENCE_S  # noqa: E402  (found where the line above looks)

KSWEEP = os.environ["KSWEEP"]
CPU_CLOCK = os.environ.get("KSWEEP_CPU_CLOCK")
MPIRUN = [os.environ.get("KSWEEP_MPIRUN", "mpirun"), "--oversubscribe", "--bind-to", "none"]

# Ranks that are killed leave Open MPI's shared memory behind: where it is removed with the tests.
SHARED_MEMORY = tempfile.TemporaryDirectory(prefix="ksweep-tests-", dir="/dev/shm" if os.path.isdir("/dev/shm") else None)

# In the environment of all that the tests start, whoever its parent is by then.
MARK = f"KSWEEP_TESTS={os.getpid()}"

# Trials of a few hundredths of a second.
TINY = {"data.set": "digits", "data.train": 200, "data.validation": 50, "data.test": 100,
        "model.hidden": 16, "model.k": "2, 4", "train.epochs": 2, "train.batch": 50, "probe.tolerance": 1e-3}


def environment(**changes):
    """The tests' own environment without what a launcher or the user's shell would tell the program.
    A change to None leaves the variable out."""
    foreign = ("SLURM_", "OMPI_", "PMI", "OMP_", "KSWEEP_DATA")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
    # Threads that spin at barriers make runs on fewer cores than threads hundreds of times slower.
    own = {"OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1",
           # Told to end, mpirun kills its ranks after 1 s: too soon on a busy machine.
           "OMPI_MCA_odls_base_sigkill_timeout": "10",
           "OMPI_MCA_btl_vader_backing_directory": SHARED_MEMORY.name,
           "OMP_WAIT_POLICY": "passive", "XDG_CACHE_HOME": "/nonexistent"} | dict([MARK.split("=")])
    return {name: value for name, value in (kept | own | changes).items() if value is not None}


def write_sweep(folder, changes=None, name="tiny.cfg"):
    """Writes TINY with some keys changed, None to leave one out.  Returns its path."""
    keys = {key: value for key, value in (TINY | (changes or {})).items() if value is not None}
    lines = []
    for key in sorted(keys, key=lambda key: key.partition(".")[0]):
        section, _, name_in_section = key.partition(".")
        if f"[{section}]" not in lines:
            lines.append(f"[{section}]")
        lines.append(f"{name_in_section} = {keys[key]}")
    path = Path(folder) / name
    path.write_text("\n".join(lines) + "\n")
    return path


def lasting(seconds, changes):
    """The same changes to TINY with more epochs where this machine is so fast that one training would take less than so many seconds of a CPU."""
    with tempfile.TemporaryDirectory(prefix="ksweep-tests-") as folder:
        short = changes | {"train.epochs": 20, "train.seed": 0}
        run(write_sweep(folder, short), Path(folder) / "out", LD_PRELOAD=CPU_CLOCK or None)  # whatever else the machine does
        per_epoch_s = column(Path(folder) / "out", "train_time_s").max() / 20
    return changes | {"train.epochs": max(changes["train.epochs"], round(seconds / per_epoch_s))}


def command(*words, ranks=None):
    launcher = [*MPIRUN, "-n", str(ranks)] if ranks else []
    return [*launcher, KSWEEP, *map(str, words)]


def ksweep(*words, ranks=None, cwd=None, timeout=PATIENCE_S, **variables):
    """Runs a command to its end, whatever that is."""
    return subprocess.run(command(*words, ranks=ranks), capture_output=True, text=True, timeout=timeout,
                          cwd=cwd, env=environment(**variables), stdin=subprocess.DEVNULL)


def run(sweep, output, *words, ranks=None, threads=1, code=0, **options):
    """`ksweep run` with an end that is expected."""
    done = ksweep("run", sweep, "--output", output, "--threads", threads, "--quiet", *words, ranks=ranks, **options)
    assert done.returncode == code, f"exit code {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done


def start(*words, ranks=None, cwd=None, **popen):
    """Runs a command in the background, as a session of its own."""
    return subprocess.Popen(command(*words, ranks=ranks), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                            cwd=cwd, env=environment(), stdin=subprocess.DEVNULL, start_new_session=True, **popen)


def children(pid):
    """Processes that this one started and that still run."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            name, _, rest = stat.read_text().rpartition(")")
        except OSError:
            continue  # it has just ended
        state, parent = rest.split()[:2]
        if int(parent) == pid and state != "Z":
            found.append(int(name.split()[0]))
    return sorted(found)


def lives(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def kill(*pids):
    """SIGKILL for each, those left out that have ended; returns when all have, which on a busy machine takes a moment."""
    for pid in pids:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
    wait_until(lambda: not any(map(lives, pids)), "killed processes to end")


def kill_all(process):
    """SIGKILL for mpirun and its ranks, which are in process groups of their own."""
    kill(process.pid, *children(process.pid))
    process.communicate(timeout=PATIENCE_S)


def run_through_kills(sweep, output, counts):
    """Starts the run again and again, kills it once so many trials are finished, or sooner if it ends, and then lets it end."""
    for n_finished in counts:
        process = start("run", sweep, "--output", output, "--threads", 1, "--quiet")
        wait_until(lambda: len(trial_files(output)) >= n_finished or process.poll() is not None, "a few trials")
        kill_all(process)
    run(sweep, output)


def started():
    """Processes that the tests started, or that these did, and that still run."""
    found = []
    for environ in Path("/proc").glob("[0-9]*/environ"):
        try:
            if MARK.encode() in environ.read_bytes().split(b"\0"):
                found.append(int(environ.parent.name))
        except OSError:
            continue  # it has just ended, or is another user's
    return found


def end_all():
    """SIGKILL for all that a test has left behind.  Once more for what those started in between."""
    for _ in range(2):
        kill(*started())


def wait_until(condition, what, timeout=PATIENCE_S):
    end = time.monotonic() + timeout
    while not condition():
        assert time.monotonic() < end, f"waited {timeout} s for {what}"
        time.sleep(0.01)


def trial_files(folder):
    """What identifies each stored trial's file: {name: (inode, time of last change, bytes)}."""
    found = {}
    for path in Path(folder).glob("trials/??/*.h5"):
        try:
            found[path.name] = (path.stat().st_ino, path.stat().st_mtime_ns, path.read_bytes())
        except FileNotFoundError:
            pass
    return found


def results_hash(folder):
    with h5py.File(Path(folder) / "sweep.h5") as file:
        return file.attrs["results_sha256"]


def column(folder, name):
    """One variable of sweep.h5, texts as str."""
    with h5py.File(Path(folder) / "sweep.h5") as file:
        values = file[name]
        return values.asstr()[()] if h5py.check_string_dtype(values.dtype) else values[()]


def weights_of(folder, trial="*"):
    """What the one trial of a sweep learned, or that of an id, with results.save = weights: {name: array}."""
    with h5py.File(next(Path(folder).glob(f"trials/??/{trial}.h5"))) as file:
        return {name: values[()] for name, values in file.items() if name.split("_")[0] in
                ("encoder", "decoder", "hidden", "visible", "weights", "biases")}
