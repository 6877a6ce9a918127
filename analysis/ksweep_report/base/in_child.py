"""Reads HDF5 in a child process, as the program does: libhdf5 may crash, hang or fill the memory on hostile files."""

import faulthandler
import io
import json
import math
import os
import resource
import signal

import numpy as np

from .errors import ReportError


class ChildFault(Exception):
    """How the child ended without an answer: "it crashed (Segmentation fault)"."""


def arrays_from_child(work, n_bytes):
    """What `work()` returns, done in a child: (what JSON can hold, {name: array of numbers}).

    n_bytes: size of the file that is read, of which what the child may use is a multiple.  Raises ChildFault, or a ReportError of `work`.
    Nothing that the child says is run: it may have been led astray.
    """
    source, target = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(source)
        _be_child(work, target, n_bytes)
    os.close(target)
    with open(source, "rb") as stream:
        answer = stream.read()
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        raise ChildFault(_crash(os.WTERMSIG(status)))
    return _taken(answer)


def _be_child(work, target, n_bytes):
    """Ends without the handlers and buffers that belong to the parent."""
    code = 1
    try:
        faulthandler.disable()   # the parent says it in one line
        _limit(n_bytes)
        answer = _packed(*_answer(work))
        with open(target, "wb") as stream:
            stream.write(answer)
        code = 0
    finally:
        os._exit(code)


def _limit(n_bytes):
    """A second for 100 kB; gzip makes at most 1032 bytes of one."""
    with open("/proc/self/statm", encoding="ascii") as file:
        now = int(file.read().split()[0]) * resource.getpagesize()
    for what, most in ((resource.RLIMIT_CORE, 0), (resource.RLIMIT_CPU, math.ceil(60 + n_bytes / 1e5)),
                       (resource.RLIMIT_AS, math.ceil(now + 1e9 + 1000 * n_bytes))):
        _, hard = resource.getrlimit(what)
        resource.setrlimit(what, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))


def _answer(work):
    try:
        facts, arrays = work()
        return {"facts": facts}, arrays
    except ReportError as error:
        return {"refusal": str(error)}, {}
    except MemoryError:
        return {"fault": "it asked for more memory than can be right"}, {}
    except Exception as error:   # whatever a stranger's file may lead to
        lines = str(error).splitlines()
        return {"fault": lines[0] if lines else type(error).__name__}, {}


def _packed(facts, arrays):
    stream = io.BytesIO()
    text = np.frombuffer(json.dumps(facts).encode(), np.uint8)
    np.savez(stream, json=text, **{f"array {name}": values for name, values in arrays.items()})
    return stream.getvalue()


def _taken(answer):
    try:
        with np.load(io.BytesIO(answer), allow_pickle=False) as parts:
            facts = json.loads(parts["json"].tobytes())
            arrays = {name.removeprefix("array "): parts[name] for name in parts.files if name != "json"}
    except Exception as error:
        raise ChildFault("it failed") from error
    if "refusal" in facts:
        raise ReportError(facts["refusal"])
    if "fault" in facts:
        raise ChildFault(facts["fault"])
    return facts["facts"], arrays


def _crash(number):
    return "it came to no end" if number == signal.SIGXCPU else f"it crashed ({signal.strsignal(number)})"
