"""The processes that work on one results folder, wherever in the tree of processes they are."""

import os
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
    if name in PROGRAMS and b"--ranks" in words:
        return "supervisor"
    if name in PROGRAMS:
        numbers = [variable for variable in read(pid, "environ").split(b"\0") if variable.startswith(RANK)]
        return int(numbers[0].removeprefix(RANK)) if numbers else None
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


def is_stopped(pid):
    """By SIGSTOP."""
    return read(pid, "stat").rpartition(b")")[2].split()[:1] == [b"T"]


def signal_all(pids, number):
    for pid in pids:
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            pass
