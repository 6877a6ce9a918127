"""The tables as files: trials.csv, summary.csv, summary.tex."""

import csv
import math

import numpy as np

from ..base.wording import NOTHING, number, padded, value_text
from ..results.grid import concerns, kind_name
from ..results.statistics import Interval, interval_name, interval_of
from ..results.test_set import n_test_samples, interval_of_test_set
from ..results.tradeoff import frontier_of, l0_of, steps_of
from .commands import Commands
from .headline import certainty
from .reach import reach

FORMULA = ("=", "+", "-", "@")
STATUS_NAMES = ("missing", "done", "failed")
QUANTITIES = ("validation_accuracy", "test_accuracy", "test_error", "test_nmi", "test_mse", "test_fraction_of_variance_explained",
              "test_mse_by_rule", "test_fraction_of_variance_explained_by_rule", "l0_training", "l0_encoding", "dead_units", "train_loss",
              "train_time_s", "wall_time_s",
              "validation_fvu", "test_fvu", "validation_fvu_by_rule", "test_fvu_by_rule", "validation_fvu_by_threshold", "test_fvu_by_threshold",
              "test_cosine", "test_norm_ratio", "l0_by_rule", "l0_by_threshold", "threshold", "dead_units_validation", "always_on_units",
              "mean_decoder_cosine", "largest_decoder_cosine", "true_mcc", "true_uniqueness", "true_found", "consistency", "consistency_by_chance",
              "reappearing_units")
TEX = {"\\": r"\textbackslash{}", "&": r"\&", "%": r"\%", "$": r"\$", "#": r"\#", "_": r"\_", "{": r"\{", "}": r"\}",
       "~": r"\textasciitilde{}", "^": r"\textasciicircum{}", "<": r"\textless{}", ">": r"\textgreater{}",
       "|": r"\textbar{}", "…": r"\ldots{}", "×": r"$\times$", '"': r"\textquotedbl{}", "–": "--", "−": "$-$"}


def write_csv(grid, answer, folder):
    write_rows(folder / "trials.csv", trial_rows(grid))
    write_rows(folder / "summary.csv", summary_rows(grid, answer))
    steps = steps_of(grid, frontier_of(grid, answer.best))
    if steps:
        write_rows(folder / "frontier.csv", step_rows(grid, steps))


def write_latex(grid, answer, folder):
    (folder / "summary.tex").write_text(summary_tex(grid, answer), encoding="utf-8")


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
        row += [n_test_samples(grid, cell) or "", *(interval_of_test_set(grid, cell) or ("", "")), grid.name(cell), make.of_cell(cell)]
        yield [cell_text(value) for value in row]


def step_rows(grid, steps):
    """One row for each step along a line: from one setting to the one with the next larger L0, paired by seed."""
    yield ["line", "from", "to", "l0_from", "l0_to", "change_mean", "change_ci95_low", "change_ci95_high", "per_doubling_mean",
           "per_doubling_ci95_low", "per_doubling_ci95_high", "pairs"]
    for step in steps:
        change, relative = step.change, step.per_doubling
        numbers = [*step.l0, change.mean, change.low, change.high, relative.mean, relative.low, relative.high]
        yield [cell_text(each) for each in (step.line, *(grid.x_text(grid.x_of(cell)) for cell in (step.first, step.second)), *numbers, change.n)]


def tex_escape(text):
    """What plain pdflatex has no letter for becomes a question mark."""
    return "".join(TEX.get(each, each if 31 < ord(each) < 256 else "?") for each in " ".join(text.split()))


