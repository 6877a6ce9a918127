"""Kills what runs a sweep, at random and again and again, and checks that nothing is lost, repeated or changed.

    KSWEEP=build/release/ksweep tests/chaos/run --kills 200 --sweeps 10
    tests/chaos/run --slurm --kills 30 --sweeps 3
    tests/chaos/run --stops 50

A sweep is run under `ksweep run --ranks N`; ranks, mpirun and the supervisor are killed with SIGKILL, or told to stop
by a signal.  The supervisor goes on by itself after most; where it was itself hit, the same command is given again.
With --slurm it is a job of slurm/sweep.sbatch on two emulated nodes, which lose their power; the job is queued again by
itself, and submitted again only after its batch shell or supervisor was killed, or it was cancelled.
"""

import argparse
import contextlib
import random
import signal
import sys
import tempfile
import time
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parent.parent / name) for name in ("program", "slurm")]
from cluster import private_cluster  # noqa: E402
from hits import hit  # noqa: E402
from launches import CHECKPOINT_INTERVAL_S, OTHER_RUN, STOPS, Job, Supervised  # noqa: E402
from repeated import Repeated, Watcher  # noqa: E402
from runs import results_hash, run, trial_files, write_sweep  # noqa: E402
from stops import ENDLESS, Stops  # noqa: E402

# Some seconds of short trials beside a few of several seconds, which need checkpoints to get on.
SWEEP = {"data.train": 1000, "model.hidden": 64, "model.k": "2, 4", "train.epochs": "20, 600", "train.seed": "0..3"}
N_TRIALS = 16
# Ranks live on for a moment when mpirun is killed, and saves wait for the end of a mini-batch and for the disk.
MOST_REPEATED_S = CHECKPOINT_INTERVAL_S + 0.5
# To load data and checkpoint, to write and check the result; for each attempt.
MOST_OVERHEAD_S = 0.5


class Chaos:
    def __init__(self, folder, chance, longest_wait_s, launch, slack):
        """launch: of a sweep into an output folder.  slack: times what a machine that is busy may take longer."""
        self.slack = slack
        self.folder, self.chance, self.longest_wait_s, self.launch = Path(folder), chance, longest_wait_s, launch
        self.sweep = write_sweep(self.folder, SWEEP)
        run(self.sweep, self.folder / "undisturbed", ranks=2, timeout=600)
        self.expected = results_hash(self.folder / "undisturbed")
        self.kinds, self.n_restarts, self.n_requeued, self.repeated = {}, 0, 0, Repeated()

    def n_hits(self):
        return sum(self.kinds.values())

    def survive(self, number, n_hits):
        """One sweep that is hit so often, and left to end; if it is complete before, another one."""
        output = self.folder / f"sweep{number}" / "out"
        output.parent.mkdir()
        launch = self.launch(self.sweep, output)
        end = time.monotonic() + 1800
        n_left = n_hits
        while n_left > 0:
            n_left -= self.survive_once(launch, n_left, end)
            output.rename(output.parent / f"complete{n_left}")
        self.n_requeued += launch.n_requeued()

    def survive_once(self, launch, n_hits, end):
        """Returns by how much it was hit until it was complete."""
        watcher, known, n = Watcher(launch.output), {}, 0
        launch.start()
        while True:
            assert time.monotonic() < end, launch.told("it does not end")
            launch.wait(self.chance.uniform(0.1, self.longest_wait_s) if n < n_hits else 300)
            what = hit(launch, self.chance) if n < n_hits and launch.running() else None
            if what:
                n += 1
                self.kinds[what] = self.kinds.get(what, 0) + 1
            self.check_nothing_lost(launch, known)
            if not launch.running():
                if launch.is_complete():
                    break
                self.start_again(launch)
        self.check_end(launch, watcher)
        return n

    def start_again(self, launch):
        if OTHER_RUN in launch.told()[-300:]:
            time.sleep(1)
        else:
            self.n_restarts += 1
        launch.start()

    def check_nothing_lost(self, launch, known):
        now = trial_files(launch.output)
        lost = [name for name in known if name not in now]
        again = [name for name in known if name in now and known[name] != now[name]]
        assert not lost and not again, launch.told(f"lost {lost}, trained again {again}")
        known.update(now)

    def check_end(self, launch, watcher):
        output = launch.output
        assert results_hash(output) == self.expected, launch.told("other results")
        leftovers = [path for path in output.rglob("*") if ".tmp." in path.name or path.name.startswith("writable.")]
        assert not leftovers and not (output / "trials" / "damaged").exists(), launch.told(str(leftovers))
        repeated = watcher.result()
        assert max(repeated.lost, default=0) < MOST_REPEATED_S * self.slack, launch.told(str(repeated))
        assert abs(repeated.unexplained_s()) < MOST_OVERHEAD_S * self.slack * (N_TRIALS + len(repeated.lost)), (
            launch.told(str(repeated)))
        self.repeated += repeated


@contextlib.contextmanager
def launcher(options):
    """What launches a sweep in the way asked for."""
    if not options.slurm:
        yield lambda sweep, output: Supervised(sweep, output, options.ranks)
        return
    with private_cluster() as environment:
        yield lambda sweep, output: Job(environment, sweep, output, options.ranks)


def heed_signals():
    """What nohup and the background of a shell have this script ignore, all that it starts would ignore too."""
    for number in STOPS:
        if signal.getsignal(number) == signal.SIG_IGN:
            signal.signal(number, signal.SIG_DFL)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--slurm", action="store_true", help="as a job on two emulated nodes, which are lost too")
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--sweeps", type=int, default=10)
    parser.add_argument("--ranks", type=int, default=3)
    parser.add_argument("--wait", type=float, help="longest time between two kills in seconds (3; with --slurm 8)")
    parser.add_argument("--seed", type=int, default=time.time_ns() % 1_000_000)
    parser.add_argument("--slack", type=float, default=1, help="times what is allowed to be repeated, on a busy machine")
    parser.add_argument("--stops", type=int, help="instead: stop an endless sweep so often by signals, and tell the time it takes")
    options = parser.parse_args()
    print(f"--seed {options.seed}", flush=True)
    heed_signals()
    with tempfile.TemporaryDirectory(prefix="ksweep-chaos.") as folder, launcher(options) as launch:
        (measure_stops if options.stops else kill)(Path(folder), launch, options)


def kill(folder, launch, options):
    chaos = Chaos(folder, random.Random(options.seed), options.wait or (8 if options.slurm else 3), launch, options.slack)
    for number in range(options.sweeps):
        chaos.survive(number, options.kills * (number + 1) // options.sweeps - chaos.n_hits())
        print(f"sweep {number + 1} of {options.sweeps}: {chaos.n_hits()} hits so far, all results equal; {chaos.repeated}",
              flush=True)
    print(f"{chaos.n_hits()} hits on {options.sweeps} sweeps of {N_TRIALS} trials, {chaos.n_requeued} times queued again by itself, "
          f"{chaos.n_restarts} new starts by hand: none lost, none trained again, equal bits.\n{chaos.repeated}")
    for kind, count in sorted(chaos.kinds.items()):
        print(f"{count:5d}  {kind}")


def measure_stops(folder, launch, options):
    run_ = launch(write_sweep(folder, ENDLESS), folder / "out")
    stops = Stops(run_, random.Random(options.seed))
    try:
        stops.stop_often(options.stops)
    finally:
        run_.end()
    print(stops)


if __name__ == "__main__":
    main()
