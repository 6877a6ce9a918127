"""Writes a report again whenever its sweeps have changed."""

import sys
import time

from .errors import ReportError
from .reading import MISSING, read_sweep


def watch(options, write):
    """Until no trial is missing, or Ctrl-C.  A file that is not there yet, or cannot be read for once, is waited for."""
    seen = None
    try:
        while True:
            now = [_stamp(path) for path in options.sweep]
            if now != seen:
                complete = _write(options, write)
                seen = now
                if complete:
                    return 0
            time.sleep(options.watch)
    except KeyboardInterrupt:
        return 0


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
        print(write(options, refresh=True), flush=True)
        return not any((read_sweep(path, options.all_trials).status == MISSING).any() for path in options.sweep)
    except ReportError as error:
        print(f"report: {error} Waiting.", file=sys.stderr, flush=True)
        return False
