"""Reads status*.json beside sweep.h5: what a run is doing now."""

import json
import math
import time
from dataclasses import dataclass

MOST_BYTES = 1 << 16   # as `ksweep status` reads
SILENT_S = 30          # a run writes its status every 2 s


@dataclass(frozen=True)
class RunningTrial:
    """share: of the training that is done; epochs_done, epochs: None where unknown; losses: (epoch, training loss) so far."""
    rank: int
    trial: str
    more_trials: int
    share: float
    epochs_done: int
    epochs: int
    losses: tuple


@dataclass(frozen=True)
class Run:
    """One run, or one shard of it, that says it is running.  silent_s: seconds since it last said so, where that is long; else 0."""
    shard: str
    host: str
    n_trials: int
    n_done: int
    n_failed: int
    n_running: int
    left_s: float
    silent_s: float
    trials: tuple


def is_running(sweep_files):
    """Whether a run into one of their folders shows signs of life."""
    return any(not run.silent_s for path in sweep_files for run in runs_of(path.parent))


def runs_of(folder, now=None):
    """What cannot be read says nothing: a status is no result."""
    runs = []
    for path in _paths(folder):
        try:
            with open(path, "rb") as file:
                status = json.loads(file.read(MOST_BYTES))
            runs += [_run(status, time.time() if now is None else now)] if status["state"] == "running" else []
        except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
            continue
    return runs


def _paths(folder):
    return sorted(path for path in folder.glob("status*.json") if path.is_file())


def _run(status, now):
    silent_s = now - float(status["updated_unix_s"])
    counts = (int(status[name]) for name in ("n_trials", "n_done", "n_failed", "n_running"))
    return Run(str(status.get("shard", "")), str(status["host"]), *counts, _number(status.get("left_s")), silent_s if silent_s > SILENT_S else 0.0,
               tuple(_trial(each) for each in status.get("running", ())))


def _trial(each):
    points = zip(each.get("loss_epochs", ()), each.get("losses", ()))
    losses = tuple((int(epoch), float(loss)) for epoch, loss in points if loss is not None)
    epochs = each.get("epochs")
    return RunningTrial(int(each["rank"]), str(each["trial"]), int(each.get("more_trials", 0)), _number(each.get("share")),
                        int(each.get("epochs_done", 0)), None if epochs is None else int(epochs), losses)


def _number(value):
    return math.nan if value is None else float(value)
