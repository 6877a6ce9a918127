"""What sweep.h5 says of a race of settings over the seeds: grid.search = race.  All bounds are the program's own, which racing.md describes."""

from dataclasses import dataclass, replace

import numpy as np

GOING_ON, BUDGET_SPENT = "going on", "budget spent"
OF_SETTINGS = ("race_trial", "race_left_after", "race_leader_then", "race_difference", "race_difference_low", "race_difference_high")
OF_LOOKS = ("race_look", "race_look_leader", "race_look_difference", "race_look_difference_low", "race_look_difference_high")
OF_STAGES = ("race_stage_joined", "race_stage_left", "race_look_stage")   # only where values of k may be added
COLUMNS = OF_SETTINGS + OF_LOOKS + OF_STAGES
NOBODY = -1


@dataclass(frozen=True)
class Bound:
    """A mean of paired differences, setting minus leader, over n seeds, and what bounds it at whatever decision one looks."""
    mean: float
    low: float
    high: float
    n: int


@dataclass(frozen=True, eq=False)
class Race:
    """end: what ended it; budget: of core-hours, where that did.  n_rounds: seeds that all settings in it have.  metric: its name; error: at
    most the probability that the best setting ever leaves.

    columns: those of OF_SETTINGS, and of OF_LOOKS, one for each decision: none in files of the first version.  setting_of_row: which setting
    each trial is of, NOBODY of those that do not race.  n_trained, n_planned: trials, baselines among them.
    """
    end: str
    n_rounds: int
    leader: int
    metric: str
    error: float
    budget: str
    columns: dict
    setting_of_row: np.ndarray
    n_trained: int
    n_planned: int

    @property
    def has_ended(self):
        return self.end != GOING_ON

    @property
    def n_settings(self):
        return int(np.sum(self._stages("race_stage_joined") >= 0))

    def _stages(self, name):
        """How often values of k had been added, NOBODY of settings that were not asked for; 0 where none ever are."""
        n = len(self.looks) if name == "race_look_stage" else len(self.columns["race_trial"])
        return self.columns.get(name, np.zeros(n, int))

    @property
    def is_refined(self):
        return "race_stage_joined" in self.columns

    @property
    def may_grow(self):
        """Whether it may add values of k, with a larger budget if it ended for that."""
        return self.is_refined and self.end in (GOING_ON, BUDGET_SPENT)

    @property
    def added(self):
        """Settings that are not of the sweep file, in the order in which they joined."""
        joined = self._stages("race_stage_joined")
        return sorted(np.flatnonzero(joined > 0).tolist(), key=lambda setting: joined[setting])

    @property
    def n_out(self):
        return int(np.sum(self.columns["race_left_after"] > 0))

    @property
    def looks(self):
        """Numbers of seeds after which it was decided."""
        return self.columns.get("race_look", np.zeros(0, int))

    @property
    def has_leader(self):
        return self.n_rounds > 0

    def left_after(self, setting):
        """Seeds; 0 where it did not."""
        return max(0, int(self.columns["race_left_after"][setting])) if setting != NOBODY else 0

    def is_in(self, setting):
        return setting != NOBODY and not self.left_after(setting) and self._stages("race_stage_joined")[setting] >= 0

    def departure(self, setting):
        """The decision at which it left, its position in looks; None if it did not."""
        if not self.left_after(setting):
            return None
        of_stage = self._stages("race_look_stage") == self._stages("race_stage_left")[setting]
        found = np.flatnonzero((self.looks == self.left_after(setting)) & of_stage)
        return int(found[0]) if len(found) else None

    def setting_of(self, rows):
        """Of a cell's trials, of which some may be of another grid."""
        return int(self.setting_of_row[rows].max(initial=NOBODY))

    def may_ask_for(self, row_is_missing):
        """(row) whether a trial without a result may still be asked for, or has one."""
        out = np.array([self.left_after(setting) > 0 for setting in range(len(self.columns["race_trial"]))] + [False])   # the last one: NOBODY
        return ~row_is_missing | ~(self.has_ended | out[self.setting_of_row])

    def of_rows(self, wanted):
        return replace(self, setting_of_row=self.setting_of_row[wanted])

    def leader_of(self, setting):
        """Whom its last difference is to."""
        return int(self.columns["race_leader_then"][setting]) if self.left_after(setting) else self.leader

    def last_difference(self, setting):
        """To the leader: when it left or, of those in the race, at the last decision; NaN of the leader itself and where there is none."""
        if self.left_after(setting):
            return Bound(*(float(self.columns[name][setting]) for name in OF_SETTINGS[3:]), self.left_after(setting))
        return self.differences(setting)[-1][1] if len(self.looks) else Bound(np.nan, np.nan, np.nan, 0)

    def differences(self, setting):
        """[(leader, bound)] at each decision; NaN where the setting itself led or had left."""
        return [(int(self.columns["race_look_leader"][i]), Bound(*(float(self.columns[name][i, setting]) for name in OF_LOOKS[2:]), int(n)))
                for i, n in enumerate(self.looks)]


def race_of(attributes, columns, settings):
    """None if the sweep was none, or its file does not say how it went.

    columns: of COLUMNS, those in the file.  settings: (trial of the grid) what it has but for the seed; None of trials outside the grid.
    """
    counts = [str(attributes.get(name, "")) for name in ("race_rounds", "race_leader")]
    if "race_end" not in attributes or not all(count.isascii() and count.isdigit() for count in counts):
        return None
    if not all(name in columns for name in OF_SETTINGS) or not _fit(columns, int(counts[1]), len(settings)):
        return None
    kept = OF_SETTINGS + (OF_LOOKS if all(name in columns for name in OF_LOOKS) else ())
    kept += OF_STAGES if all(name in columns for name in OF_LOOKS + OF_STAGES) else ()
    columns = {name: columns[name] for name in kept}
    number = {settings[trial]: i for i, trial in enumerate(columns["race_trial"])}
    of_row = np.array([NOBODY if each is None else number.get(each, NOBODY) for each in settings])
    return Race(str(attributes["race_end"]), *map(int, counts), str(attributes.get("race_metric", "")), _number(attributes.get("race_error")),
                str(attributes.get("race_budget", "")), columns, of_row, 0, 0)


def _number(text):
    try:
        return float(text)
    except (TypeError, ValueError):
        return np.nan


def _fit(columns, leader, n_trials):
    """Whether shapes and positions fit each other."""
    n = len(columns["race_trial"])
    names = [name for name in COLUMNS if name in columns]
    looks = len(columns.get("race_look", ()))
    shapes = {name: (n,) if name in OF_SETTINGS + OF_STAGES[:2] else (looks,) if name in OF_LOOKS[:2] + OF_STAGES[2:] else (looks, n)
              for name in names}
    if not all(columns[name].shape == shapes[name] and columns[name].dtype.kind in "if" for name in names) or not leader < n:
        return False
    trials, leaders = columns["race_trial"], np.append(columns["race_leader_then"], columns.get("race_look_leader", ()))
    return bool(np.all((trials >= 0) & (trials < n_trials)) and np.all((leaders >= NOBODY) & (leaders < n)))
