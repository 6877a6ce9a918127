"""Rows of the tables of the page, as text: settings, cost, what failed, what is missing."""

import numpy as np
from markupsafe import Markup

from ..base.wording import NOTHING, duration, joined, number, p_text, padded, significant, value_text
from ..results.columns import core_seconds
from ..results.grid import concerns, kind_name
from ..results.reading import FAILED, MISSING
from ..results.statistics import interval_of
from ..results.tradeoff import dead_share, l0_of
from ..results.verdicts import LEFT
from .commands import Commands
from .racing import left_text

MOST_ROWS = 200
MOST_FAILURES = 50


def settings(grid, answer):
    cells = grid.cells + grid.references
    reconstructs = grid.metric.reconstructs
    return {"l0": reconstructs and any(np.isfinite(l0_of(grid, cell)) for cell in cells),
            "dead": reconstructs and any(np.isfinite(dead_share(grid, cell)) for cell in cells),
            "rows": [_setting(grid, answer, cell) for cell in cells[:MOST_ROWS]], "n_left_out": max(0, len(cells) - MOST_ROWS),
            "has_kinds": len({cell.kind for cell in cells}) > 1 and "kind" not in grid.axes}


def _setting(grid, answer, cell):
    metric, chosen = grid.metric, cell is answer.chosen
    test = grid.interval(cell, metric.judging)
    comparison = answer.comparison_of(cell)
    difference = comparison.difference if comparison else interval_of([])
    return {
        "kind": _name(grid, cell), "chosen": chosen, "values": [_value(grid, cell, axis) for axis in grid.axes],
        "count": cell.count_text, "incomplete": len(cell.done) < len(cell.rows),
        "validation": metric.text_of_choosing(grid.interval(cell, metric.choosing).mean),
        "test": metric.text(test.mean), "interval": metric.ends(test) or NOTHING, "sd": metric.sd(test),
        "error": number(100 - 100 * test.mean), "l0": padded(l0_of(grid, cell)), "dead": number(100 * dead_share(grid, cell), 1),
        "difference": metric.change(difference.mean), "difference_interval": metric.ends_of_change(difference) or NOTHING,
        "pairs": difference.n, "verdict": _verdict(grid, cell, comparison), "p": p_text(comparison and comparison.p_adjusted),
    }


def _verdict(grid, cell, comparison):
    if comparison is None:
        return NOTHING
    return left_text(grid.race.left_after(grid.race.setting_of(cell.rows))) if comparison.verdict == LEFT else comparison.verdict


def heads(metric):
    """Of the columns of the metric."""
    unit = Markup("&nbsp;%") if metric.in_percent else ""
    of_error = "_mse" in metric.choosing and metric.in_percent
    return {"validation": "validation" + (Markup("&nbsp;MSE") if of_error else unit), "test": ("test" if metric.has_parts else metric.noun) + unit}


def _name(grid, cell):
    """References by all that tells them apart; others by their kind, the rest is in the columns of the axes."""
    return grid.name(cell) if any(cell is other for other in grid.references) else kind_name(cell)


def _value(grid, cell, axis):
    if axis == "kind":
        return kind_name(cell)
    return value_text(grid.value(cell, axis)) if concerns(axis, cell) else NOTHING


def commands(grid, answer):
    """(setting, command) of the chosen setting first, then of all others."""
    make = Commands(grid)
    cells = [cell for cell in grid.cells + grid.references if cell is not answer.chosen]
    cells = ([answer.chosen] if answer.chosen else []) + cells
    return [(grid.name(cell), make.of_cell(cell)) for cell in cells[:MOST_ROWS]]


def cost_rows(grid):
    """One row for each x and each reference: mean times of a trial and core-hours of all of them, finished ones only."""
    groups = [(grid.x_text(x), cells) for x, cells in
              ((x, [cell for cell in grid.cells if grid.x_of(cell) == x]) for x in sorted({grid.x_of(cell) for cell in grid.cells}))]
    groups += [(grid.name(cell), [cell]) for cell in grid.references]
    rows = []
    for name, cells in groups[:MOST_ROWS]:
        done = np.concatenate([cell.done for cell in cells])
        if len(done):
            rows.append((name, len(done), *(duration(_mean(grid.sweep, column, done)) for column in
                                            ("train_time_s", "probe_time_s", "wall_time_s")), padded(core_hours(grid.sweep, done))))
    return rows


def _mean(sweep, name, rows):
    return interval_of(sweep.columns[name][rows]).mean if name in sweep.columns else np.nan


def core_hours(sweep, rows):
    return float(np.nansum(core_seconds(sweep, rows)) / 3600) if "wall_time_s" in sweep.columns else np.nan


def failed(grid):
    rows = np.flatnonzero(grid.sweep.status == FAILED)
    columns = grid.sweep.columns
    empty = np.full(len(grid.sweep), "", dtype=object)
    return {"n": len(rows), "rows": [
        {"id": columns["trial_id"][row], "setting": grid.name(grid.cell_of(row)), "seed": columns["seed"][row],
         "host": columns.get("host", empty)[row], "reason": columns.get("reason", empty)[row] or "no reason recorded"}
        for row in rows[:MOST_FAILURES]]}


def missing(grid):
    """Settings that lack trials, with the seeds they lack."""
    status, seeds = grid.sweep.status, grid.sweep.columns["seed"]
    rows = []
    for cell in grid.cells + grid.references:
        absent = cell.rows[status[cell.rows] == MISSING]
        if len(absent):
            rows.append((grid.name(cell), cell.count_text, joined(value_text(seed) for seed in seeds[absent])))
    return {"n": int(np.sum(status == MISSING)), "rows": rows[:MOST_FAILURES], "n_settings": len(rows)}


def trials(grid):
    """The first trials as text, for readers without JavaScript."""
    sweep = grid.sweep
    states = ("missing", "done", "failed")
    names = [axis for axis in grid.axes if axis != "kind"]
    rows = []
    for row in range(min(len(sweep), MOST_ROWS)):
        cell = grid.cell_of(row)
        rows.append({"id": sweep.columns["trial_id"][row], "status": states[min(int(sweep.status[row]), 2)], "kind": kind_name(cell),
                     "values": [_value(grid, cell, axis) for axis in names], "seed": sweep.columns["seed"][row],
                     "validation": grid.metric.text_of_choosing(_of(sweep, grid.metric.choosing, row)),
                     "test": grid.metric.text(_of(sweep, grid.metric.judging, row)),
                     "mse": significant(_of(sweep, "test_mse", row)), "time": duration(_of(sweep, "wall_time_s", row))})
    return {"axes": names, "rows": rows, "n_left_out": len(sweep) - len(rows)}


def _of(sweep, name, row):
    return float(sweep.columns[name][row]) if name in sweep.columns else np.nan
