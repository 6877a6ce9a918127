"""Chooses the best setting on the validation part and says what the test set allows to be said about it."""

from dataclasses import dataclass, field

import numpy as np

from .grid import CLASSIFIER
from .statistics import LEVEL, Interval, holm, least_p, least_pairs, sign_flip_p, t_interval
from .wording import bracket, joined, percent, plural, value_text


@dataclass(frozen=True, eq=False)
class Comparison:
    """One other x, at its own best setting, against the chosen cell.  difference: of test accuracy, paired by seed."""
    cell: object
    difference: Interval
    p_adjusted: float
    n_pairs: int

    @property
    def distinguishable(self):
        return self.p_adjusted <= LEVEL


@dataclass(frozen=True, eq=False)
class Answer:
    chosen: object = None
    best_of_x: list = field(default_factory=list)     # one cell for each x, x ascending
    comparisons: list = field(default_factory=list)
    n_passed_over: int = 0                            # cells with fewer finished seeds than others

    def comparison_of(self, cell):
        return next((each for each in self.comparisons if each.cell is cell), None)


def find_answer(grid):
    measured = [cell for cell in grid.cells if len(grid.numbers(cell, "validation_accuracy"))]
    chosen, n_passed_over = _best(grid, measured)
    if chosen is None:
        return Answer()
    best_of_x = [_best(grid, [cell for cell in measured if grid.x_of(cell) == x])[0]
                 for x in sorted({grid.x_of(cell) for cell in measured})]
    best_of_x = [chosen if grid.x_of(cell) == grid.x_of(chosen) else cell for cell in best_of_x]
    return Answer(chosen, best_of_x, _compare(grid, chosen, best_of_x), n_passed_over)


def _best(grid, cells):
    """The highest mean validation accuracy among the cells with the most finished seeds; the first of equals."""
    if not cells:
        return None, 0
    most = max(len(cell.done) for cell in cells)
    candidates = [cell for cell in cells if len(cell.done) == most]
    best = max(candidates, key=lambda cell: np.mean(grid.numbers(cell, "validation_accuracy")))
    return best, len(cells) - len(candidates)


def _compare(grid, chosen, best_of_x):
    others = [cell for cell in best_of_x if cell is not chosen]
    differences = [grid.pairs(chosen, cell, "test_accuracy") for cell in others]
    adjusted = holm([sign_flip_p(each) for each in differences])
    return [Comparison(cell, t_interval(each), float(p), len(each))
            for cell, each, p in zip(others, differences, adjusted)]


def headline(grid, answer, complete):
    """The first line of the report, as (what, figures)."""
    if answer.chosen is None:
        return _nothing_to_choose(grid), ""
    test = t_interval(grid.numbers(answer.chosen, "test_accuracy"))
    x = f"{grid.x} = {value_text(grid.x_of(answer.chosen))}"
    others = grid.describe(answer.chosen, grid.other_axes())
    what = ("Best" if complete else "Best so far") + f" by validation accuracy: {x}" + (f" ({others})" if others else "")
    interval = bracket(100 * test.low, 100 * test.high)
    what = what.replace(" = ", "\u00a0=\u00a0")
    accuracy, seeds = f"{percent(test.mean)}\u00a0% test accuracy", f"({plural(test.n, 'seed')})"
    return what, " ".join(filter(None, [accuracy, interval, seeds]))


def _nothing_to_choose(grid):
    if not grid.cells:
        if any(cell.kind == CLASSIFIER for cell in grid.baselines):
            return "This sweep has no k-sparse trial: its classifiers are in the table of settings"
        return "This sweep has no k-sparse trial: only baselines are shown"
    if not any(len(cell.done) for cell in grid.cells):
        if all(cell.failed == len(cell.rows) for cell in grid.cells):
            return "Every trial failed: there is nothing to choose from"
        return "No trial has finished: there is nothing to choose from yet"
    return "No accuracy was measured: there is nothing to choose by"


def certainty(grid, answer):
    """Sentences on which other x can be told apart from the chosen one."""
    if answer.chosen is None:
        return []
    x = grid.x
    if not answer.comparisons:
        return [f"Only one value of {x} has finished trials, so there is nothing to compare it with."]
    n_pairs = max(each.n_pairs for each in answer.comparisons)
    n_comparisons = len(answer.comparisons)
    if n_comparisons * least_p(n_pairs) > LEVEL:
        sentences = [_too_few(x, n_pairs, n_comparisons)]
    else:
        sentences = _verdicts(grid, answer)
    return sentences + _edge_of_grid(grid, answer)


def _too_few(x, n_pairs, n_comparisons):
    if n_pairs < 2:
        return (f"No other {x} can be told apart from it: with a single seed, chance and effect look the same. "
                f"At least {least_pairs(n_comparisons)} seeds of each setting are needed for p < 0.05.")
    least = least_p(n_pairs)
    corrected = min(1.0, n_comparisons * least)
    holm_note = f" ({corrected:.2g} after correction for {n_comparisons} comparisons)" if corrected > least else ""
    return (f"No other {x} can be told apart from it: with {plural(n_pairs, 'paired seed')} no sign-flip test can go "
            f"below p = {least:.2g}{holm_note}, so no significance is claimed. At least {least_pairs(n_comparisons)} seeds "
            "of each setting are needed for p < 0.05" + (" (6 for a single comparison)." if n_comparisons > 1 else "."))


def _verdicts(grid, answer):
    def names(comparisons):
        return f"{grid.x} = " + joined(value_text(grid.x_of(each.cell)) for each in comparisons)

    alike = [each for each in answer.comparisons if not each.distinguishable]
    worse = [each for each in answer.comparisons if each.distinguishable and each.difference.mean < 0]
    better = [each for each in answer.comparisons if each.distinguishable and each.difference.mean > 0]
    if not alike and not better:
        return [f"Every other {grid.x} is lower on the test set (p < 0.05 after Holm's correction)."]
    sentences = [f"Not distinguishable from it: {names(alike)}."] if alike else []
    if worse:
        sentences.append(f"Lower on the test set: {names(worse)}.")
    if better:
        sentences.append(f"Higher on the test set, though not on the validation part: {names(better)}.")
    return sentences


def _edge_of_grid(grid, answer):
    xs = grid.values_of(grid.x)
    x = grid.x_of(answer.chosen)
    if len(xs) < 2 or xs[0] < x < xs[-1]:
        return []
    return [f"It is the {'smallest' if x == xs[0] else 'largest'} {grid.x} of the sweep: a better one may lie beyond."]


def progress(sweep):
    """`7 of 24 trials done, 2 failed, 15 missing`; empty if all are done."""
    done, failed = int(np.sum(sweep.status == 1)), int(np.sum(sweep.status == 2))
    missing = len(sweep) - done - failed
    if done == len(sweep):
        return ""
    parts = [f"{done:,} of {plural(len(sweep), 'trial')} done"]
    parts += [f"{failed:,} failed"] if failed else []
    parts += [f"{missing:,} missing"] if missing else []
    return ", ".join(parts)


def baselines_in_words(grid):
    """`raw pixels 92.61 %`: the best of each kind of baseline by validation accuracy, on the test set."""
    best = {}
    for cell in grid.baselines:
        values = grid.numbers(cell, "validation_accuracy")
        if len(values) and np.mean(values) > best.get(cell.kind, (-1.0, None))[0]:
            best[cell.kind] = (np.mean(values), cell)
    return [f"{grid.name(cell)}: {percent(t_interval(grid.numbers(cell, 'test_accuracy')).mean)} %"
            for _, cell in best.values()]
