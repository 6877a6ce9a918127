"""The tables as files: trials.csv, summary.csv, race.csv, frontier.csv, effects.csv, interactions.csv."""

import csv
import math

import numpy as np

from ..base.wording import value_text
from ..results.statistics import Interval
from ..results.test_set import n_test_samples, interval_of_test_set
from ..results.tradeoff import frontier_of, steps_of
from .commands import Commands
from .racing import race_rows

FORMULA = ("=", "+", "-", "@")
STATUS_NAMES = ("missing", "done", "failed")
QUANTITIES = ("validation_accuracy", "test_accuracy", "test_error", "test_nmi", "test_mse", "test_fraction_of_variance_explained",
              "test_mse_by_rule", "test_fraction_of_variance_explained_by_rule", "l0_training", "l0_encoding", "dead_units", "train_loss",
              "train_time_s", "wall_time_s",
              "validation_fvu", "test_fvu", "validation_fvu_by_rule", "test_fvu_by_rule", "validation_fvu_by_threshold", "test_fvu_by_threshold",
              "test_cosine", "test_norm_ratio", "l0_by_rule", "l0_by_threshold", "threshold", "dead_units_validation", "always_on_units",
              "mean_decoder_cosine", "largest_decoder_cosine", "true_mcc", "true_uniqueness", "true_found", "consistency", "consistency_by_chance",
              "reappearing_units")


def write_csv(grid, answer, effects, folder):
    write_rows(folder / "trials.csv", trial_rows(grid))
    write_rows(folder / "summary.csv", summary_rows(grid, answer))
    if grid.race:
        write_rows(folder / "race.csv", ([cell_text(value) for value in row] for row in race_rows(grid)))
    steps = steps_of(grid, frontier_of(grid, answer.best))
    if steps:
        write_rows(folder / "frontier.csv", step_rows(grid, steps))
    if effects.axes:
        write_rows(folder / "effects.csv", effect_rows(effects))
    if effects.interactions:
        write_rows(folder / "interactions.csv", interaction_rows(effects))


def write_rows(path, rows):
    with open(path, "w", newline="", encoding="utf-8") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)


def cell_text(value):
    """Text that a spreadsheet would take for a formula gets a quote before it."""
    if isinstance(value, str):
        text = " ".join(value.split())
        return "'" + text if text.startswith(FORMULA) else text
    if isinstance(value, (float, np.floating)):
        return "" if not math.isfinite(value) else repr(float(value))
    return str(value)


def trial_rows(grid):
    """One row for each planned trial, empty where not measured; with what its seed is for where others choose than report."""
    sweep = grid.sweep
    names = [name for name in sweep.columns if name != "specification"]
    columns = dict(sweep.columns)
    if grid.has_halves:
        names.append("role")
        columns["role"] = np.where(np.isin(sweep.columns["seed"], grid.choosing_seeds), "chooses", "reports")
    yield names
    columns["status"] = np.array(STATUS_NAMES, dtype=object)[np.minimum(sweep.status, 2)]
    for row in zip(*(columns[name].tolist() for name in names)):
        yield [cell_text(value) for value in row]


def _interval(grid, cell, quantity):
    if quantity != "test_error":
        return grid.interval(cell, quantity)
    test = grid.interval(cell, "test_accuracy")
    return Interval(1 - test.mean, test.sd, 1 - test.high, 1 - test.low, test.n)


def summary_rows(grid, answer):
    """One row for each setting: mean, standard deviation and 95 % interval over seeds; what the test set's size leaves open."""
    axes, make = [axis for axis in grid.axes if axis != "kind"], Commands(grid)
    quantities = [name for name in QUANTITIES if name in grid.sweep.columns or name == "test_error"]
    head = ["kind", *axes, "n_planned", "n_done", "n_failed", "chosen"]
    for name in quantities:
        head += [f"{name}_mean", f"{name}_sd", f"{name}_ci95_low", f"{name}_ci95_high", f"{name}_n"]
    yield [*head, "n_test_samples", "test_accuracy_wilson95_low", "test_accuracy_wilson95_high", "setting", "command"]
    for cell in grid.cells + grid.references:
        row = [cell.kind, *(value_text(grid.value(cell, axis)) for axis in axes), len(cell.rows), len(cell.done),
               cell.failed, int(cell is answer.chosen)]
        for name in quantities:
            interval = _interval(grid, cell, name)
            row += [interval.mean, interval.sd, interval.low, interval.high, interval.n]
        row += [n_test_samples(grid, cell) or "", *(interval_of_test_set(grid, cell) or ("", "")), grid.name_in_keys(cell), make.of_cell(cell)]
        yield [cell_text(value) for value in row]


def simultaneous(name):
    """The columns of an interval that holds together with the others of its table or group, as ci95 does alone."""
    return [f"{name}_simultaneous95_low", f"{name}_simultaneous95_high"]


def step_rows(grid, steps):
    """One row for each step along a line: from one setting to the one with the next larger L0, paired by seed."""
    yield ["line", "from", "to", "l0_from", "l0_to", "change_mean", *simultaneous("change"),
           "per_doubling_mean", *simultaneous("per_doubling"), "pairs"]
    for step in steps:
        change, relative = step.change, step.per_doubling
        numbers = [*step.l0, change.mean, change.low, change.high, relative.mean, relative.low, relative.high]
        yield [cell_text(each) for each in (step.line, *(grid.x_text(grid.x_of(cell)) for cell in (step.first, step.second)), *numbers, change.n)]


def effect_rows(effects):
    """One row for each value of an axis: what it changes against the reference, over so many settings of the other axes."""
    yield ["axis", "reference", "value", "difference_mean", *simultaneous("difference"), "pairs", "settings", "settings_planned"]
    for each in effects.axes:
        for effect in each.effects:
            difference = effect.difference
            yield [cell_text(text) for text in (each.axis, value_text(each.reference), value_text(effect.value), difference.mean, difference.low,
                                                difference.high, difference.n, effect.settings, each.planned)]


def interaction_rows(effects):
    """One row for each pair of axes: its largest deviation from the sum of what each does alone."""
    yield ["axis", "reference", "value", "other_axis", "other_reference", "other_value", "deviation_mean", *simultaneous("deviation"), "pairs",
           "settings"]
    for each in effects.interactions:
        names = [text for axis, *values in zip(each.axes, each.references, each.values) for text in (axis, *map(value_text, values))]
        difference = each.difference
        yield [cell_text(text) for text in (*names, difference.mean, difference.low, difference.high, difference.n, each.settings)]
