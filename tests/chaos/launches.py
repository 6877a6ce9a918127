"""The ways to run a sweep that are hit: `ksweep run --ranks N`, and a job of slurm/sweep.sbatch on two emulated nodes."""

import signal
import subprocess
import sys
import time
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parent.parent / name) for name in ("program", "slurm")]
import processes  # noqa: E402
from cluster import CLUSTER, PROJECT, Slurm  # noqa: E402
from runs import KSWEEP, environment  # noqa: E402

CHECKPOINT_INTERVAL_S = 2
STOPS = [signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGUSR1, signal.SIGUSR2]
# What killed processes return, and shells on their behalf; a signal that comes before the program is ready for it kills.
KILLED = [signal.SIGKILL, *STOPS]
OTHER_RUN = "another run is at work here"  # the ranks of what was killed take a moment to end


class Launch:
    """One results folder, run and run again by the same words."""

    look_s = 0.02

    def __init__(self, sweep, output, n_ranks, hang_after_s=5):
        self.sweep, self.output, self.n_ranks = Path(sweep), Path(output), n_ranks
        self.words = ["--output", str(output), "--quiet", "--hang-after", str(hang_after_s),
                      "--checkpoint-interval", str(CHECKPOINT_INTERVAL_S)]

    def wait(self, seconds, until=lambda: False):
        """Until the run ends by itself or something happens."""
        end = time.monotonic() + seconds
        while self.running() and not until() and time.monotonic() < end:
            time.sleep(self.look_s)

    def n_requeued(self):
        return 0

    def trains(self):
        return len(list(self.output.glob("crashes/active-*"))) >= self.n_ranks

    def end(self):
        """By force."""
        processes.signal_all(processes.processes(self.output), signal.SIGKILL)


class Supervised(Launch):
    """By a supervisor on this machine."""

    hits = {"rank": 8, "mpirun": 3, "supervisor": 3, "all": 2, "stop": 3, "hang": 1}
    roles = ["supervisor", "mpirun", "rank"]

    def start(self):
        words = [KSWEEP, "run", self.sweep, *self.words, "--threads", "1", "--ranks", self.n_ranks]
        self.log = self.output.parent / "log.txt"
        with open(self.log, "a") as log:
            self.process = subprocess.Popen([str(word) for word in words], stdout=log, stderr=log,
                                            stdin=subprocess.DEVNULL, env=environment(), start_new_session=True)

    def running(self):
        return self.process.poll() is None

    def is_complete(self):
        """Of a run that has ended: whether by itself.  Fails if it ended in a way that it never should."""
        code = self.process.returncode
        other_run = code == 1 and OTHER_RUN in self.told()
        assert other_run or code in (0, 75, *(-n for n in KILLED), *(128 + n for n in KILLED)), self.told(f"ended with {code}")
        return code == 0

    def told(self, fault=""):
        return f"{fault}\n{self.log.read_text()[-4000:]}"

    def stopped_in_good_order(self):
        """Of a run that has just been stopped: the right exit code, and the command that goes on as its last line."""
        last = self.log.read_text().rstrip().splitlines()[-1]
        return self.process.wait() == 75 and last.startswith(f"{KSWEEP} run ") and str(self.output) in last


class Job(Launch):
    """By Slurm."""

    look_s = 0.2
    hits = {"node": 5, "rank": 4, "mpirun": 2, "supervisor": 1, "shell": 1, "stop": 2, "scancel": 4}
    roles = ["supervisor", "mpirun", "rank", "shell"]

    def __init__(self, environment, *facts, **options):
        super().__init__(*facts, **options)
        self.slurm = Slurm(environment, self.sweep.parent)
        self.jobs = []

    def start(self):
        self.jobs.append(self.slurm.submit("--nodes=2", f"--ntasks={self.n_ranks}", "--time=60", PROJECT / "slurm" / "sweep.sbatch",
                                           self.sweep, *self.words, KSWEEP=KSWEEP))

    def running(self):
        """Or about to, as after a requeue."""
        return not self.slurm.has_ended(self.jobs[-1])

    def is_complete(self):
        facts = self.slurm.facts(self.jobs[-1])
        state, (code, number) = facts["JobState"], map(int, facts["ExitCode"].split(":"))
        other_run = code == 1 and OTHER_RUN in self.told()
        killed = number in KILLED or code in (70, 75, *(128 + n for n in KILLED))
        assert state in ("COMPLETED", "CANCELLED", "NODE_FAIL") or other_run or killed, self.told(str(facts))
        return state == "COMPLETED"

    def told(self, fault=""):
        log = self.slurm.folder / f"ksweep-{self.jobs[-1]}.log"
        return f"{fault}\n{log.read_text()[-6000:] if log.exists() else ''}"

    def stopped_in_good_order(self):
        """Told by the log: the exit code of a job that is queued again is not kept, and Slurm adds lines of its own."""
        of_ranks, _, of_script = self.told().rpartition("sweep.sbatch: 20")[2].partition("sweep.sbatch: ")
        goes_on = "goes back to the queue" in of_script or "Submit it again" in of_script
        return f"To go on:\n{KSWEEP} run " in of_ranks and goes_on

    def n_requeued(self):
        return sum(int(self.slurm.facts(job)["Restarts"]) for job in self.jobs)

    def end(self):
        if self.running():
            self.cancel()

    def cancel(self, *options):
        """Whether the job was still there."""
        try:
            self.slurm.run("scancel", *options, self.jobs[-1])
        except AssertionError:
            if self.running():
                raise
            return False
        return True

    def lose_node(self, name, seconds, is_told):
        """is_told: Slurm knows at once."""
        self.slurm.run(CLUSTER, "kill-node" if is_told else "lose-node", name)
        time.sleep(seconds)
        self.slurm.run(CLUSTER, "start-node", name)
