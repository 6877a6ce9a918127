"""Groups trials into cells: the trials that differ in nothing but the seed."""

from dataclasses import dataclass

import numpy as np

from .reading import DONE, FAILED
from .wording import KIND_NAMES, value_text

K_SPARSE, CLASSIFIER = "k-sparse", "classifier"
MOST_LINES = 7


@dataclass(frozen=True, eq=False)
class Cell:
    """One setting.  setting: axis -> value; rows, done: positions of its planned and its finished trials."""
    kind: str
    setting: dict
    rows: np.ndarray
    done: np.ndarray
    failed: int

    @property
    def count_text(self):
        return f"{len(self.done)}/{len(self.rows)}"


@dataclass(frozen=True)
class Line:
    """Cells that differ in x alone, x ascending."""
    label: str
    cells: tuple


@dataclass(frozen=True)
class Panel:
    """cells: all of the panel, those of lines that are left out too."""
    label: str
    lines: tuple
    cells: tuple
    n_left_out: int = 0


class Grid:
    """The sweep as cells.  x: the axis that the figures are drawn over, k wherever k varies."""

    def __init__(self, sweep):
        self.sweep = sweep
        kinds = sweep.columns.get("kind", np.full(len(sweep), K_SPARSE, dtype=object))
        self.axes = [axis for axis in sweep.axes if axis not in ("seed", "kind")]
        cells = _make_cells(sweep, kinds, self.axes)
        self.cells = [cell for cell in cells if cell.kind == K_SPARSE]
        self.baselines = [cell for cell in cells if cell.kind != K_SPARSE]
        self.axes = [axis for axis in self.axes if len(self.values_of(axis)) > 1] if self.cells else self.axes
        self.x = self._choose_x()

    def _choose_x(self):
        numeric = [axis for axis in self.axes if self.sweep.columns[axis].dtype != object]
        return "k" if "k" in numeric or not numeric else numeric[0]

    def values_of(self, axis):
        """Values of a key among the k-sparse cells, ascending."""
        return sorted({self.value(cell, axis) for cell in self.cells})

    def value(self, cell, axis):
        return cell.setting[axis] if axis in cell.setting else _scalar(self.sweep.columns[axis][cell.rows[0]])

    def x_of(self, cell):
        return self.value(cell, self.x)

    def other_axes(self):
        return [axis for axis in self.axes if axis != self.x]

    def describe(self, cell, axes=None):
        """`k = 25, sparsity_weight = 0`: the axes by which the cell differs from others."""
        names = [self.x, *self.other_axes()] if axes is None else axes
        return ", ".join(f"{name} = {value_text(self.value(cell, name))}" for name in names)

    def name(self, cell):
        if cell.kind == K_SPARSE:
            return self.describe(cell)
        alike = [other for other in self.baselines if other.kind == cell.kind]
        axes = [axis for axis in cell.setting if len({other.setting[axis] for other in alike}) > 1]
        return ", ".join(filter(None, [baseline_name(cell), self.describe(cell, axes)]))

    def by_seed(self, cell, quantity):
        """seed -> value of the finished trials, where measured."""
        if quantity not in self.sweep.columns:
            return {}
        seeds, values = self.sweep.columns["seed"][cell.done], self.sweep.columns[quantity][cell.done]
        return {int(seed): float(value) for seed, value in zip(seeds, values) if np.isfinite(value)}

    def numbers(self, cell, quantity):
        return np.array(list(self.by_seed(cell, quantity).values()), float)

    def pairs(self, one, other, quantity):
        """Differences other - one of the seeds that both have, seeds ascending."""
        first, second = self.by_seed(one, quantity), self.by_seed(other, quantity)
        return np.array([second[seed] - first[seed] for seed in sorted(first.keys() & second.keys())])

    def has(self, quantity):
        return any(len(self.numbers(cell, quantity)) for cell in self.cells)

    def panels(self, keep=None):
        """All k-sparse cells as lines over x: one panel, or one for each combination of the further axes.

        keep: a cell whose line is always shown.
        """
        axes = self.other_axes()
        if not self.cells:
            return []
        if len(split(self, self.cells, axes)) <= MOST_LINES:
            return [_panel(self, "", self.cells, axes, keep)]
        colour = "sparsity_weight" if "sparsity_weight" in axes else axes[0]
        rest = [axis for axis in axes if axis != colour]
        return [_panel(self, self.describe(cells[0], rest), cells, [colour], keep)
                for cells in split(self, self.cells, rest)]

    def panel_of(self, cell):
        return next(panel for panel in self.panels(cell) if any(other is cell for other in panel.cells))


def concerns(axis, cell):
    """Whether an axis changes anything about a cell: raw pixels have a probe only, a classifier has none."""
    of_probe = axis.startswith("probe_")
    return of_probe if cell.kind == "raw" else not (cell.kind == CLASSIFIER and (of_probe or axis == "k"))


def baseline_name(cell):
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


def _scalar(value):
    return value.item() if isinstance(value, np.generic) else value


def _make_cells(sweep, kinds, axes):
    groups = {}
    for row in range(len(sweep)):
        key = (kinds[row], tuple(_scalar(sweep.columns[axis][row]) for axis in axes))
        groups.setdefault(key, []).append(row)
    cells = []
    for (kind, values), rows in sorted(groups.items()):
        rows = np.array(rows)
        status = sweep.status[rows]
        cells.append(Cell(kind, dict(zip(axes, values)), rows, rows[status == DONE], int(np.sum(status == FAILED))))
    return cells


def split(grid, cells, axes):
    """The cells in groups that agree in these axes."""
    groups = {}
    for cell in cells:
        groups.setdefault(tuple(grid.value(cell, axis) for axis in axes), []).append(cell)
    return [groups[key] for key in sorted(groups)]


def _panel(grid, label, cells, axes, keep):
    groups = split(grid, cells, axes)
    kept = next((i for i, group in enumerate(groups) if any(cell is keep for cell in group)), None)
    shown = evenly(groups, MOST_LINES, kept)
    lines = tuple(Line(grid.describe(group[0], axes), tuple(sorted(group, key=grid.x_of))) for group in shown)
    return Panel(label, lines, tuple(cells), len(groups) - len(shown))
