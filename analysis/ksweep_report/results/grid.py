"""Groups trials into cells: the trials that differ in nothing but the seed."""

from dataclasses import dataclass

import numpy as np

from ..base.choices import ALL_SEEDS, LEAST_FOR_INTERVAL, OTHER_SEEDS
from ..base.errors import ReportError
from ..base.wording import KIND_NAMES, joined, plural, value_text
from .bounds import bounds_of, bounds_of_difference
from .idle import idle_keys
from .measured import metric_of
from .names import Names
from .reading import DONE, FAILED
from .statistics import interval_of

K_SPARSE, CLASSIFIER, RAW, RANDOM = "k-sparse", "classifier", "raw", "random"
FIRST_AXES = ("kind", "sparsity_weight", "penalty")
LEAST_SEEDS_OF_A_HALF = 2


@dataclass(frozen=True, eq=False)
class Cell:
    """One setting.  setting: axis -> value; rows, done: positions of its planned and its finished trials.

    choosing, reporting: those of the finished ones that it may be chosen by, and that results are reported of.
    idle: keys that its kind of model or of probe does not look at.
    """
    kind: str
    setting: dict
    rows: np.ndarray
    done: np.ndarray
    choosing: np.ndarray
    reporting: np.ndarray
    failed: int
    idle: frozenset

    @property
    def count_text(self):
        return f"{len(self.done)}/{len(self.rows)}"


