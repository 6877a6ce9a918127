"""Several sweeps side by side: the same settings and seeds in the first and in each other one."""

from dataclasses import dataclass

import numpy as np

from ..base.errors import ReportError
from ..base.wording import valid_text, value_text
from .bounds import bounds_of, bounds_of_difference
from .columns import column_of
from .measured import metric_of_all
from .reading import DONE
from .statistics import LEVEL, Interval, holm, interval_of, sign_flip_p

ABOUT = ("version", "commit", "data_source", "instruction_set", "compiler", "compiler_flags", "cpu", "created")


@dataclass(frozen=True, eq=False)
class Pair:
    """One setting in the first sweep and in another.  difference: of what the metric judges by, other - first, paired by seed."""
    setting: tuple
    first: Interval
    other: Interval
    difference: Interval
    p_adjusted: float


@dataclass(frozen=True, eq=False)
class Comparison:
    """overall: over seeds, of the mean difference of all settings that both have."""
    sweep: object
    name: str
    pairs: list
    overall: Interval
    p: float
    n_alone: tuple   # settings that only the first, only the other has

    @property
    def distinguishable(self):
        return self.p <= LEVEL


@dataclass(frozen=True)
class Comparisons:
    """keys: what varies in any of the sweeps, and what settings are matched by.  differing: (name, one text for each sweep)."""
    sweeps: list
    names: list
    keys: tuple
    differing: list
    each: list
    metric: object

    @property
    def rows(self):
        """Each comparison with each of its pairs."""
        return [(comparison, pair) for comparison in self.each for pair in comparison.pairs]

    @property
    def most_pairs(self):
        """Of seeds, in any setting."""
        return max(pair.difference.n for _, pair in self.rows)

    def setting_text(self, setting):
        return ", ".join(str(value) if key == "kind" else f"{key} = {value_text(value)}" for key, value in zip(self.keys, setting)) or "all"


def compare(sweeps, metric=""):
    """metric: its name; "" for what the first sweep's file or the data say.

    Raises ReportError if two sweeps have no setting and seed in common, or if a sweep lacks the metric.
    """
    metric, sweeps = metric_of_all(sweeps, metric)
    keys = tuple(dict.fromkeys(axis for sweep in sweeps for axis in sweep.axes if axis != "seed"))
    keys = tuple(key for key in keys if all(key in sweep.columns for sweep in sweeps) and not _constant_but_unequal(sweeps, key))
    names = _names(sweeps)
    cells = [_cells(sweep, keys, metric.judging) for sweep in sweeps]
    each = [_comparison(sweep, name, cells[0], own, metric.judging) for sweep, name, own in zip(sweeps[1:], names[1:], cells[1:])]
    for comparison in each:
        if not comparison.pairs:
            raise ReportError(f"{comparison.name} has no setting and seed in common with {names[0]}: nothing can be compared in pairs. "
                              f"Settings are matched by {', '.join(keys) or 'seed alone'}; give sweeps that share some.")
    return Comparisons(list(sweeps), names, keys, _differing(sweeps), each, metric)


def _names(sweeps):
    """Names of the folders, or of the files in one folder, with as much of their folders as tells them apart."""
    paths = [sweep.folder / sweep.file_name for sweep in sweeps]
    if len({path.name for path in paths}) == 1:
        paths = [path.parent for path in paths]
    else:
        paths = [path.with_suffix("") for path in paths]
    for depth in range(1, max(len(path.parts) for path in paths) + 1):
        names = [valid_text("/".join(path.parts[-depth:])) for path in paths]
        if len(set(names)) == len(names):
            return names
    return [f"{valid_text(path.name)} ({i + 1})" for i, path in enumerate(paths)]


def _values(sweep, key):
    return sorted(set(sweep.columns[key].tolist()))


def _constant_but_unequal(sweeps, key):
    """One value in each sweep, not the same: what the sweeps differ in, and so nothing to match by."""
    values = [_values(sweep, key) for sweep in sweeps]
    return all(len(each) == 1 for each in values) and any(each != values[0] for each in values)


def _cells(sweep, keys, quantity):
    """setting -> seed -> the quantity of the finished trials."""
    cells = {}
    values = sweep.columns.get(quantity, np.full(len(sweep), np.nan))
    for row in np.flatnonzero((sweep.status == DONE) & np.isfinite(values)):
        setting = tuple(_plain(sweep.columns[key][row]) for key in keys)
        cells.setdefault(setting, {})[int(sweep.columns["seed"][row])] = float(values[row])
    return cells


def _plain(value):
    return value.item() if isinstance(value, np.generic) else value


def _comparison(sweep, name, first, other, quantity):
    both = sorted(setting for setting in first.keys() & other.keys() if first[setting].keys() & other[setting].keys())
    differences = [_paired(first[setting], other[setting]) for setting in both]
    adjusted = holm([sign_flip_p(list(each.values())) for each in differences])
    pairs = [Pair(setting, _mean(first[setting], quantity), _mean(other[setting], quantity), _difference(list(each.values()), quantity), float(p))
             for setting, each, p in zip(both, differences, adjusted)]
    seeds = sorted(set.intersection(*(set(each) for each in differences))) if differences else []
    means = [float(np.mean([each[seed] for each in differences])) for seed in seeds]
    return Comparison(sweep, name, pairs, _difference(means, quantity), sign_flip_p(means),
                      (len(first.keys() - other.keys()), len(other.keys() - first.keys())))


def _mean(by_seed, quantity):
    return interval_of(list(by_seed.values()), bounds_of(quantity))


def _difference(values, quantity):
    return interval_of(values, bounds_of_difference(quantity))


def _paired(first, other):
    return {seed: other[seed] - first[seed] for seed in sorted(first.keys() & other.keys())}


def _differing(sweeps):
    """Keys with other values in one sweep than in another, and facts about how they were made."""
    found = []
    for key in _keys(sweeps):
        values = [_values(sweep, key) for sweep in sweeps]
        if any(each != values[0] for each in values):
            found.append((key, [", ".join(map(value_text, each[:12])) + (" …" if len(each) > 12 else "") for each in values]))
    for name in ABOUT:
        texts = [str(sweep.attributes.get(name, "")) for sweep in sweeps]
        if len(set(texts)) > 1:
            found.append((name, texts))
    return found


def _keys(sweeps):
    """Columns of what was asked for, as the specifications of the trials name them."""
    lines = {line.split(" = ")[0] for sweep in sweeps for text in set(sweep.columns.get("specification", ()))
             for line in str(text).splitlines()}
    asked = {column_of(key, sweeps[0].columns) for key in lines} | {axis for sweep in sweeps for axis in sweep.axes}
    return [key for key in sweeps[0].columns if key in asked and key != "seed" and all(key in sweep.columns for sweep in sweeps)]
