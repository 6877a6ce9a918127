"""A program that trains in steps and is asked for times: ours, or PyTorch's."""

import json
import os
import statistics
import subprocess
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}


class Contender:
    """Runs on the given CPUs only.  `hello` is its first line, `steps` how many it is asked for at a time."""

    def __init__(self, name, command, cpus):
        self.name = name
        environment = dict(os.environ)
        if len(cpus) == 1:
            environment.update(ONE_THREAD)
        self.process = subprocess.Popen(
            [str(word) for word in command], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            env=environment, preexec_fn=lambda: os.sched_setaffinity(0, cpus))
        self.hello = self.answer()
        self.steps = 10

    def calibrate(self, chunk_s):
        self.steps = max(5, round(chunk_s / self.measure()["step_s"]))

    def ask(self):
        self.process.stdin.write(f"{self.steps}\n")
        self.process.stdin.flush()

    def answer(self):
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit(f"benchmark: {self.name} ended early with status {self.process.wait()}")
        return json.loads(line)

    def answer_to(self, question):
        self.process.stdin.write(f"{question}\n")
        self.process.stdin.flush()
        return self.answer()

    def measure(self):
        return self.answer_to(self.steps)

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def close(contenders):
    for contender in contenders:
        contender.close()


def losses_apart(ours, other):
    """Largest relative difference of the losses; infinite if one is NaN."""
    pairs = zip(ours.hello["losses"], other.hello["losses"], strict=True)
    return max(abs(a - b) / abs(b) if a == a and b == b else float("inf") for a, b in pairs)


def in_turn(contenders, n_rounds, chunk_s):
    """Measures A, B, … A, B, …: every round meets the same state of the machine.  {name: [answer of each round]}"""
    for contender in contenders:
        contender.calibrate(chunk_s)
    rounds = [{c.name: c.measure() for c in contenders} for _ in range(n_rounds)]
    return {c.name: [answers[c.name] for answers in rounds] for c in contenders}


def at_once(groups, n_rounds, chunk_s):
    """The same for groups whose members run at the same time.  {name of group: [mean step of each round]}"""
    for contender in {contender for group in groups.values() for contender in group}:
        contender.calibrate(chunk_s)
    times = {name: [] for name in groups}
    for _ in range(n_rounds):
        for name, group in groups.items():
            for contender in group:
                contender.ask()
            times[name].append(statistics.mean(contender.answer()["step_s"] for contender in group))
    return times


def median(answers, key="step_s"):
    return statistics.median(answer[key] for answer in answers)


def ratio(numerators, denominators):
    """Median over the rounds, and the lowest and highest."""
    ratios = sorted(a / b for a, b in zip(numerators, denominators, strict=True))
    return statistics.median(ratios), ratios[0], ratios[-1]


def scratch_folder():
    return tempfile.TemporaryDirectory(prefix="ksweep-benchmark-")