def summary_tex(grid, answer):
    """Scaled down where it is wider than the text; features are a column where there are several kinds."""
    axes = [axis for axis in grid.axes if axis != "kind"]
    has_kinds = not axes or len({cell.kind for cell in grid.all_cells}) > 1
    lines = ["% \\usepackage{booktabs,graphicx}",
             f"% Brackets: {tex_escape(interval_name())} of the mean over seeds.{_tex_choice(grid, answer)}",
             *_tex_columns(grid),
             *_tex_comparison(grid, answer),
             "\\begingroup\\footnotesize\\setlength{\\tabcolsep}{3.5pt}%",
             "\\resizebox{\\ifdim\\width>\\linewidth\\linewidth\\else\\width\\fi}{!}{%",
             "\\begin{tabular}{" + "l" * (len(axes) + has_kinds) + ("rrlr" if answer.only_improves else "rrlrllr") + "}", "\\toprule",
             " & ".join([*["features"] * has_kinds, *(tex_escape(axis.removesuffix("_requested")) for axis in axes), "$n/N$", *_tex_head(grid),
                         *([] if answer.only_improves else ["difference", "verdict", "$p$"])]) + r" \\", "\\midrule"]
    lines += [_tex_row(grid, answer, cell, axes, has_kinds) for cell in grid.cells]
    if grid.references:
        lines += ["\\midrule"] if grid.cells else []
        lines += [_tex_row(grid, answer, cell, axes, has_kinds) for cell in grid.references]
    return "\n".join([*lines, "\\bottomrule", "\\end{tabular}}%", "\\endgroup"]) + "\n"


def _tex_row(grid, answer, cell, axes, has_kinds):
    metric = grid.metric
    test, validation = grid.interval(cell, metric.judging), grid.interval(cell, metric.choosing)
    reference = any(cell is other for other in grid.references)
    settings = [tex_escape(value_text(grid.value(cell, axis))) if concerns(axis, cell) and not reference else "--" for axis in axes]
    words = [*[tex_escape(grid.name(cell) if reference else kind_name(cell))] * has_kinds, *settings, cell.count_text,
             _tex_text(metric.text_of_choosing(validation.mean)), _tex_text(" ".join(filter(None, [metric.text(test.mean), metric.ends(test)]))),
             _tex_text(number(100 - 100 * test.mean) if metric.is_accuracy else padded(l0_of(grid, cell)))]
    if cell is answer.chosen:
        return " & ".join([*(f"\\textbf{{{word}}}" for word in words), "--", "chosen", "--"]) + r" \\"
    if answer.only_improves:
        return " & ".join(words) + r" \\"
    comparison = answer.comparison_of(cell)
    difference = comparison.difference if comparison else interval_of([])
    text = " ".join(filter(None, [metric.change(difference.mean).lstrip("+"), metric.ends_of_change(difference).replace("+", "")]))
    return " & ".join([*words, _tex_text(text), comparison.verdict if comparison else "--", _tex_p(comparison)]) + r" \\"


def _tex_choice(grid, answer):
    return "" if answer.only_improves else f"  Bold: chosen on {grid.metric.chosen_on}."


def _tex_columns(grid):
    """Comments that say what the columns hold."""
    metric = grid.metric
    if metric.is_accuracy:
        return ["% valid.: accuracy on the validation part; test: accuracy on the test set; error: on the test set."]
    return [f"% valid.: {metric.choosing} of sweep.h5; test: {metric.judging}, {metric.noun}; L0: {metric.l0}, mean number of active units."]


def _tex_comparison(grid, answer):
    """Comments on the difference and p; none where nothing is chosen because the metric only improves."""
    metric = grid.metric
    if answer.only_improves:
        return [f"% {metric.noun} only improves with L0: nothing is chosen."]
    return [f"% Difference: {metric.judged} minus that of the bold row{f', in{metric.points}' * metric.in_percent}, paired by seed.",
            *(f"% {_one_line(sentence)}" for sentence in [*certainty(grid, answer), *reach(grid, answer)]),
            "% Brackets of differences: simultaneous for the best setting of each value, for other lines and references, and for the rest.",
            "% Verdict: on which side of zero the brackets lie.  p: sign-flip test after Holm's correction, not done for the rest."]


def _tex_head(grid):
    unit = r" (\%)" if grid.metric.in_percent else ""
    unit_of_choosing = "" if "_mse" in grid.metric.choosing else unit
    return ["valid." + ("\\" + unit_of_choosing if unit_of_choosing else ""), "test" + unit, r"error (\%)" if grid.metric.is_accuracy else "L0"]


def _tex_p(comparison):
    if comparison is None or comparison.p_adjusted is None:
        return "--"
    return "$<$0.001" if comparison.p_adjusted < 0.001 else f"{comparison.p_adjusted:.3f}"


def _one_line(sentence):
    """For a comment."""
    return tex_escape(sentence.replace("\u00a0", " "))


def _tex_text(text):
    return text.replace("−", "$-$").replace(NOTHING, "--")
