"""The answer in words: the first line of the report and the sentences below it."""

import numpy as np

from ..base.choices import LEAST_FOR_INTERVAL
from ..base.wording import NOTHING, capitalised, joined, plural, significant, unbroken
from ..results.answer import best_by_probe, chosen_by_what_is_judged, goodness
from ..results.grid import CLASSIFIER, RAW
from ..results.race_outcome import raced
from ..results.reading import DONE
from ..results.tradeoff import l0_of, line_with, lines_of, pointers_of, singles
from ..results.verdicts import ALIKE, HIGHER, LOWER, UNTESTABLE
from .frontier import NAMES_OF_POINTERS
from .judging import LEAST_SEEDS, basis, most_pairs, sign_flips
from .racing import certainty_of_race

MOST_NAMED = 6


def headline(grid, answer, complete):
    """(what, figures): `Best k by validation: 25`, `98.65 % test [98.58, 98.71], 10 seeds; k = 20 and 40 not distinguishable`."""
    if answer.only_improves:
        return _no_best(grid, complete), _ends_of_frontier(grid, answer) + raced(grid.race)
    if answer.chosen is None:
        return _nothing_to_choose(grid), ""
    test = grid.interval(answer.chosen, grid.metric.judging)
    figures = f"{_number(grid, test)}, {plural(test.n, 'seed')}{_chosen_by(grid, answer)}"
    return _what(grid, answer, complete), figures + _verdict(grid, answer) + _better_without_x(grid, answer) + raced(grid.race)


def _number(grid, interval):
    """`98.65 % test [98.58, 98.71]`."""
    metric = grid.metric
    return " ".join(filter(None, [f"{metric.text(interval.mean)}{metric.unit} {metric.measured}", metric.ends(interval)]))


def _no_best(grid, complete):
    return (f"A frontier{'' if complete else ' so far'}, not a best {grid.x_name}, as {grid.metric.noun} only falls with "
            f"{'k' if grid.x == 'k' else 'L0'}")


def _ends_of_frontier(grid, answer):
    """`test 41.2 % at k = 8 to 4.53 % [4.4, 4.6] at k = 128, 6 seeds`: along the line of the best."""
    _, cells = line_with(lines_of(grid, answer.best), answer.best)
    ends = [grid.interval(cell, grid.metric.judging) for cell in (cells[0], answer.best)]
    at = [f"{grid.x_name} = {grid.x_text(grid.x_of(cell))}" + ("" if grid.x == "k" else f" (L0 {significant(l0_of(grid, cell))})")
          for cell in (cells[0], answer.best)]
    texts = [f"{grid.metric.text(end.mean)}{grid.metric.unit}" for end in ends]
    text = ("test " if grid.metric.has_parts else "") + (f"{texts[0]} at {at[0]} to " if cells[0] is not answer.best else "")
    rest = grid.describe(answer.best, grid.other_axes())
    last = " ".join(filter(None, [texts[1], grid.metric.ends(ends[1])]))
    return unbroken(f"{text}{last} at {at[1]}{f' ({rest})' if rest else ''}, {plural(ends[1].n, 'seed')}"
                    f"{_pointed(grid, cells)}")


def _pointed(grid, cells):
    """`; c_dec and GT-MCC point at k = 32, consistency between seeds points at k = 40`."""
    names = {}
    for each in singles(pointers_of(grid, cells)):
        names.setdefault(grid.x_text(grid.x_of(each.cells[0])), []).append(NAMES_OF_POINTERS[each.quantity])
    points = [f"{joined(these)} {'point' if len(these) > 1 else 'points'} at {grid.x_name} = {x}" for x, these in names.items()]
    return f"; {', '.join(points)}" if points else ""


def _chosen_by(grid, answer):
    n = len(answer.chosen.choosing)
    return f" (chosen by {n:,} other{'' if n == 1 else 's'})" if grid.has_halves and answer.n_candidates > 1 else ""


def _what(grid, answer, complete):
    cell = answer.chosen
    if len(grid.all_cells) == 1:
        return f"One setting, {grid.describe(cell)}" if grid.axes else "One setting"
    has_kinds = bool(grid.references) and "kind" not in grid.axes
    others = grid.describe(cell, ["kind"] * has_kinds + grid.other_axes())
    x = grid.x_text(grid.x_of(cell))
    by = "validation" if grid.metric.is_accuracy else grid.metric.chosen_on
    text = f"Best {grid.x_name}{'' if complete else ' so far'} by {by}: {x}" + (f" ({others})" if others else "")
    return text.replace(" = ", "\u00a0=\u00a0")


