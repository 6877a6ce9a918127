"""Chooses the best setting on the validation part and compares it on the test set."""

from dataclasses import dataclass, field

import numpy as np

from .bounds import bounds_of_difference
from .grid import RANDOM, RAW, split
from .panels import panels_of
from .tradeoff import only_improves
from .verdicts import Judged, all_pairs, judge, judge_by_race, not_judged


@dataclass(frozen=True, eq=False)
class Comparison(Judged):
    """Another cell against the chosen one.  difference: of what the metric judges by, paired by seed; the race's own
    of settings that raced."""
    cell: object = None


@dataclass(frozen=True, eq=False)
class Answer:
    """best_of_x: one cell for each x, ascending.  comparisons: of those; others: of the best of each other line, and of the
    references; rest: of all other cells.  Each of the three is judged together.  n_candidates: cells that could have been chosen;
    passed_over: others, with fewer finished seeds.  best: what the metric is best for; it is not chosen where the metric only improves with L0.

    Of a race only settings that are still in it can be chosen and compared; those that left are in rest."""
    chosen: object = None
    best_of_x: list = field(default_factory=list)
    comparisons: list = field(default_factory=list)
    others: list = field(default_factory=list)
    rest: list = field(default_factory=list)
    passed_over: list = field(default_factory=list)
    n_candidates: int = 1
    best: object = None

    @property
    def only_improves(self):
        return self.chosen is None and self.best is not None

    def comparison_of(self, cell):
        return next((each for each in self.comparisons + self.others + self.rest if each.cell is cell), None)


def find_answer(grid):
    measured = [cell for cell in candidates(grid) if _can_be_chosen(grid, cell)]
    if not measured:
        return _only_setting(grid)
    chosen, passed_over = _best(grid, measured)
    n_candidates = len(measured) - len(passed_over)
    measured = [cell for cell in measured if same_probe(grid, cell, chosen)]
    passed_over = [cell for cell in passed_over if same_probe(grid, cell, chosen)]
    best_of_x = [_best(grid, [cell for cell in measured if grid.x_of(cell) == x])[0]
                 for x in sorted({grid.x_of(cell) for cell in measured})]
    best_of_x = [chosen if grid.x_of(cell) == grid.x_of(chosen) else cell for cell in best_of_x]
    if only_improves(grid, best_of_x + _best_of_lost_x(grid, best_of_x, chosen), chosen):
        return Answer(None, best_of_x, passed_over=passed_over, n_candidates=n_candidates, best=chosen)
    others = _others(grid, chosen, best_of_x)
    rest = [cell for cell in grid.cells + grid.references if same_probe(grid, cell, chosen)
            and not any(cell is each for each in [chosen, *best_of_x, *others])]
    n_candidates_of_others = len(measured) + sum(any(cell is each for each in grid.references) for cell in others)
    return Answer(chosen, best_of_x, _compare(grid, chosen, best_of_x, len(measured)), _compare(grid, chosen, others, n_candidates_of_others),
                  _compare(grid, chosen, rest, n_candidates_of_others, with_p=False), passed_over, n_candidates, chosen)


def _best_of_lost_x(grid, best_of_x, chosen):
    """Of each x whose settings have all left the race, the best of them."""
    left = [cell for cell in candidates(grid) if grid.race and len(grid.choosing(cell)) and same_probe(grid, cell, chosen)]
    lost = {grid.x_of(cell) for cell in left} - {grid.x_of(cell) for cell in best_of_x}
    return [max((cell for cell in left if grid.x_of(cell) == x), key=lambda cell: goodness(grid, cell)) for x in sorted(lost)]


def chosen_by_what_is_judged(grid):
    """Whether the very values that are reported have chosen: then the best has been lucky."""
    return not grid.metric.has_parts and not grid.has_halves


def same_probe(grid, one, other):
    """Whether values of two cells say the same sort of thing, so that one can be better: where x is not the probe."""
    return grid.x == "probe_kind" or "probe_kind" not in grid.all_axes or grid.value(one, "probe_kind") == grid.value(other, "probe_kind")


