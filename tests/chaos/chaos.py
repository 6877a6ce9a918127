"""Kills what runs a sweep, at random and again and again, and checks that nothing is lost, repeated or changed.

    KSWEEP=build/release/ksweep tests/chaos/run --kills 200 --sweeps 10

A sweep is run under `ksweep run --ranks N`; ranks, mpirun and the supervisor are killed with SIGKILL, or told to stop
by a signal.  The supervisor goes on by itself after most; where it was itself hit, the same command is given again.
"""

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "program"))
from runs import KSWEEP, children, environment, results_hash, run, trial_files, write_sweep  # noqa: E402

# Some seconds of short trials beside a few of several seconds, which need checkpoints to get on.
SWEEP = {"data.train": 1000, "model.hidden": 64, "model.k": "2, 4", "train.epochs": "20, 600", "train.seed": "0..3"}
N_TRIALS = 16
STOPS = [signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGUSR1, signal.SIGUSR2]


def alive(pid):
    return Path(f"/proc/{pid}").exists()


class Supervised:
    """A run of the sweep under a supervisor, and the processes that belong to it."""

    def __init__(self, sweep, output, ranks, words=()):
        self.log = open(Path(output).parent / "log.txt", "a")
        words = [KSWEEP, "run", sweep, "--output", output, "--threads", "1", "--quiet", "--ranks", ranks,
                 "--checkpoint-interval", "1", "--hang-after", "5", *words]
        self.process = subprocess.Popen([str(word) for word in words], stdout=self.log, stderr=self.log,
                                        stdin=subprocess.DEVNULL, env=environment(), start_new_session=True)

    def mpirun(self):
        return children(self.process.pid)

    def ranks(self):
        return [rank for mpirun in self.mpirun() for rank in children(mpirun)]

    def running(self):
        return self.process.poll() is None


def hit(run_, chance):
    """Kills or stops something.  Returns what, or nothing if it was not there."""
    what = chance.choices(["rank", "mpirun", "supervisor", "all", "stop", "hang"], [8, 3, 3, 2, 3, 1])[0]
    number = signal.SIGKILL
    if what == "rank" or what == "hang":
        targets = run_.ranks()
        targets = [chance.choice(targets)] if targets else []
        number = signal.SIGSTOP if what == "hang" else number
    elif what == "mpirun":
        targets = run_.mpirun()
    elif what == "supervisor":
        targets = [run_.process.pid]
    elif what == "all":
        targets = [run_.process.pid, *run_.mpirun(), *run_.ranks()]
    else:
        number = chance.choice(STOPS)
        targets = [chance.choice([run_.process.pid, *run_.mpirun(), *run_.ranks()])]
    for pid in targets:
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            pass
    return f"{what} {number.name}" if targets else None


class Chaos:
    def __init__(self, folder, chance, ranks, longest_wait_s):
        self.folder, self.chance, self.ranks, self.longest_wait_s = Path(folder), chance, ranks, longest_wait_s
        self.sweep = write_sweep(self.folder, SWEEP)
        run(self.sweep, self.folder / "undisturbed", ranks=2, timeout=600)
        self.expected = results_hash(self.folder / "undisturbed")
        self.n_kills, self.kinds, self.n_restarts, self.slowest_stop_s = 0, {}, 0, 0.0

    def survive(self, number, n_kills):
        """One sweep that is hit so often, then left to end.  Returns what it was hit by."""
        output = self.folder / f"sweep{number}" / "out"
        output.parent.mkdir()
        hits, known = [], {}
        supervised = Supervised(self.sweep, output, self.ranks)
        end = time.monotonic() + 900
        while time.monotonic() < end:
            if len(hits) < n_kills:
                self.wait(supervised, self.chance.uniform(0.1, self.longest_wait_s))
                what = hit(supervised, self.chance) if supervised.running() else None
                if what:
                    hits.append(what)
                    if what.startswith("stop") and not what.endswith("KILL"):
                        self.time_stop(supervised)
            else:
                self.wait(supervised, 300)
            self.check_nothing_lost(output, known)
            if not supervised.running():
                if supervised.process.returncode == 0 and len(hits) >= n_kills:
                    break
                if supervised.process.returncode == 0:  # complete before all kills were spent: begin again
                    output.rename(output.parent / f"complete{len(hits)}")
                    known = {}
                if supervised.process.returncode == 1 and "another run is at work here" in self.told(output, ""):
                    time.sleep(1)  # the ranks of a supervisor that was killed take a moment to end
                    supervised = Supervised(self.sweep, output, self.ranks)
                    continue
                assert supervised.process.returncode in (0, 75, -9, -15, -2, -1, -10, -12), self.told(
                    output, f"ended with {supervised.process.returncode}")
                self.n_restarts += 1
                supervised = Supervised(self.sweep, output, self.ranks)
        assert results_hash(output) == self.expected, self.told(output, "other results")
        for complete in output.parent.glob("complete*"):
            assert results_hash(complete) == self.expected, self.told(output, "other results")
        leftovers = [path for path in output.rglob("*") if ".tmp." in path.name or path.name.startswith("writable.")]
        assert not leftovers and not (output / "trials" / "damaged").exists(), self.told(output, str(leftovers))
        for what in hits:
            self.kinds[what] = self.kinds.get(what, 0) + 1
        self.n_kills += len(hits)

    def time_stop(self, supervised):
        begin = time.monotonic()
        self.wait(supervised, 20)
        if not supervised.running():
            self.slowest_stop_s = max(self.slowest_stop_s, time.monotonic() - begin)

    @staticmethod
    def wait(supervised, seconds):
        end = time.monotonic() + seconds
        while supervised.running() and time.monotonic() < end:
            time.sleep(0.02)

    def check_nothing_lost(self, output, known):
        now = trial_files(output)
        lost = [name for name in known if name not in now]
        repeated = [name for name in known if name in now and known[name] != now[name]]
        assert not lost and not repeated, self.told(output, f"lost {lost}, trained again {repeated}")
        known.update(now)

    @staticmethod
    def told(output, fault):
        return f"{fault}\n" + (output.parent / "log.txt").read_text()[-4000:]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--sweeps", type=int, default=10)
    parser.add_argument("--ranks", type=int, default=3)
    parser.add_argument("--wait", type=float, default=3.0, help="longest time between two kills in seconds")
    parser.add_argument("--seed", type=int, default=time.time_ns() % 1_000_000)
    options = parser.parse_args()
    print(f"--seed {options.seed}", flush=True)
    with tempfile.TemporaryDirectory(prefix="ksweep-chaos.") as folder:
        chaos = Chaos(folder, random.Random(options.seed), options.ranks, options.wait)
        for number in range(options.sweeps):
            chaos.survive(number, options.kills * (number + 1) // options.sweeps - chaos.n_kills)
            print(f"sweep {number + 1} of {options.sweeps}: {chaos.n_kills} hits so far, all results equal", flush=True)
    print(f"{chaos.n_kills} hits on {options.sweeps} sweeps of {N_TRIALS} trials, {chaos.n_restarts} new starts by hand: "
          f"none lost, none trained again, equal bits.  Slowest stop {chaos.slowest_stop_s:.1f} s.")
    for kind, count in sorted(chaos.kinds.items()):
        print(f"{count:5d}  {kind}")


if __name__ == "__main__":
    main()
