"""Several sweeps side by side: the same settings and seeds in the first and in each other one.

Seeds pair two trials where these have the same data: then they share its split, initial weights and order.  On other data they share nothing but
a number, so that values are compared as independent samples.
"""

from dataclasses import dataclass, replace

import numpy as np

from ..base.errors import ReportError
from ..base.wording import valid_text, value_text
from .bounds import bounds_of, bounds_of_difference
from .columns import column_of
from .measured import metric_of_all
from .reading import DONE
from .statistics import Interval, interval_of
from .verdicts import Judged, judge, judge_unpaired

ABOUT = ("version", "commit", "data_source", "instruction_set", "compiler", "compiler_flags", "cpu", "created")
PREPARING = ("data_grey", "data_patch", "data_normalise")   # what changes data_hash of the same data set


@dataclass(frozen=True, eq=False)
class Pair(Judged):
    """One setting in the first sweep and in another; where seeds pair, of those that both have.  difference: of what the metric judges by,
    other - first.
    """
    setting: tuple = ()
    first: Interval = None
    other: Interval = None


@dataclass(frozen=True, eq=False)
class Comparison:
    """overall: over seeds, of the mean difference of all settings that both have.  is_paired: by seed, which the same data allow.
    n_unequal: settings of which one sweep has seeds that the other one lacks.
    """
    sweep: object
    name: str
    pairs: list
    overall: Judged
    n_alone: tuple   # settings that only the first, only the other has
    is_paired: bool = True
    n_unequal: int = 0


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
    each = [_comparison(sweep, name, cells[0], own, metric.judging, _same_data(sweeps[0], sweep))
            for sweep, name, own in zip(sweeps[1:], names[1:], cells[1:])]
    each = _judged_overall(each, cells[0], cells[1:], metric.judging)
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


def _same_data(first, other):
    """Whether the samples are the same, as far as the files tell, be it prepared in another way: then a seed splits and orders both alike."""
    def values(sweep, name):
        return {str(each) for each in sweep.columns.get(name, (sweep.attributes.get(name, ""),)) if str(each)}

    def alike(name):
        return not values(first, name).isdisjoint(values(other, name))

    if not values(first, "data_hash") or not values(other, "data_hash") or alike("data_hash"):
        return True
    return alike("data_set") and any(name in first.columns and not alike(name) for name in PREPARING)


def _both(first, other, is_paired):
    """Settings that both have, with a seed in common where seeds pair."""
    return sorted(setting for setting in first.keys() & other.keys() if not is_paired or first[setting].keys() & other[setting].keys())


def _comparison(sweep, name, first, other, quantity, is_paired):
    """Without what is true of all settings together."""
    both, bounds = _both(first, other, is_paired), bounds_of_difference(quantity)
    judged = judge([_paired(first[setting], other[setting]) for setting in both], bounds) if is_paired else \
        judge_unpaired([(list(first[setting].values()), list(other[setting].values())) for setting in both], bounds)
    of_pair = [_common(first[setting], other[setting]) if is_paired else (first[setting], other[setting]) for setting in both]
    pairs = [Pair(**vars(each), setting=setting, first=_mean(ours, quantity), other=_mean(theirs, quantity))
             for setting, each, (ours, theirs) in zip(both, judged, of_pair)]
    n_unequal = sum(first[setting].keys() != other[setting].keys() for setting in both)
    return Comparison(sweep, name, pairs, None, (len(first.keys() - other.keys()), len(other.keys() - first.keys())), is_paired, n_unequal)


def _common(first, other):
    """Both, of the seeds that both have."""
    return ({seed: first[seed] for seed in first if seed in other}, {seed: other[seed] for seed in other if seed in first})


def _judged_overall(comparisons, first, others, quantity):
    """With the mean over all settings, which is judged for all other sweeps at once."""
    bounds, n = bounds_of_difference(quantity), len(comparisons)
    paired = iter(judge([_mean_differences(each, first, other) for each, other in zip(comparisons, others) if each.is_paired], bounds, n))
    unpaired = iter(judge_unpaired([_means(each, first, other) for each, other in zip(comparisons, others) if not each.is_paired], bounds, n))
    return [replace(each, overall=next(paired if each.is_paired else unpaired)) for each in comparisons]


def _mean_differences(comparison, first, other):
    """Of each seed that all settings of both sweeps have: the mean difference over the settings."""
    settings = [pair.setting for pair in comparison.pairs]
    one, two = (_over_settings(cells, settings) for cells in (first, other))
    return _paired(one, two)


def _means(comparison, first, other):
    settings = [pair.setting for pair in comparison.pairs]
    return tuple(list(_over_settings(cells, settings).values()) for cells in (first, other))


def _over_settings(cells, settings):
    """seed -> the mean over the settings, of seeds that all of these have."""
    seeds = set.intersection(*(set(cells[setting]) for setting in settings)) if settings else ()
    return {seed: float(np.mean([cells[setting][seed] for setting in settings])) for seed in seeds}


def _mean(by_seed, quantity):
    return interval_of(list(by_seed.values()), bounds_of(quantity))


def _paired(first, other):
    return np.array([other[seed] - first[seed] for seed in sorted(first.keys() & other.keys())])


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
