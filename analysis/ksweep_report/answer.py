"""Chooses the best setting on the validation part and compares it on the test set."""

from dataclasses import dataclass, field

import numpy as np

from .grid import RANDOM, RAW
from .panels import panels_of
from .statistics import LEVEL, Interval, holm, interval_of, sign_flip_p


@dataclass(frozen=True, eq=False)
class Comparison:
    """Another cell against the chosen one.  difference: of test accuracy, paired by seed."""
    cell: object
    difference: Interval
    p_adjusted: float
    n_pairs: int

    @property
    def distinguishable(self):
        return self.p_adjusted <= LEVEL


@dataclass(frozen=True, eq=False)
class Answer:
    """best_of_x: one cell for each x, ascending.  comparisons: of those; others: of the best of each other line, and of the
    references.  Holm's correction within each of the two.  n_passed_over: cells with fewer finished seeds."""
    chosen: object = None
    best_of_x: list = field(default_factory=list)
    comparisons: list = field(default_factory=list)
    others: list = field(default_factory=list)
    n_passed_over: int = 0

    def comparison_of(self, cell):
        return next((each for each in self.comparisons + self.others if each.cell is cell), None)


def find_answer(grid):
    measured = [cell for cell in _candidates(grid) if len(grid.numbers(cell, "validation_accuracy"))]
    if not measured:
        return _only_setting(grid)
    chosen, n_passed_over = _best(grid, measured)
    best_of_x = [_best(grid, [cell for cell in measured if grid.x_of(cell) == x])[0]
                 for x in sorted({grid.x_of(cell) for cell in measured})]
    best_of_x = [chosen if grid.x_of(cell) == grid.x_of(chosen) else cell for cell in best_of_x]
    return Answer(chosen, best_of_x, _compare(grid, chosen, best_of_x),
                  _compare(grid, chosen, _others(grid, chosen, best_of_x)), n_passed_over)


def _candidates(grid):
    """Untrained weights are chosen only where kinds are what is compared."""
    trained = [cell for cell in grid.cells if cell.kind not in (RANDOM, RAW)]
    return trained if trained and grid.x != "kind" else grid.cells


def _only_setting(grid):
    """A sweep of one setting needs no choice, and so no validation part."""
    done = [cell for cell in grid.cells if len(grid.numbers(cell, "test_accuracy"))]
    return Answer(done[0], done) if len(done) == len(grid.all_cells) == 1 else Answer()


def _best(grid, cells):
    """The highest mean validation accuracy among the cells with the most finished seeds; the first of equals."""
    most = max(len(cell.done) for cell in cells)
    candidates = [cell for cell in cells if len(cell.done) == most]
    best = max(candidates, key=lambda cell: np.mean(grid.numbers(cell, "validation_accuracy")))
    return best, len(cells) - len(candidates)


def _others(grid, chosen, best_of_x):
    """The references, and of each line over x that is not the chosen one's the best cell."""
    cells = [line.cells for panel in panels_of(grid, chosen) for line in panel.lines
             if not any(cell is chosen for cell in line.cells)]
    best = [_best(grid, measured)[0] for measured in
            ([cell for cell in line if len(grid.numbers(cell, "validation_accuracy"))] for line in cells) if measured]
    best += [cell for cell in grid.references if len(grid.numbers(cell, "test_accuracy"))]
    return [cell for cell in best if not any(cell is other for other in best_of_x)]


def _compare(grid, chosen, cells):
    others = [cell for cell in cells if cell is not chosen]
    differences = [grid.pairs(chosen, cell, "test_accuracy") for cell in others]
    adjusted = holm([sign_flip_p(each) for each in differences])
    return [Comparison(cell, interval_of(each), float(p), len(each))
            for cell, each, p in zip(others, differences, adjusted)]
