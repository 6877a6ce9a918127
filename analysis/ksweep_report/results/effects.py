"""What each axis does to the metric over all settings of the other axes, and which pairs of axes do not add up.

Only complete blocks count: settings of the other axes in which all that is compared was trained, with the same seeds in each.  Otherwise what a
missing trial's setting or seed does would pass for an effect.
"""

from dataclasses import dataclass
from itertools import combinations

import numpy as np

from ..base.choices import LEAST_FOR_INTERVAL
from .answer import candidates, same_probe
from .bounds import bounds_of_difference
from .grid import concerns
from .statistics import Interval, t_interval

OF_A_PENALTY = ("penalty", "sparsity_target")   # what a sparsity weight of 0 makes idle


@dataclass(frozen=True, eq=False)
class Effect:
    """A value of an axis against the axis' reference.

    difference: of what the metric judges by, value - reference, over seeds.  settings: of the other axes, which each seed's mean is over.
    """
    value: object
    difference: Interval
    settings: int


@dataclass(frozen=True, eq=False)
class AxisEffects:
    """reference: its value in the best setting.  planned: settings of the other axes in which the axis takes this and another value.

    is_one_block: whether all values are compared over the same settings and seeds.  absent: (other axis, its values that no setting has which an
    effect is over, though some were planned): what these interact with is not in the effects.
    """
    axis: str
    reference: object
    effects: tuple
    planned: int
    is_one_block: bool = True
    absent: tuple = ()

    @property
    def span(self):
        """From the least to the greatest mean, the reference's 0 among them."""
        means = [0.0, *(each.difference.mean for each in self.effects if each.difference.n)]
        return max(means) - min(means)

    @property
    def is_complete(self):
        return all(each.settings == self.planned for each in self.effects)


@dataclass(frozen=True, eq=False)
class Interaction:
    """By how much the difference between two values of the second axis changes from the reference of the first axis to another value of it.

    axes, references, values: of the first, of the second.  difference: over seeds; 0 where effects add up.
    """
    axes: tuple
    references: tuple
    values: tuple
    difference: Interval
    settings: int


@dataclass(frozen=True, eq=False)
class Effects:
    """axes: the largest effect first.  interactions: of each pair of axes the largest, the largest first; n_contrasts: of how many of all
    pairs, over which their intervals hold together.  table: what they were computed from; best: the setting that has the references."""
    axes: tuple = ()
    interactions: tuple = ()
    n_contrasts: int = 0
    table: object = None
    best: object = None

    def size(self, axis):
        """The larger of its own effect and the strongest interaction that it takes part in."""
        return max([each.span for each in self.axes if each.axis == axis]
                   + [abs(each.difference.mean) for each in self.interactions if axis in each.axes], default=0.0)


class Table:
    """Values of cells by the axes that vary among them and by seed.

    codes: (entry x axis), positions in `values`; measured: (entry x seed), NaN where there is none.  A cell that an axis does not concern
    has an entry for each of its values, so that it stands beside every one of the others; `own` tells these from the axis' own.
    """

    def __init__(self, grid, cells):
        self.grid = grid
        varying = {axis: sorted({grid.value(cell, axis) for cell in cells if not _is_idle(grid, axis, cell)}) for axis in grid.axes}
        self.values = {axis: values for axis, values in varying.items() if len(values) > 1}
        self.axes = list(self.values)
        self.seeds = sorted({int(seed) for cell in cells for seed in grid.sweep.columns["seed"][cell.rows]})
        codes, own, rows = [], [], []
        for row, cell in enumerate(cells):
            for code, owned in self._entries(cell):
                codes.append(code)
                own.append(owned)
                rows.append(row)
        shape = (len(rows), len(self.axes))
        self.codes, self.own = np.array(codes, int).reshape(shape), np.array(own, bool).reshape(shape)
        self.measured = self._measured(cells)[np.array(rows, int)]

    def _entries(self, cell):
        choices = [[(self.values[axis].index(self.grid.value(cell, axis)), True)] if not _is_idle(self.grid, axis, cell)
                   else [(i, False) for i in range(len(self.values[axis]))] for axis in self.axes]
        entries = [((), ())]
        for each in choices:
            entries = [(codes + (code,), own + (owned,)) for codes, own in entries for code, owned in each]
        return entries

    def _measured(self, cells):
        place = {seed: i for i, seed in enumerate(self.seeds)}
        measured = np.full((len(cells), len(self.seeds)), np.nan)
        for row, cell in enumerate(cells):
            for seed, value in self.grid.by_seed(cell, self.grid.metric.judging).items():
                measured[row, place[seed]] = value
        return measured

    def block(self, axes):
        """(setting of the other axes, value of each of these axes …, seed); NaN where there is no such cell or no value.  Whether there is such a
        cell: the same shape without seeds.  And of each setting the positions of the other axes' values."""
        at = [self.axes.index(axis) for axis in axes]
        keep = self.own[:, at].all(axis=1)
        codes, measured = self.codes[keep], self.measured[keep]
        others = [i for i in range(len(self.axes)) if i not in at]
        rests, rest = np.unique(codes[:, others], axis=0, return_inverse=True) if others else (np.zeros((1, 0), int), np.zeros(len(codes), int))
        rest = rest.reshape(-1)
        shape = (len(rests), *(len(self.values[axis]) for axis in axes))
        found, exists = np.full((*shape, len(self.seeds)), np.nan), np.zeros(shape, bool)
        place = (rest, *codes[:, at].T)
        found[place], exists[place] = measured, True
        return found, exists, rests


