"""The tables as files: trials.csv, summary.csv, summary.tex."""

import csv
import math

import numpy as np

from .grid import concerns
from .statistics import t_interval
from .wording import value_text

STATUS_NAMES = ("missing", "done", "failed")
QUANTITIES = ("validation_accuracy", "test_accuracy", "test_error", "test_nmi", "test_mse", "test_fraction_of_variance_explained",
              "l0_training", "l0_encoding", "dead_units", "train_loss", "train_time_s", "wall_time_s")
TEX = {"\\": r"\textbackslash{}", "&": r"\&", "%": r"\%", "$": r"\$", "#": r"\#", "_": r"\_", "{": r"\{", "}": r"\}",
       "~": r"\textasciitilde{}", "^": r"\textasciicircum{}", "<": r"\textless{}", ">": r"\textgreater{}",
       "|": r"\textbar{}", '"': r"\textquotedbl{}", "–": "--", "−": "$-$"}


def write_all(grid, answer, folder):
    _write_csv(folder / "trials.csv", trial_rows(grid.sweep))
    _write_csv(folder / "summary.csv", summary_rows(grid, answer))
    (folder / "summary.tex").write_text(summary_tex(grid, answer), encoding="utf-8")


def _write_csv(path, rows):
    with open(path, "w", newline="", encoding="utf-8") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)


def _cell_text(value):
    if isinstance(value, str):
        return " ".join(value.split())
    if isinstance(value, (float, np.floating)):
        return "" if not math.isfinite(value) else repr(float(value))
    return str(value)


def trial_rows(sweep):
    """One row for each planned trial, empty where not measured."""
    names = [name for name in sweep.columns if name != "specification"]
    yield names
    columns = dict(sweep.columns)
    columns["status"] = np.array(STATUS_NAMES, dtype=object)[np.minimum(sweep.status, 2)]
    for row in zip(*(columns[name].tolist() for name in names)):
        yield [_cell_text(value) for value in row]


def values_of(grid, cell, quantity):
    if quantity == "test_error":
        return 1 - grid.numbers(cell, "test_accuracy")
    return grid.numbers(cell, quantity)


def summary_rows(grid, answer):
    """One row for each setting and baseline: mean, standard deviation and 95 % t interval over seeds."""
    axes = [grid.x, *grid.other_axes()]
    quantities = [name for name in QUANTITIES if name in grid.sweep.columns or name == "test_error"]
    head = ["kind", *axes, "n_planned", "n_done", "n_failed", "chosen"]
    for name in quantities:
        head += [f"{name}_mean", f"{name}_sd", f"{name}_ci95_low", f"{name}_ci95_high", f"{name}_n"]
    yield head
    for cell in grid.cells + grid.baselines:
        row = [cell.kind, *(value_text(grid.value(cell, axis)) for axis in axes), len(cell.rows), len(cell.done),
               cell.failed, int(cell is answer.chosen)]
        for name in quantities:
            interval = t_interval(values_of(grid, cell, name))
            row += [interval.mean, interval.sd, interval.low, interval.high, interval.n]
        yield [_cell_text(value) for value in row]


def tex_escape(text):
    return "".join(TEX.get(character, character) for character in text)


def summary_tex(grid, answer):
    axes = [grid.x, *grid.other_axes()]
    lines = ["% \\usepackage{booktabs}",
             "% Brackets: 95 % t interval of the mean over seeds.  Bold: chosen on validation accuracy.",
             "\\begin{tabular}{" + "l" * (len(axes) + 1) + "rrlr}", "\\toprule",
             " & ".join(["features", *map(tex_escape, axes), "$n/N$", "validation (\\%)", "test accuracy (\\%)",
                         "test error (\\%)"]) + r" \\", "\\midrule"]
    lines += [_tex_row(grid, answer, cell, axes) for cell in grid.cells]
    if grid.baselines:
        lines += ["\\midrule"] if grid.cells else []
        lines += [_tex_row(grid, answer, cell, axes) for cell in grid.baselines]
    return "\n".join([*lines, "\\bottomrule", "\\end{tabular}"]) + "\n"


def _tex_row(grid, answer, cell, axes):
    test = t_interval(100 * grid.numbers(cell, "test_accuracy"))
    validation = t_interval(100 * grid.numbers(cell, "validation_accuracy"))
    accuracy = _tex_number(test.mean)
    if math.isfinite(test.low):
        accuracy += f" [{_tex_number(test.low)}, {_tex_number(test.high)}]"
    settings = [tex_escape(value_text(grid.value(cell, axis))) if concerns(axis, cell) else "--" for axis in axes]
    words = [tex_escape(cell.kind), *settings, cell.count_text, _tex_number(validation.mean), accuracy,
             _tex_number(100 - test.mean)]
    if cell is answer.chosen:
        words = [f"\\textbf{{{word}}}" for word in words]
    return " & ".join(words) + r" \\"


def _tex_number(value):
    return f"{value:.2f}" if math.isfinite(value) else "--"
