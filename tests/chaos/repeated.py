"""How much of its training a sweep has to do again, seen from outside.

`crashes/active-R` is there from the begin of a training on rank R to its end, and changes of `checkpoints/…` tell when it was saved
(src/store/FORMAT.md).  What is lost with an attempt is the time from its last save, or its begin, to the moment when its process
was last seen to use CPU time.  That saves are taken up again is checked by the sum: the time spent in all attempts is what the results say
that was kept (`wall_time_s` leaves out what was lost), and the lost.
"""

import glob
import threading
import time
from pathlib import Path

import processes
from runs import column

LOOK_S = 0.03


class Attempt:
    """At one training, by one process: `pids` holds it, and those of the same rank that another start has left.
    Times are unix times in seconds."""

    def __init__(self, pids, begin_s):
        self.pids, self.begin_s, self.end_s, self.saved_s = pids, begin_s, begin_s, begin_s
        self.ticks = {}

    def look(self):
        """Whoever hangs, or waits for a lost rank, uses no CPU time, and repeats none."""
        before, self.ticks = self.ticks, {pid: processes.cpu_ticks(pid) for pid in self.pids}
        if any(ticks > before.get(pid, 0) for pid, ticks in self.ticks.items()):
            self.end_s = time.time()

    def spent_s(self):
        return self.end_s - self.begin_s

    def lost_s(self):
        """If the training had to be taken up again."""
        return max(0.0, self.end_s - self.saved_s)


class Repeated:
    """lost: seconds, of each attempt that was not the last one at its training."""

    def __init__(self, lost=(), spent_s=0.0, kept_s=0.0):
        self.lost, self.spent_s, self.kept_s = list(lost), spent_s, kept_s

    def __add__(self, other):
        return Repeated(self.lost + other.lost, self.spent_s + other.spent_s, self.kept_s + other.kept_s)

    def unexplained_s(self):
        """Spent, and neither kept nor lost as far as the saves tell."""
        return self.spent_s - self.kept_s - sum(self.lost)

    def __str__(self):
        mean_s = sum(self.lost) / max(1, len(self.lost))
        return (f"{len(self.lost)} attempts cut short; repeated {max(self.lost, default=0):.2f} s at most, {mean_s:.2f} s in the mean, "
                f"{sum(self.lost):.1f} s in all (trained {self.spent_s:.1f} s, kept {self.kept_s:.1f} s, "
                f"unexplained {self.unexplained_s():.1f} s)")


class Watcher:
    """Looks at a results folder from its making on, until it is asked for what was lost."""

    def __init__(self, output):
        self.output, self.attempts = Path(output), {}  # of each training, by begin
        self.at_work = set()
        self.ended, self.fault = threading.Event(), None
        self.thread = threading.Thread(target=self.watch, daemon=True)
        self.thread.start()

    def watch(self):
        try:
            while not self.ended.wait(LOOK_S):
                self.look()
        except Exception as fault:  # told by `result`
            self.fault = fault

    def look(self):
        pids_of = {}
        for pid, role in processes.processes(self.output).items():
            pids_of.setdefault(role, set()).add(pid)
        before, self.at_work = self.at_work, set()
        for path in map(Path, glob.glob(f"{self.output}/crashes/active-*")):
            self.see_active(path, pids_of.get(int(path.name.partition("-")[2]), set()))
        for attempt in before | self.at_work:
            attempt.look()
        for path in glob.glob(f"{self.output}/checkpoints/??/*.ckpt"):
            self.see_save(Path(path))

    def see_active(self, path, pids):
        try:
            training, begin_s = path.read_text().strip(), path.stat().st_mtime
        except OSError:
            return
        pids = {pid for pid in pids if processes.started_s(pid) < begin_s}  # a later one has not yet removed the file
        attempts = self.attempts.setdefault(training, {}) if training else {}
        if training and begin_s not in attempts and pids:
            attempts[begin_s] = Attempt(pids, begin_s)
        if begin_s in attempts and attempts[begin_s].pids & pids:
            self.at_work.add(attempts[begin_s])

    def see_save(self, path):
        try:
            saved_s = path.stat().st_mtime
        except OSError:
            return
        begun = [attempt for attempt in self.attempts.get(path.stem, {}).values() if attempt.begin_s <= saved_s]
        if begun:
            newest = max(begun, key=lambda attempt: attempt.begin_s)
            newest.saved_s = max(newest.saved_s, saved_s)

    def result(self):
        """To be called once, when the sweep is complete."""
        self.ended.set()
        self.thread.join()
        if self.fault:
            raise self.fault
        lost, spent_s = [], 0.0
        for attempts in self.attempts.values():
            in_order = sorted(attempts.values(), key=lambda attempt: attempt.begin_s)
            lost += [attempt.lost_s() for attempt in in_order[:-1]]
            spent_s += sum(attempt.spent_s() for attempt in in_order)
        return Repeated(lost, spent_s, float(column(self.output, "wall_time_s").sum()))