def best_by_probe(grid, answer):
    """Of each probe but the chosen one's the best cell."""
    rest = [cell for cell in candidates(grid) if _can_be_chosen(grid, cell)
            and not same_probe(grid, cell, answer.chosen)]
    return [_best(grid, cells)[0] for cells in split(grid, rest, ["probe_kind"])]


def candidates(grid):
    """Untrained weights are chosen only where kinds are what is compared."""
    trained = [cell for cell in grid.cells if cell.kind not in (RANDOM, RAW)]
    return trained if trained and grid.x != "kind" else grid.cells


def _can_be_chosen(grid, cell):
    """Whether it has a value to be chosen by and, where other seeds report, one of these to report; in a race, whether it is still in it."""
    if grid.race and not grid.race.is_in(grid.race.setting_of(cell.rows)):
        return False
    return len(grid.choosing(cell)) and (not grid.has_halves or len(grid.judged(cell)))


def _only_setting(grid):
    """A sweep of one setting needs no choice, and so no validation part."""
    done = [cell for cell in grid.cells if len(grid.judged(cell))]
    return Answer(done[0], done, best=done[0]) if len(done) == len(grid.all_cells) == 1 else Answer()


def _best(grid, cells):
    """The best mean on the validation part among the cells with the most finished seeds, the first of equals; the other cells.

    Of a race, whose cells are all in it, its leader; where that is not among these or another metric is asked for, the best mean.
    """
    if grid.race and grid.race.has_leader:
        leads = [cell for cell in cells if is_leader(grid, cell)]
        return leads[0] if leads else max(cells, key=lambda cell: goodness(grid, cell)), []
    most = max(len(cell.choosing) for cell in cells)
    complete = [cell for cell in cells if len(cell.choosing) == most]
    best = max(complete, key=lambda cell: goodness(grid, cell))
    return best, [cell for cell in cells if len(cell.choosing) < most]


def is_leader(grid, cell):
    """Of a race, by the metric that it is reported by."""
    race = grid.race
    return bool(race and race.has_leader and race.metric == grid.metric.name and race.setting_of(cell.rows) == race.leader)


def goodness(grid, cell):
    """The mean of what the metric chooses by, the larger the better; NaN where it was not measured."""
    values = grid.choosing(cell)
    return grid.metric.sign * float(np.mean(values)) if len(values) else np.nan


def _others(grid, chosen, best_of_x):
    """The references, and of each line over x that is not the chosen one's the best cell."""
    cells = [line.cells for panel in panels_of(grid, chosen) for line in panel.lines
             if not any(cell is chosen for cell in line.cells)]
    best = [_best(grid, measured)[0] for measured in
            ([cell for cell in line if _can_be_chosen(grid, cell)] for line in cells) if measured]
    best += [cell for cell in grid.references if len(grid.judged(cell))]
    return [cell for cell in best if same_probe(grid, cell, chosen) and not any(cell is other for other in best_of_x)]


def _compare(grid, chosen, cells, n_candidates, with_p=True):
    """n_candidates: out of how many cells these and the chosen one were picked.  Settings of a race are judged by its own bounds."""
    raced = [cell for cell in cells if cell is not chosen and grid.race and grid.race.setting_of(cell.rows) >= 0]
    others, quantity = [cell for cell in cells if not any(cell is each for each in [chosen, *raced])], grid.metric.judging
    at_once = all_pairs(n_candidates) if chosen_by_what_is_judged(grid) else 0
    judged = judge([grid.pairs(chosen, cell, quantity) for cell in others], bounds_of_difference(quantity), at_once, with_p)
    judged_by_race = [_judged_by_race(grid, chosen, cell) for cell in raced]
    return [Comparison(**vars(each), cell=cell) for cell, each in zip(raced + others, judged_by_race + judged)]


def _judged_by_race(grid, chosen, cell):
    judge_setting = judge_by_race if is_leader(grid, chosen) else not_judged
    return judge_setting(grid.race, grid.race.setting_of(cell.rows))