def _nothing_to_choose(grid):
    if not any(len(cell.done) for cell in grid.all_cells):
        if all(cell.failed == len(cell.rows) for cell in grid.all_cells):
            return "Every trial failed: there is nothing to choose from"
        return "No trial has finished: there is nothing to choose from yet"
    if all(cell.kind in (RAW, CLASSIFIER) for cell in grid.all_cells) and grid.has("test_accuracy"):
        return f"These trials have no {grid.metric.noun} on a validation part: all settings are below, none is chosen"
    return f"No {grid.metric.noun} was measured: there is nothing to choose by"


def _worse_and_better(metric):
    return (LOWER, HIGHER) if metric.more_is_better else (HIGHER, LOWER)


def _with_verdict(answer, verdict):
    return [each for each in answer.comparisons if each.verdict == verdict]


def _verdict(grid, answer):
    """`; k = 20 and 40 not distinguishable`, or that all others are worse."""
    worse, better = _worse_and_better(grid.metric)
    verdicts = {each.verdict for each in answer.comparisons}
    if not verdicts or (grid.race and grid.race.metric != grid.metric.name):
        return ""
    if verdicts == {UNTESTABLE}:
        return f"; no other {grid.x_name} testable from so few seeds"
    if verdicts == {worse}:
        return f"; every other {grid.x_name} {worse}"
    return "".join(f"; {_named(grid, some)} {verdict}" for verdict in (ALIKE, better, UNTESTABLE) if (some := _with_verdict(answer, verdict)))


def _better_without_x(grid, answer):
    """`; without k, plain is better on validation: 98.70 % test`: of settings that x does not concern."""
    cells = [each.cell for each in answer.others if any(each.cell is cell for cell in grid.references)
             and goodness(grid, each.cell) > goodness(grid, answer.chosen)]
    if not cells:
        return ""
    best = max(cells, key=lambda cell: goodness(grid, cell))
    test, metric = grid.interval(best, grid.metric.judging), grid.metric
    return (f"; without {grid.x_name}, {unbroken(grid.name(best))} is better{' on validation' if metric.has_parts else ''}: "
            f"{metric.text(test.mean)}{metric.unit} {metric.measured}")


def passed_over(grid, answer):
    """A sentence on the settings that had too few finished seeds to be chosen; the best of them, if it is better."""
    if not answer.passed_over:
        return ""
    best = max(answer.passed_over, key=lambda cell: goodness(grid, cell))
    text = (f"{plural(len(answer.passed_over), 'setting')} with fewer finished seeds than the others could not be chosen: "
            f"a mean over fewer seeds is too easily the {'highest' if grid.metric.more_is_better else 'lowest'} by luck.")
    if goodness(grid, best) <= goodness(grid, answer.best):
        return text
    test, metric = grid.interval(best, grid.metric.judging), grid.metric
    return text + unbroken(f" {metric.better}{' on validation' if metric.has_parts else ''} so far: {grid.name(best)}: "
                           f"{metric.text(test.mean)}{metric.unit} {metric.measured}, {plural(test.n, 'seed')}.")


def _named(grid, comparisons):
    if len(comparisons) > MOST_NAMED:
        return f"{len(comparisons)} other values of {grid.x_name}"
    text = f"{grid.x_name} = " + joined(grid.x_text(grid.x_of(each.cell)) for each in comparisons)
    return text.replace(" = ", "\u00a0=\u00a0")


def certainty(grid, answer):
    """Sentences on which other x differ from the chosen one, what that rests on, and what the choice does to it."""
    if answer.chosen is None or len(grid.all_cells) == 1:
        return []
    if grid.race:
        return [*certainty_of_race(grid, answer, lambda some: _named(grid, some)), *_edge_of_grid(grid, answer)]
    if not answer.comparisons:
        return [f"Only one value of {grid.x_name} has finished trials, so there is nothing to compare it with."]
    sentences = _too_few(grid, answer) if {each.verdict for each in answer.comparisons} == {UNTESTABLE} else [
        *_verdicts(grid, answer), basis(answer.comparisons), sign_flips(answer.comparisons, lambda some: _named(grid, some)),
        _luck_of_the_best(grid, answer)]
    return [*filter(None, sentences), *_edge_of_grid(grid, answer)]


