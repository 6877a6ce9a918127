"""Sweep → settings: the trials that differ in nothing but the seed; which of them a row takes."""

from dataclasses import dataclass
from fnmatch import fnmatchcase

import numpy as np

from ..base.wording import KIND_NAMES, NOTHING, value_text
from ..results.columns import core_seconds
from ..results.reading import DONE, FAILED, Sweep
from .quantities import interval

SEED = "train.seed ="
TUNING_EPOCHS = "probe_epochs"
USED_BY_PROBE = (("probe_l2", "probe_l2_requested", "L2"), ("probe_c", "probe_c_requested", "C"),
                 ("probe_neighbours", "probe_neighbours_requested", "neighbours"))


@dataclass(frozen=True, eq=False)
class Setting:
    """One setting of a sweep.  rows, done: positions of its trials, planned and finished."""
    table: str
    sweep: Sweep
    rows: np.ndarray
    done: np.ndarray

    @property
    def started(self):
        """Whether any of its trials has ended, well or not."""
        return bool(np.isin(self.sweep.status[self.rows], (DONE, FAILED)).any())

    @property
    def count_text(self):
        """`5`, or `4 of 5` where trials are missing or failed; `4, left the race`."""
        count = str(len(self.rows)) if len(self.done) == len(self.rows) else f"{len(self.done)} of {len(self.rows)}"
        return f"{count}, left the race" if self.has_left else count

    @property
    def has_left(self):
        """Whether it left a race, so that its few seeds prove it to be worse, however lucky they were."""
        race = self.sweep.race
        return bool(race and race.left_after(race.setting_of(self.rows)))

    @property
    def keys(self):
        """All that its trials share, as the specification has it."""
        return keys_of(self.sweep, self.rows[0])

    def value(self, column):
        return self.sweep.columns[column][self.rows[0]] if column in self.sweep.columns else None


def settings_of(sweep, table):
    """In the order of the plan."""
    groups = {}
    for row in range(len(sweep)):
        groups.setdefault(keys_of(sweep, row), []).append(row)
    groups = [np.array(rows) for rows in groups.values()]
    return [Setting(table, sweep, rows, rows[sweep.status[rows] == DONE]) for rows in groups]


def keys_of(sweep, row):
    return tuple(line for line in sweep.columns["specification"][row].splitlines() if not line.startswith(SEED))


def matching(settings, where):
    return [each for each in settings if all(_matches(each.value(column), wanted) for column, wanted in where.items())]


def _matches(value, wanted):
    """wanted: number, ">0", "text", "one|other" or "!not|this"; texts may hold * and ?."""
    if value is None:
        return False
    if isinstance(wanted, (int, float)):
        return not isinstance(value, str) and float(value) == wanted
    if wanted.startswith(">"):
        return not isinstance(value, str) and float(value) > float(wanted[1:])
    if wanted.startswith("!"):
        return not _matches(value, wanted[1:])
    return any(fnmatchcase(str(value), pattern) for pattern in wanted.split("|"))


def ranked(candidates, by):
    """Those with a mean of a quantity of the validation part, the best first, equals in their order."""
    sign = 1 if by.endswith("_mse") else -1
    scored = [(sign * interval(each, by).mean, each) for each in candidates]
    return [each for _, each in sorted((pair for pair in scored if np.isfinite(pair[0])), key=lambda pair: pair[0])]


def choose(candidates, by):
    """The best by a quantity of the validation part, of those that left no race unless all did; None if none has finished trials."""
    candidates = [each for each in candidates if not each.has_left] or candidates
    return next(iter(ranked(candidates, by) or [each for each in candidates if len(each.done)]), None)


def axes_of(settings):
    """Columns that the settings differ in and that the sweep was asked to vary."""
    axes = [axis for axis in settings[0].sweep.axes if axis != "seed"] if settings else []
    return [axis for axis in axes if len({each.value(axis) for each in settings}) > 1]


def name_of(setting, keys):
    """`k-sparse, k = 25`: what says nothing (0, none, no) is left out, `yes` too."""
    parts = []
    for key in keys:
        value = setting.value(key)
        text = "none" if value is None else value_text(value)
        if key == "kind":
            parts.append(KIND_NAMES.get(text, text))
        elif text not in ("0", "none", "no"):
            parts.append(_key_text(key) if text == "yes" else f"{_key_text(key)} = {text}")
    return ", ".join(parts) or NOTHING


def _key_text(column):
    """`probe.c` of probe_c_requested: the key as sweep files have it."""
    return column.removesuffix("_requested").replace("probe_", "probe.")


def _value_text(setting, column):
    """As sweep files have it; one hidden layer, which is stored as layers = none, by its size."""
    return value_text(setting.value("hidden" if column == "layers" and setting.value(column) == "none" else column))


def chosen_text(chosen, candidates):
    """What was chosen on the validation part: keys that the candidates differ in, and what the probe chose by itself."""
    parts = []
    for axis in axes_of(candidates):
        values = dict.fromkeys(_value_text(each, axis) for each in candidates)
        parts.append(f"{_key_text(axis)} = {_value_text(chosen, axis)} (of {', '.join(values)})")
    return "; ".join([*parts, *_chosen_by_probe(chosen)]) or NOTHING


def _chosen_by_probe(setting):
    for used, requested, label in USED_BY_PROBE:
        values, asked = setting.sweep.columns.get(used), setting.value(requested)
        values = values[setting.done] if values is not None else np.zeros(0)
        values = values[np.isfinite(values)]
        if len(values) and not asked:
            ends = dict.fromkeys((f"{values.min():g}", f"{values.max():g}"))
            yield f"{label} = {' … '.join(ends)}"


def length_column(setting):
    """The column with the epochs of what is judged: of a probe that trains, else of the model."""
    return TUNING_EPOCHS if setting.value("probe_kind") == "fine-tune" else "epochs"


def epochs_text(setting):
    """`20`; `20 + 15` with those of a probe that trains; `10 x 1000 steps`."""
    epochs = int(setting.value("epochs") or 0)
    steps = int(setting.value("steps_per_epoch") or 0)
    text = f"{epochs} x {steps} steps" if steps else str(epochs) if epochs else NOTHING
    if length_column(setting) == TUNING_EPOCHS:
        tuning = int(setting.value(TUNING_EPOCHS))
        return f"{text} + {tuning}" if epochs else str(tuning)
    return text


def total_core_seconds(sweep):
    """Of the finished trials."""
    return float(np.nansum(core_seconds(sweep, np.flatnonzero(sweep.status == DONE))))


def cost_text(sweep):
    """`0.53 core-hours (AMD EPYC, avx512 kernels, ranks: 2, threads each: 1); 40 of 40 trials done`."""
    done, failed = int(np.sum(sweep.status == DONE)), int(np.sum(sweep.status == FAILED))
    said = {name: sweep.attributes.get(name, "?") for name in ("cpu", "instruction_set", "ranks", "threads")}
    machine = f"{said['cpu']}, {said['instruction_set']} kernels, ranks: {said['ranks']}, threads each: {said['threads']}"
    return (f"{total_core_seconds(sweep) / 3600:.2g} core-hours ({machine}); {done} of {len(sweep)} trials done"
            + (f", {failed} failed" if failed else ""))
