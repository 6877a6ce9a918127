"""The processes that work on one results folder, wherever in the tree of processes they are."""

import os
import time
from pathlib import Path

from runs import KSWEEP


RANK = b"OMPI_COMM_WORLD_RANK="

# As it is called, and as it calls itself to start its ranks.
PROGRAMS = {os.path.basename(path).encode() for path in (KSWEEP, os.path.realpath(KSWEEP))}


def read(pid, name):
    try:
        return Path(f"/proc/{pid}/{name}").read_bytes()
    except OSError:
        return b""  # it has just ended


def role_of(pid, words):
    """What a process is to the run: a rank by its number, or "supervisor", "mpirun", "shell"."""
    name = os.path.basename(words[0])
    if name in PROGRAMS:   # ranks have their supervisor's words
        numbers = [variable for variable in read(pid, "environ").split(b"\0") if variable.startswith(RANK)]
        return int(numbers[0].removeprefix(RANK)) if numbers else "supervisor" if b"--ranks" in words else None
    if name == b"mpirun":
        return "mpirun"
    return "shell" if any(word.endswith(b"slurm_script") for word in words[:2]) else None


def processes(output):
    """{pid: role} of all that have the folder among their words."""
    found, mark = {}, str(output).encode()
    for pid in filter(str.isdigit, os.listdir("/proc")):
        words = read(pid, "cmdline").split(b"\0")
        role = role_of(pid, words) if mark in words else None
        if role is not None:
            found[int(pid)] = role
    return found


def of_role(output, role):
    return [pid for pid, its in processes(output).items() if its == role]


def ranks(output):
    return [pid for pid, role in processes(output).items() if isinstance(role, int)]


def after_name(pid):
    """The fields of /proc/PID/stat from the third on; none of a process that is gone."""
    return read(pid, "stat").rpartition(b")")[2].split()


def cpu_ticks(pid):
    """Of user and system time; 0 of a process that is gone."""
    fields = after_name(pid)
    return int(fields[11]) + int(fields[12]) if fields else 0


def started_s(pid):
    """Unix time."""
    fields = after_name(pid)
    since_boot_s = int(fields[19]) / os.sysconf("SC_CLK_TCK") if fields else float("inf")
    return time.time() - time.clock_gettime(time.CLOCK_BOOTTIME) + since_boot_s


def signal_all(pids, number):
    for pid in pids:
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            pass