def _too_few(grid, answer):
    n_pairs, that_report = most_pairs(answer.comparisons), " that report" if grid.has_halves else ""
    why = "with a single seed, chance and effect look the same" if n_pairs < 2 else f"no interval is given from {LEAST_SEEDS}"
    return [f"No other {grid.x_name} is testable: {why}. It takes {LEAST_FOR_INTERVAL} seeds{that_report} of each setting to tell large differences, "
            "and more for smaller ones; `ksweep plan` says which."]


def _verdicts(grid, answer):
    metric = grid.metric
    worse, better = _worse_and_better(metric)
    if all(each.verdict == worse for each in answer.comparisons):
        return [f"Every other {grid.x_name} is {worse}{metric.where}."]
    heads = {worse: f"{capitalised(worse)}{metric.where}", better: f"{capitalised(better)} on the test set, though not on the validation part",
             ALIKE: capitalised(ALIKE), UNTESTABLE: f"{capitalised(UNTESTABLE)} ({LEAST_SEEDS})"}
    return [f"{head}: {_named(grid, some)}." for verdict, head in heads.items() if (some := _with_verdict(answer, verdict))]


def _luck_of_the_best(grid, answer):
    if not chosen_by_what_is_judged(grid):
        return ""
    return (f"The same values chose the {grid.x_name} and judge it, so that its own mean flatters it (the winner's curse); the intervals of "
            "differences allow for that, being those of all pairs that could have been chosen.")


def _edge_of_grid(grid, answer):
    xs = grid.values_of(grid.x)
    x = grid.x_of(answer.chosen)
    if not grid.is_number(grid.x) or len(xs) < 2 or xs[0] < x < xs[-1]:
        return []
    return [f"It is the {'smallest' if x == xs[0] else 'largest'} {grid.x_name} of the sweep: a better one may lie beyond."]


def beside(grid, answer):
    """Rows of a table, as text: each other line's best and each reference, the best on validation first."""
    if answer.chosen is None:
        return []
    others = sorted(answer.others, key=lambda each: -np.nan_to_num(goodness(grid, each.cell), nan=-np.inf))
    return [{"name": unbroken(grid.name(each.cell)), "value": grid.metric.text(grid.interval(each.cell, grid.metric.judging).mean),
             **_difference(grid.metric, each)} for each in others]


def other_probes(grid, answer):
    """`k = 25, probe_kind = knn: 97.16 % [96.98, 97.34]`: what is best by each other probe, which is not to be compared with the chosen one."""
    if answer.chosen is None:
        return []
    metric = grid.metric
    tests = [(cell, grid.interval(cell, metric.judging)) for cell in best_by_probe(grid, answer)]
    return [f"{grid.name(cell)}: " + " ".join(filter(None, [metric.text(test.mean) + " %" * metric.in_percent, metric.ends(test)]))
            for cell, test in tests]


def stopped_early(grid):
    """A sentence on softmax regressions whose weights may be farther from the best ones than these are long; "" if there are none."""
    columns, done = grid.sweep.columns, grid.sweep.status == DONE
    if not {"probe_gradient", "probe_l2"} <= columns.keys():
        return ""
    fitted = done & np.isfinite(columns["probe_l2"]) & np.isfinite(columns["probe_gradient"])
    early = fitted & (columns["probe_gradient"] >= columns["probe_l2"])
    if not np.any(early):
        return ""
    return (f"In {int(np.sum(early)):,} of {plural(int(np.sum(fitted)), 'trial')} the softmax regression was stopped before its L2 strength alone "
            "decided (probe_gradient ≥ probe_l2): there the strength is partly a choice of when to stop. "
            "A smaller probe.tolerance shows how much that matters.")


def _difference(metric, comparison):
    if not comparison.n_pairs:
        return {"difference": NOTHING, "interval": NOTHING, "verdict": NOTHING}
    difference = comparison.difference
    return {"difference": metric.change(difference.mean), "verdict": comparison.verdict,
            "interval": metric.ends_of_change(difference) or f"from {plural(difference.n, 'seed')}"}


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
