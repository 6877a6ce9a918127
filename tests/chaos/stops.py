"""How long a run takes to stop, and whether it does so in good order."""

import signal
import time

import processes
from launches import STOPS, Job
from runs import trial_files, wait_until

# A sweep that never ends by itself.
ENDLESS = {"data.train": 1000, "model.hidden": 64, "model.k": 4, "train.epochs": 1_000_000, "train.seed": "0..3"}
LONGEST_S = 10
INSIST_AFTER_S = 3  # an earlier signal of the same kind is taken for an echo (src/run/signals.h)
EVERY = 10          # so many stops, one is of ranks that cannot stop, and takes a second signal


class Stops:
    def __init__(self, launch, chance):
        self.launch, self.chance = launch, chance
        self.seconds, self.second_signals_s, self.all_gone_s, self.kinds = [], [], [], {}
        launch.start()

    def stop_often(self, count):
        for number in range(1, count + 1):
            self.train_for_a_while()
            if number % EVERY == 0 and not isinstance(self.launch, Job):
                self.stop_by_second_signal()
            else:
                self.stop()
            if not self.launch.running():
                self.launch.start()

    def train_for_a_while(self):
        self.launch.wait(120, self.launch.trains)
        assert self.launch.trains(), self.launch.told("nothing is trained")
        time.sleep(self.chance.uniform(0, 3))

    def stop(self):
        role, number = self.chance.choice(self.launch.roles), self.chance.choice(STOPS)
        output = self.launch.output
        pid = self.chance.choice(processes.ranks(output) if role == "rank" else processes.of_role(output, role))
        begin = time.monotonic()
        processes.signal_all([pid], number)
        wait_until(lambda: not processes.processes(output), f"all to end after {number.name} to {role}", 60)
        self.seconds.append(time.monotonic() - begin)
        kind = f"{number.name} to {role}"
        self.kinds.setdefault(kind, []).append(self.seconds[-1])
        assert self.launch.stopped_in_good_order(), self.launch.told(kind)
        assert not list(output.glob("crashes/active-*")), self.launch.told(f"{kind}: it was a crash")

    def stop_by_second_signal(self):
        number, supervisor = self.chance.choice(STOPS), processes.of_role(self.launch.output, "supervisor")
        processes.signal_all(processes.ranks(self.launch.output), signal.SIGSTOP)
        processes.signal_all(supervisor, number)
        time.sleep(INSIST_AFTER_S + 1.5)
        begin = time.monotonic()
        processes.signal_all(supervisor, number)
        assert self.launch.process.wait(timeout=30) == 128 + number, self.launch.told()
        self.second_signals_s.append(time.monotonic() - begin)
        wait_until(lambda: not processes.processes(self.launch.output), "all to end", 30)
        self.all_gone_s.append(time.monotonic() - begin)

    def __str__(self):
        assert not trial_files(self.launch.output)
        late = sum(seconds > LONGEST_S for seconds in self.seconds)
        text = (f"{len(self.seconds)} stops: all in good order, {max(self.seconds):.1f} s at most, "
                f"{sum(self.seconds) / len(self.seconds):.1f} s in the mean, {late} over {LONGEST_S} s.")
        if self.second_signals_s:
            text += (f"  {len(self.second_signals_s)} second signals, while the ranks hung: "
                     f"{max(self.second_signals_s):.2f} s to the command's end, {max(self.all_gone_s):.2f} s to that of the last rank, at most.")
        return "\n".join([text, *(f"{len(each):5d}  {max(each):4.1f} s  {kind}" for kind, each in sorted(self.kinds.items()))])
