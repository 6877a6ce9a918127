"""Writes a report again whenever its sweeps have changed, and into it what runs.  Files alone: no server, no port."""

import contextlib
import signal
import sys

from .base.errors import ReportError
from .pages.running import put_running
from .results.reading import MISSING, read_sweep
from .results.status_files import is_running

PAGE = "report.html"


def watch(options, write):
    """Until no trial is missing, or Ctrl-C.  A file that is not there yet, or cannot be read for once, is waited for."""
    seen = None
    with _interrupts_held():
        while True:
            now = _state(options)
            if now != seen:
                complete = _write(options, write)
                seen = now
                if complete and _state(options) == now:   # else what was written is older than what is complete
                    return 0
            _write_running(options)
            if signal.sigtimedwait([signal.SIGINT], options.watch):
                return 0


@contextlib.contextmanager
def _interrupts_held():
    """Ctrl-C waits until a page is whole: as an exception it could be lost in a callback of a library."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _state(options):
    """What a page has to be written again for."""
    return [_stamp(path) for path in options.sweep], is_running(options.sweep)


def _stamp(path):
    """Files are replaced whole: a new one has another inode."""
    try:
        found = path.stat()
        return found.st_ino, found.st_mtime_ns, found.st_size
    except FileNotFoundError:
        return None


def _write(options, write):
    """Whether all sweeps are complete."""
    try:
        print(write(options, refresh=max(1, round(options.watch))), flush=True)
        return not is_running(options.sweep) and not any((read_sweep(path, options.all_trials).status == MISSING).any() for path in options.sweep)
    except ReportError as error:
        print(f"report: {error} Waiting.", file=sys.stderr, flush=True)
        return False


def _write_running(options):
    page = options.output / PAGE
    if page.is_file():
        put_running(page, options.sweep)
