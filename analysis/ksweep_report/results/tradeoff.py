"""Reconstruction against measured L0: the frontier, what each doubling buys, and what else points at a place on it."""

from dataclasses import dataclass

import numpy as np

from .bounds import bounds_of_difference
from .grid import concerns
from .panels import panels_of
from .statistics import Interval
from .verdicts import HIGHER, LOWER, all_pairs, judge

LEAST_RANGE = 1.1       # of L0, largest over smallest, below which there is no trade-off to show and no doubling to speak of
L0_IS_K = 0.01          # of L0 / k - 1 in every trial: less, and there is nothing to see
FLAT_SLOPE = 0.15       # of log L0 over log x: less, and x no longer moves L0
LEAST_ELBOW = 0.1       # distance below the chord, of a curve within the unit square
DEAD_TOLERANCE = 0.01   # of all units above the fewest


@dataclass(frozen=True, eq=False)
class Step:
    """From one cell of a line to the next larger L0.  change: of the metric; per_doubling: its relative change for each doubling of x where x is
    k, else of L0, which then has to grow by a tenth.  Both paired by seed; intervals of either hold together over all steps."""
    line: str
    first: object
    second: object
    l0: tuple
    change: Interval
    per_doubling: Interval


@dataclass(frozen=True, eq=False)
class Pointer:
    """Where along a line a quantity is best.  how: `smallest`, `highest`, `elbow` or `few`; cells: one, or of `few` all that are near the
    fewest; votes: seeds that are best there alone, of all; at_edge: a better place may lie beyond."""
    quantity: str
    how: str
    cells: tuple
    value: float
    votes: tuple = (0, 0)
    at_edge: bool = False


def l0_of(grid, cell):
    """Mean number of active units, as measured where the metric was; k where that was not."""
    values = grid.numbers(cell, grid.metric.l0)
    if len(values):
        return float(values.mean())
    k = grid.value(cell, "k")
    return float(k) if k else np.nan


def farthest_from_k(grid):
    """The largest |L0 / k - 1| of a trial, where L0 is k in all of them but for what rarely happens; else None."""
    rows = [row for cell in grid.cells if concerns("k", cell) and grid.value(cell, "k") for row in cell.reporting]
    if not rows or "l0_training" not in grid.sweep.columns:
        return None
    share = np.abs(grid.sweep.columns["l0_training"][rows] / grid.sweep.columns["k"][rows] - 1)
    return float(share.max()) if np.isfinite(share).all() and share.max() <= L0_IS_K else None


def lines_of(grid, best=None):
    """(label, cells with a value and an L0, the latter ascending): each line over x, with its panel's label.  best: its line is never left out."""
    found = []
    for panel in panels_of(grid, best):
        for line in panel.lines:
            cells = [cell for cell in line.cells if len(grid.judged(cell)) and np.isfinite(l0_of(grid, cell))]
            label = ", ".join(filter(None, [panel.label, line.label]))
            found += [(label, tuple(sorted(cells, key=lambda cell: l0_of(grid, cell))))] if cells else []
    return found


def frontier_of(grid, best):
    """The lines along which there is a trade-off to show."""
    return [line for line in lines_of(grid, best) if has_frontier(grid, line[1])]


def line_with(lines, best):
    """That of the best cell, or the first one."""
    return next((line for line in lines if any(cell is best for cell in line[1])), lines[0])


def has_frontier(grid, cells):
    """Whether these cells, of one line over x, differ in L0 and are judged by how well they reconstruct."""
    l0 = [value for value in (l0_of(grid, cell) for cell in cells) if np.isfinite(value) and value > 0]
    return grid.metric.reconstructs and len(l0) > 1 and max(l0) / min(l0) > LEAST_RANGE


def only_improves(grid, cells, best):
    """Whether the cell with the largest L0 is the best one, or not distinctly worse: then the metric names no best x.

    With too few seeds to tell, it is the frontier that it is known to be.  What has left a race is distinctly worse.
    """
    if not has_frontier(grid, cells):
        return False
    largest = max((cell for cell in cells if np.isfinite(l0_of(grid, cell))), key=lambda cell: l0_of(grid, cell))
    if grid.race:
        return largest is best or grid.race.is_in(grid.race.setting_of(largest.rows))
    return largest is best or _verdict(grid, best, largest, grid.metric.judging, len(cells) - 1) != \
        (LOWER if grid.metric.more_is_better else HIGHER)


def _verdict(grid, one, other, quantity, at_once):
    """On other - one, one of so many differences that are told apart at once."""
    return judge([grid.pairs(one, other, quantity)], bounds_of_difference(quantity), at_once, with_p=False)[0].verdict


def steps_of(grid, lines):
    """Their intervals hold together, as those of verdicts do."""
    pairs = [(label, first, second) for label, cells in lines for first, second in zip(cells, cells[1:])]
    quantity = grid.metric.judging
    changes = judge([grid.pairs(first, second, quantity) for _, first, second in pairs], bounds_of_difference(quantity), with_p=False)
    logs = judge([_logs_per_doubling(grid, first, second) for _, first, second in pairs], with_p=False)
    return [Step(*pair, (l0_of(grid, pair[1]), l0_of(grid, pair[2])), change.difference, _relative(log.difference))
            for pair, change, log in zip(pairs, changes, logs)]


