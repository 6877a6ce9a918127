"""What sweep.h5 says of a race of settings over the seeds: grid.search = race."""

from dataclasses import dataclass

GOING_ON = "going on"


@dataclass(frozen=True)
class Race:
    """end: what ended it.  n_out: settings that left it, of n_settings.  n_rounds: seeds that all settings in it have."""
    end: str
    n_settings: int
    n_out: int
    n_rounds: int

    @property
    def has_ended(self):
        return self.end != GOING_ON


def race_of(attributes):
    """None if the sweep was none, or its file does not say how it went."""
    counts = [str(attributes.get(name, "")) for name in ("race_settings", "race_out", "race_rounds")]
    if "race_end" not in attributes or not all(count.isascii() and count.isdigit() for count in counts):
        return None
    return Race(str(attributes["race_end"]), *map(int, counts))