class Grid:
    """The sweep as cells.

    x: the axis that figures are drawn over, k wherever k varies; how features are judged only where nothing else varies.
    cells: what x concerns, of whatever kind.
    references: the others, such as raw pixels, or autoencoders without k beside those with one.
    axes: x and as few others as tell the cells apart; what follows from these (by a zip) is left out.
    choosing_seeds, reporting_seeds: all; with choose_by = other-seeds, of the sweep's seeds in ascending order the 1st, 3rd, 5th … choose and
    the 2nd, 4th … report.
    metric: what settings are chosen and judged by.  names: what keys are called.  race: None where all trials are trained.
    """

    def __init__(self, sweep, choose_by=ALL_SEEDS, metric="", names=""):
        """metric: its name; "" for what the sweep file or the data say.

        names: of keys, as --names has them.  Raises ReportError if there are too few seeds for a choice by other seeds, if the metric was not
        measured, or if names cannot be used.
        """
        self.metric, self.sweep = metric_of(sweep, metric)
        sweep = self.sweep
        self.names = Names(sweep, names)
        self.race = sweep.race
        seeds = sorted(set(sweep.columns["seed"].tolist()))
        self.has_halves = choose_by == OTHER_SEEDS
        self.choosing_seeds, self.reporting_seeds = (seeds[::2], seeds[1::2]) if self.has_halves else (seeds, seeds)
        kinds = sweep.columns.get("kind", np.full(len(sweep), K_SPARSE, dtype=object))
        self.all_axes = ["kind"] + [axis for axis in sweep.axes if axis not in ("seed", "kind")]
        self.all_cells = _make_cells(sweep, kinds, self.all_axes, self.choosing_seeds, self.reporting_seeds)
        if self.has_halves:
            self._check_halves(seeds)
        self.x = self._choose_x()
        self.cells = [cell for cell in self.all_cells if concerns(self.x, cell)]
        self.references = [cell for cell in self.all_cells if not concerns(self.x, cell)]
        self.axes = [self.x, *self._telling(self.cells, [self.x])]
        self._cell_of_row = {int(row): cell for cell in self.all_cells for row in cell.rows}

    def _check_halves(self, seeds):
        if self.race:
            raise ReportError(f"{self.sweep.file_name}: --choose-by {OTHER_SEEDS} cannot be used with a race, in which all seeds choose: no "
                              "others are left to report. Leave the option out.")
        halves = (self.choosing_seeds, self.reporting_seeds)
        if max((min(self.n_planned(cell, half) for half in halves) for cell in self.all_cells), default=0) < LEAST_SEEDS_OF_A_HALF:
            raise ReportError(f"{self.sweep.file_name}: --choose-by {OTHER_SEEDS} lets half of the seeds choose a setting and reports the other "
                              f"half. It takes a setting with at least {LEAST_SEEDS_OF_A_HALF} seeds of each half; the sweep has "
                              f"{plural(len(seeds), 'seed')} ({joined(map(value_text, seeds[:12]))}{' …' if len(seeds) > 12 else ''}). "
                              "Add seeds, such as train.seed = 0..11, or leave the option out.")

    def n_planned(self, cell, seeds):
        """How many of its trials, finished or not, have these seeds."""
        return int(np.isin(self.sweep.columns["seed"][cell.rows], seeds).sum())

    def _choose_x(self):
        def count(axis):
            return len({cell.setting[axis] for cell in self.all_cells if concerns(axis, cell)})

        varying = [axis for axis in self.all_axes if count(axis) > 1]
        for axis in ("k", "sparsity_weight"):
            if axis in varying:
                return axis
        if "kind" in varying or not varying:
            ks = any(cell.setting.get("k", self.value(cell, "k")) for cell in self.all_cells)
            return "kind" if "kind" in varying or not ks else "k"
        varying = [axis for axis in varying if not axis.startswith("probe_")] or varying
        numbers = [axis for axis in varying if self.is_number(axis) and count(axis) > 2 and not axis.startswith("probe_")]
        return max(numbers or [axis for axis in varying if not self.is_number(axis)] or varying, key=count)

    def _telling(self, cells, known):
        """As few further axes as tell these cells apart."""
        def groups(axes):
            return len({tuple(self.value(cell, axis) for axis in axes) for cell in cells})

        order = [axis for axis in FIRST_AXES if axis in self.all_axes]
        order += [axis for axis in self.all_axes if axis not in order]
        kept = []
        for axis in (axis for axis in order if axis not in known):
            if groups([*known, *kept, axis]) > groups([*known, *kept]):
                kept.append(axis)
        for axis in reversed(kept):
            others = [each for each in kept if each != axis]
            if groups([*known, *others]) == groups([*known, *kept]):
                kept = others
        return kept

    def is_number(self, axis):
        return axis in self.sweep.columns and self.sweep.columns[axis].dtype != object

    def values_of(self, axis):
        """Values of a key among the cells, ascending."""
        return sorted({self.value(cell, axis) for cell in self.cells})

    def value(self, cell, axis):
        if axis in cell.setting:
            return cell.setting[axis]
        return _scalar(self.sweep.columns[axis][cell.rows[0]]) if axis in self.sweep.columns else 0

    def x_of(self, cell):
        return self.value(cell, self.x)

    def x_text(self, value):
        return KIND_NAMES.get(value, value) if self.x == "kind" else value_text(value)

    @property
    def x_name(self):
        return self.names.short(self.x)

    @property
    def x_title(self):
        """At an axis."""
        return self.names.full(self.x)

    def other_axes(self):
        return self.axes[1:]

    def cell_of(self, row):
        return self._cell_of_row[int(row)]

    def describe(self, cell, axes=None):
        """`k = 25, λ = 0`: the axes by which the cell differs from others; of a kind its name alone.

        What does not concern the cell is left out.
        """
        return self._described(cell, self.axes if axes is None else axes, self.names.short)

    def _described(self, cell, axes, name_of):
        return ", ".join(kind_name(cell) if axis == "kind" else f"{name_of(axis)} = {value_text(self.value(cell, axis))}"
                         for axis in axes if concerns(axis, cell))

    def name(self, cell):
        """What tells the cell from all others of its sort."""
        return self._named(cell, self.names.short)

    def name_in_keys(self, cell):
        """The same with the keys themselves, for tables that programs read."""
        return self._named(cell, lambda axis: axis.removesuffix("_requested"))

    def _named(self, cell, name_of):
        if not any(cell is other for other in self.references):
            return self._described(cell, self.axes, name_of)
        alike = [other for other in self.references if other.kind == cell.kind]
        axes = [axis for axis in self._telling(alike, ["kind"]) if concerns(axis, cell)]
        return ", ".join(filter(None, [kind_name(cell), self._described(cell, axes, name_of)]))

    def by_seed(self, cell, quantity):
        """seed -> value, where measured: of the finished trials that choose if it is of the part that is chosen by, else of those that
        report."""
        chooses = quantity == self.metric.choosing and self.metric.has_parts
        return self._of_rows(cell.choosing if chooses else cell.reporting, quantity)

    def _of_rows(self, rows, quantity):
        if quantity not in self.sweep.columns:
            return {}
        seeds, values = self.sweep.columns["seed"][rows], self.sweep.columns[quantity][rows]
        return {int(seed): float(value) for seed, value in zip(seeds, values) if np.isfinite(value)}

    def choosing(self, cell):
        """What the metric chooses by, of the finished trials that choose."""
        return np.array(list(self._of_rows(cell.choosing, self.metric.choosing).values()), float)

    def judged(self, cell):
        """What the metric judges by, of the finished trials that report."""
        return self.numbers(cell, self.metric.judging)

    def numbers(self, cell, quantity):
        return np.array(list(self.by_seed(cell, quantity).values()), float)

    def pairs(self, one, other, quantity):
        """Differences other - one of the seeds that both have, seeds ascending."""
        first, second = self.by_seed(one, quantity), self.by_seed(other, quantity)
        return np.array([second[seed] - first[seed] for seed in sorted(first.keys() & second.keys())])

    @property
    def has_intervals(self):
        """Whether any setting has seeds enough for one."""
        return max((len(cell.reporting) for cell in self.all_cells), default=0) >= LEAST_FOR_INTERVAL

    def interval(self, cell, quantity, scale=1):
        """Of the mean over seeds, cut where the quantity ends."""
        return _scaled_interval(self.numbers(cell, quantity), bounds_of(quantity), scale)

    def difference(self, one, other, quantity, scale=1):
        """The interval of other - one, paired by seed."""
        return _scaled_interval(self.pairs(one, other, quantity), bounds_of_difference(quantity), scale)

    def has(self, quantity):
        return any(len(self.numbers(cell, quantity)) for cell in self.cells)