def _logs_per_doubling(grid, first, second):
    """Of each seed the logarithm of second / first, for one doubling; none where it would be of no reach."""
    ratio = grid.x_of(second) / grid.x_of(first) if grid.x == "k" else l0_of(grid, second) / l0_of(grid, first)
    reach = np.log2(ratio) if grid.x == "k" or ratio >= LEAST_RANGE else 0
    one, other = (grid.by_seed(cell, grid.metric.judging) for cell in (first, second))
    return [np.log(other[seed] / one[seed]) / reach for seed in sorted(one.keys() & other.keys()) if one[seed] > 0 and other[seed] > 0] \
        if reach > 0 else []


def _relative(logs):
    return Interval(*(float(np.expm1(each)) for each in (logs.mean, logs.sd, logs.low, logs.high)), logs.n)


def dead_column(grid):
    """Counted in the evaluation where that was done, else in the last epoch of the training; None without."""
    return next((name for name in ("dead_units_validation", "dead_units") if grid.has(name)), None)


def dead_share(grid, cell):
    """Of all units; NaN where it was not measured."""
    name, hidden = dead_column(grid), grid.value(cell, "hidden")
    values = grid.numbers(cell, name) if name else []
    return float(np.mean(values)) / hidden if len(values) and hidden else np.nan


def pointers_of(grid, cells):
    """What each further quantity says about the right place along one line, L0 ascending; of those that vary over it by more than seeds do."""
    found = [_smallest_or_elbow(grid, cells, "mean_decoder_cosine"), _highest(grid, cells, "true_mcc"), _highest(grid, cells, "consistency"),
             _highest(grid, cells, "validation_accuracy"), _few_dead(grid, cells)]
    return [pointer for pointer in found if pointer is not None]


def _highest(grid, cells, quantity):
    return _extreme(grid, cells, quantity, "highest", 1)


def _smallest_or_elbow(grid, cells, quantity):
    """At an end of the grid the smallest value says nothing, but a curve that falls fast and then slowly has an elbow."""
    smallest = _extreme(grid, cells, quantity, "smallest", -1)
    if smallest is None or not smallest.at_edge:
        return smallest
    measured = [cell for cell in cells if len(grid.numbers(cell, quantity))]
    at = _elbow([l0_of(grid, cell) for cell in measured], [grid.numbers(cell, quantity).mean() for cell in measured])
    if at is None:
        return smallest
    return Pointer(quantity, "elbow", (measured[at],), float(grid.numbers(measured[at], quantity).mean()))


def _extreme(grid, cells, quantity, how, sign):
    measured = [cell for cell in cells if len(grid.numbers(cell, quantity))]
    means = [sign * float(grid.numbers(cell, quantity).mean()) for cell in measured]
    if len(measured) < 2 or np.ptp(means) <= 1e-12:
        return None
    at = int(np.argmax(means))
    if _verdict(grid, measured[int(np.argmin(means))], measured[at], quantity, all_pairs(len(measured))) not in (LOWER, HIGHER):
        return None   # the ends of the quantity, picked from all pairs, are no farther apart than seeds are
    by_seed = [grid.by_seed(cell, quantity) for cell in measured]
    seeds = set.intersection(*(set(each) for each in by_seed))
    votes = sum(int(np.argmax([sign * each[seed] for each in by_seed])) == at for seed in seeds)
    return Pointer(quantity, how, (measured[at],), sign * means[at], (votes, len(seeds)), at in (0, len(measured) - 1))


def _elbow(l0, values):
    """Where a curve that falls over log L0 lies farthest below the line between its ends (Satopää et al. 2011, Kneedle); None without a bend."""
    if len(values) < 4 or min(l0) <= 0:
        return None
    x, y = np.log(l0), np.asarray(values, float)
    if y[-1] >= y[0]:
        return None
    x, y = (x - x[0]) / (x[-1] - x[0]), (y - y[-1]) / (y[0] - y[-1])
    below = (1 - x) - y
    at = int(np.argmax(below))
    return at if below[at] > LEAST_ELBOW else None


def _few_dead(grid, cells):
    shares = np.array([dead_share(grid, cell) for cell in cells])
    if np.isfinite(shares).sum() < 2 or np.nanmax(shares) - np.nanmin(shares) <= DEAD_TOLERANCE:
        return None
    near = tuple(cell for cell, share in zip(cells, shares) if share <= np.nanmin(shares) + DEAD_TOLERANCE)
    return Pointer(dead_column(grid), "few", near, float(np.nanmin(shares)))


def singles(pointers):
    """Those that single out one cell: a smallest value at an end of the grid does not, nor do the cells with few dead units."""
    return [each for each in pointers if each.how != "few" and not (each.how == "smallest" and each.at_edge)]


def steps_apart(cells, pointers):
    """How many steps of the line lie between the cells that are singled out; None where fewer than two quantities do."""
    places = [next(i for i, cell in enumerate(cells) if cell is pointer.cells[0]) for pointer in singles(pointers)]
    return max(places) - min(places) if len(places) > 1 else None


def flat_ends(grid, cells):
    """[(from cell, to cell)]: ends of a line, in the order of x, along which L0 barely changes; the whole line where it does so everywhere."""
    cells = sorted((cell for cell in cells if grid.is_number(grid.x) and grid.x_of(cell) > 0), key=grid.x_of)
    steps = list(zip(cells, cells[1:]))
    flat = [_is_flat(grid, *pair) for pair in steps]
    if not steps or not any(flat):
        return []
    if all(flat):
        return [(cells[0], cells[-1])]
    first, last = flat.index(False), flat[::-1].index(False)
    return ([(cells[0], cells[first])] if first else []) + ([(cells[-1 - last], cells[-1])] if last else [])


def _is_flat(grid, first, second):
    slope = np.log(l0_of(grid, second) / l0_of(grid, first)) / np.log(grid.x_of(second) / grid.x_of(first))
    return abs(slope) < FLAT_SLOPE
