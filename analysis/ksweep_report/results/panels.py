"""Cells as lines over x, in one panel or in several."""

from dataclasses import dataclass

from .grid import evenly, split

MOST_LINES = 7
MOST_LINES_OF_PROBES = 4


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


def panels_of(grid, keep=None):
    """One panel, or one for each combination of the further axes.  keep: a cell whose line is always shown.

    Of many lines, those of one probe are together: the same features by different probes would share a scale otherwise.
    """
    axes = grid.other_axes()
    if not grid.cells:
        return []
    n_lines = len(split(grid, grid.cells, axes))
    apart = [axis for axis in axes if axis == "probe_kind"] if n_lines > MOST_LINES_OF_PROBES else []
    return [panel for cells in split(grid, grid.cells, apart)
            for panel in _panels(grid, cells, [axis for axis in axes if axis not in apart], apart, keep)]


def _panels(grid, cells, axes, apart, keep):
    if len(split(grid, cells, axes)) <= MOST_LINES:
        return [_panel(grid, grid.describe(cells[0], apart), cells, axes, keep)]
    colour = next((axis for axis in ("sparsity_weight", "kind") if axis in axes), axes[0])
    rest = [axis for axis in axes if axis != colour]
    return [_panel(grid, grid.describe(some[0], apart + rest), some, [colour], keep) for some in split(grid, cells, rest)]


def panel_of(grid, cell):
    return next(panel for panel in panels_of(grid, cell) if any(other is cell for other in panel.cells))


def _panel(grid, label, cells, axes, keep):
    groups = split(grid, cells, axes)
    kept = next((i for i, group in enumerate(groups) if any(cell is keep for cell in group)), None)
    shown = evenly(groups, MOST_LINES, kept)
    lines = tuple(Line(grid.describe(group[0], axes), tuple(sorted(group, key=grid.x_of))) for group in shown)
    return Panel(label, lines, tuple(cells), len(groups) - len(shown))