def concerns(axis, cell):
    """Whether a key changes anything about a cell."""
    return axis not in cell.idle


def kind_name(cell):
    return KIND_NAMES.get(cell.kind, cell.kind)


def evenly(items, most, keep=None):
    """At most so many of the items, first and last among them; keep, an item's position, too."""
    items = list(items)
    if len(items) <= most:
        return items
    positions = np.unique(np.linspace(0, len(items) - 1, most).round().astype(int))
    if keep is not None and keep not in positions:
        positions[np.argmin(np.abs(positions - keep))] = keep
    return [items[i] for i in positions]


def split(grid, cells, axes):
    """The cells in groups that agree in these axes."""
    groups = {}
    for cell in cells:
        groups.setdefault(tuple(grid.value(cell, axis) for axis in axes), []).append(cell)
    return [groups[key] for key in sorted(groups)]


def _scalar(value):
    return value.item() if isinstance(value, np.generic) else value


def _scaled_interval(values, bounds, scale):
    return interval_of(scale * values, tuple(scale * end for end in bounds))


def _make_cells(sweep, kinds, axes, choosing_seeds, reporting_seeds):
    columns = [kinds if axis == "kind" else sweep.columns[axis] for axis in axes]
    groups = {}
    for row, key in enumerate(zip(*(column.tolist() for column in columns))):
        groups.setdefault(key, []).append(row)
    cells = []
    for values, rows in sorted(groups.items(), key=lambda each: each[0]):
        rows = np.array(rows)
        status = sweep.status[rows]
        done, seeds = rows[status == DONE], sweep.columns["seed"][rows[status == DONE]]
        cells.append(Cell(values[0], dict(zip(axes, values)), rows, done, done[np.isin(seeds, choosing_seeds)],
                          done[np.isin(seeds, reporting_seeds)], int(np.sum(status == FAILED)), frozenset(idle_keys(sweep, kinds, rows[0]))))
    return cells
