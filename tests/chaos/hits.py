"""What befalls a run."""

import signal

import processes
from launches import STOPS


def hit(launch, chance):
    """Kills or stops something.  Returns what, or nothing if it was not there."""
    what = chance.choices(list(launch.hits), list(launch.hits.values()))[0]
    if what == "node":
        return lose_node(launch, chance)
    if what == "scancel":
        return scancel(launch, chance)
    number = {"stop": chance.choice(STOPS), "hang": signal.SIGSTOP}.get(what, signal.SIGKILL)
    targets = victims(launch, chance, what)
    processes.signal_all(targets, number)
    return f"{what} {number.name}" if targets else None


def victims(launch, chance, what):
    if what in ("rank", "hang"):
        ranks = processes.ranks(launch.output)
        return [chance.choice(ranks)] if ranks else []
    found = processes.processes(launch.output)
    if what == "stop":
        return [chance.choice(list(found))] if found else []
    return [pid for pid, role in found.items() if what in ("all", role)]


def lose_node(launch, chance):
    name, is_told = chance.choice(["n1", "n2"]), chance.random() < 0.7
    launch.lose_node(name, chance.uniform(0, 2), is_told)
    return f"node {name} (of {'the batch shell and rank 0' if name == 'n1' else 'the last rank'}) lost{'' if is_told else ', unannounced'}"


def scancel(launch, chance):
    number = chance.choice(STOPS)
    options = chance.choice([[], [f"--signal={number.name[3:]}"], ["--batch", f"--signal={number.name[3:]}"],
                             ["--full", f"--signal={number.name[3:]}"]])
    if not processes.processes(launch.output):
        return None
    return " ".join(["scancel", *options]) if launch.cancel(*options) else None
