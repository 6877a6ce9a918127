"""A private Slurm cluster for the tests of jobs, here and in tests/chaos, and what they ask of it."""

import contextlib
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).parent
sys.path.append(str(HERE.parent))
from patience import PATIENCE_S  # noqa: E402  (found where the line above looks)

PROJECT = HERE.parent.parent
CLUSTER = HERE / "slurm-cluster"


OVER = ("BOOT_FAIL", "CANCELLED", "COMPLETED", "DEADLINE", "FAILED", "NODE_FAIL", "OUT_OF_MEMORY", "PREEMPTED", "TIMEOUT")


class Slurm:
    """The cluster as seen from one folder, in which jobs are submitted."""

    def __init__(self, environment, folder):
        self.environment, self.folder = environment, folder

    def run(self, *command, **environment):
        """Carries out a command in the folder; returns its output, fails on any exit code but 0."""
        done = subprocess.run([str(word) for word in command], cwd=self.folder, env=self.environment | environment,
                              capture_output=True, text=True, timeout=PATIENCE_S)
        assert done.returncode == 0, (command, done.returncode, done.stdout, done.stderr)
        return done.stdout.strip()

    def submit(self, *words, **environment):
        """Submits a job and returns its number."""
        return self.run("sbatch", "--parsable", *words, **environment)

    def facts(self, job):
        """What Slurm knows of a job: JobState, ExitCode, Restarts and so on."""
        return dict(re.findall(r"(\w+)=(\S*)", self.run("scontrol", "show", "job", job)))

    def wait_until(self, happened, what):
        end = time.monotonic() + PATIENCE_S
        while not happened():
            assert time.monotonic() < end, f"in {PATIENCE_S} s this did not happen: {what}\n{self.logs()}"
            time.sleep(0.05)

    def has_ended(self, job):
        # While a job is being signalled, squeue shows it in none of the states that it is asked for.
        listed = self.run("squeue", "-h", "-j", job, "-t", "PD,R,CG")
        return not listed and self.facts(job)["JobState"] in OVER

    def ended(self, job):
        """Waits for a job to end, and returns what Slurm knows of it.  One that goes back to the queue looks ended for a moment."""
        while True:
            self.wait_until(lambda: self.has_ended(job), f"job {job} ends")
            facts = self.facts(job)
            time.sleep(1)
            if self.has_ended(job) and self.facts(job)["Restarts"] == facts["Restarts"]:
                return self.facts(job)

    def logs(self):
        return "\n".join(f"{log.name}:\n{log.read_text()}" for log in sorted(self.folder.glob("*.log")))


def started_cluster(folder):
    """Starts a cluster that stops when the pipe returned with it is closed, also by this process's sudden death."""
    environment = {name: text for name, text in os.environ.items()
                   if not name.startswith(("SLURM_", "SBATCH_", "SRUN_", "OMPI_", "OMP_"))}
    environment |= {"SLURM_CLUSTER_DIR": folder, "SLURM_CONF": f"{folder}/slurm.conf"}
    if os.geteuid() == 0:
        environment |= {"OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1"}
    keeper = subprocess.Popen(["sh", "-c", 'read _; exec "$0" stop', CLUSTER], stdin=subprocess.PIPE, env=environment,
                              start_new_session=True)
    quick_requeue = f"AuthInfo=socket={folder}/munge.sock,cred_expire=5"
    subprocess.run([CLUSTER, "start", "--nodes", "2", "--cpus", "4", "--set", quick_requeue], env=environment,
                   check=True, timeout=PATIENCE_S, stdout=subprocess.DEVNULL)
    return environment, keeper


def is_installed():
    return shutil.which("slurmctld", path=os.environ["PATH"] + ":/usr/sbin:/sbin") is not None


@contextlib.contextmanager
def private_cluster():
    """The environment in which Slurm's commands reach a new cluster of two nodes."""
    folder = tempfile.mkdtemp(prefix="ksweep-slurm.")
    keeper = None
    try:
        environment, keeper = started_cluster(folder)
        yield environment
    finally:
        if keeper:
            keeper.stdin.close()
            keeper.wait(timeout=PATIENCE_S)
        shutil.rmtree(folder)