def find_effects(grid, answer):
    """None of a sweep without a best setting, or in which fewer than two axes vary."""
    if answer.best is None:
        return Effects()
    cells = [cell for cell in candidates(grid) if same_probe(grid, cell, answer.best)]
    table = Table(grid, cells)
    if len(table.axes) < 2:
        return Effects()
    axes = sorted((_of_axis(table, axis, answer.best) for axis in table.axes), key=lambda each: -each.span)
    interactions, n_contrasts = _interactions(table, answer.best)
    return Effects(tuple(axes), interactions, n_contrasts, table, answer.best)


def mean_of_first(rows):
    """Mean over the first axis of what is not NaN; NaN where nothing is."""
    counts = np.isfinite(rows).sum(axis=0)
    return np.where(counts > 0, np.nansum(rows, axis=0) / np.maximum(counts, 1), np.nan)


def _is_idle(grid, axis, cell):
    """Whether an axis changes nothing about a cell.  Without weight there is no penalty, whatever is asked for."""
    return not concerns(axis, cell) or (axis in OF_A_PENALTY and "sparsity_weight" in grid.axes and grid.value(cell, "sparsity_weight") == 0)


def _reference(table, axis, best):
    """The position of the best setting's value or, where the axis does not concern that, of the value that most cells have."""
    if not _is_idle(table.grid, axis, best):
        return table.values[axis].index(table.grid.value(best, axis))
    at = table.axes.index(axis)
    return int(np.argmax(np.bincount(table.codes[table.own[:, at], at])))


def complete_block(whole):
    """(settings, seeds), positions of the largest block in which all is there.  whole: (setting x seed).

    Settings are tried in the order of the seeds that they have; blocks with seeds enough for an interval come before those with fewer.
    """
    order = np.argsort(-whole.sum(axis=1), kind="stable")
    seeds = np.cumprod(whole[order], axis=0).sum(axis=1)   # that all of the first 1, 2 … settings have
    n = np.arange(1, len(order) + 1) * (seeds > 0)
    if not n.any():
        return np.array([], int), np.array([], int)
    enough = np.minimum(seeds, LEAST_FOR_INTERVAL)
    best = max(range(len(order)), key=lambda i: (enough[i] * (n[i] > 0), n[i] * seeds[i], n[i]))
    settings = np.sort(order[:best + 1])
    return settings, np.flatnonzero(whole[settings].all(axis=0))


def _of_axis(table, axis, best):
    block, exists, rests = table.block([axis])
    reference = _reference(table, axis, best)
    differences = block - block[:, [reference]]
    others = [i for i in range(len(table.values[axis])) if i != reference]
    paired = [i for i in others if np.isfinite(differences[:, i]).any()]
    settings, seeds = complete_block(np.isfinite(differences[:, paired]).all(axis=1))
    is_one_block = len(settings) > 0 or not paired
    blocks = {i: (settings, seeds) if is_one_block and i in paired else complete_block(np.isfinite(differences[:, i])) for i in others}
    by_seed = [_mean_over(differences[:, i], blocks[i]) for i in others]
    effects = tuple(Effect(table.values[axis][i], interval, len(blocks[i][0]))
                    for i, interval in zip(others, _simultaneous(table, by_seed, len(others))))
    planned = exists[:, reference] & (exists.sum(axis=1) > 1)
    used = np.unique(np.concatenate([block[0] for block in blocks.values()]))
    return AxisEffects(axis, table.values[axis][reference], effects, int(planned.sum()), is_one_block,
                       _absent(table, axis, rests[planned], rests[used]))


def _absent(table, axis, planned, used):
    """(other axis, values of it that no setting used has).  planned, used: (setting x other axis)."""
    others = [other for other in table.axes if other != axis]
    lost = [(other, tuple(table.values[other][code] for code in np.setdiff1d(planned[:, at], used[:, at]))) for at, other in enumerate(others)]
    return tuple(each for each in lost if each[1])


def _mean_over(differences, block):
    """Of each of the block's seeds over its settings.  differences: (setting x seed)."""
    settings, seeds = block
    return differences[np.ix_(settings, seeds)].mean(axis=0) if len(settings) else np.array([])


def _interactions(table, best):
    """Of each pair of axes the largest, largest first; and of how many contrasts."""
    contrasts = [_contrasts(table, pair, best) for pair in combinations(table.axes, 2)]
    n = sum(len(each) for each in contrasts)
    found = []
    for each in filter(None, contrasts):
        axes, references, values, by_seed, settings = max(each, key=lambda contrast: abs(float(mean_of_first(contrast[3]))))
        found.append(Interaction(axes, references, values, _simultaneous(table, [by_seed], n)[0], settings))
    return tuple(sorted(found, key=lambda each: -abs(each.difference.mean))), n


def _contrasts(table, axes, best):
    """Of each two values that are not the references: ((axes), (references), (values), by seed, settings), where all four cells were trained."""
    block, _, _ = table.block(axes)
    first, second = (_reference(table, axis, best) for axis in axes)
    change = block - block[:, [first]]
    change = change - change[:, :, [second]]
    names = [table.values[axis] for axis in axes]
    blocks = {(i, j): complete_block(np.isfinite(change[:, i, j])) for i in range(len(names[0])) for j in range(len(names[1]))
              if i != first and j != second}
    return [(axes, (names[0][first], names[1][second]), (names[0][i], names[1][j]), _mean_over(change[:, i, j], each), len(each[0]))
            for (i, j), each in blocks.items() if len(each[0])]


def _simultaneous(table, by_seed, n):
    """Intervals of means over seeds, of which n hold together (Bonferroni)."""
    bounds = bounds_of_difference(table.grid.metric.judging)
    return [t_interval(values, n).within(bounds) for values in by_seed]
