"""The report on several sweeps: what the first and each other one differ in, and what that does to the test accuracy."""

import numpy as np
from markupsafe import Markup

from . import tables
from .axes import place_legend
from .drawing import FILE_FORMATS, FILES, LINE_COLOURS, MARKERS, MUTED, PAPER, Output
from .pairing import compare
from .reading import MISSING, read_sweep
from .statistics import LEVEL, check_interval, coverage_note, interval_name, least_p, least_pairs
from .templating import json_text, write_template
from .wording import NOTHING, bracket, number, p_text, percent, plural, signed, value_text

REFRESH_S = 15
MOST_ROWS = 300
MOST_ON_FIGURE = 40


def write_comparison(options, refresh=False):
    """Returns the page's path, or the folder without a page."""
    output = options.output
    output.mkdir(parents=True, exist_ok=True)
    found = compare([read_sweep(path, options.all_trials) for path in options.sweep])
    unfinished = any((sweep.status == MISSING).any() for sweep in found.sweeps)
    if not unfinished:
        check_interval(_most_pairs(found), ", ".join(found.names))
    if "csv" in options.format:
        (output / "tables").mkdir(exist_ok=True)
        tables.write_rows(output / "tables" / "comparison.csv", _csv_rows(found))
    if "latex" in options.format:
        (output / "tables").mkdir(exist_ok=True)
        (output / "tables" / "comparison.tex").write_text(_tex(found), encoding="utf-8")
    formats = tuple(each for each in FILE_FORMATS if each in options.format)
    if formats:
        (output / "figures").mkdir(exist_ok=True)
        _draw(Output(FILES, output / "figures", formats), found)
    if "html" not in options.format:
        return output
    _write_page(output / "report.html", found, _draw(Output(), found), REFRESH_S if refresh and unfinished else None)
    return output / "report.html"


def _most_pairs(found):
    return max(pair.difference.n for _, pair in _rows(found))


def sentence(found, comparison):
    """`B against A: +0.31 points of test accuracy [0.12, 0.50], 12 settings, 5 seeds; not distinguishable`."""
    difference = comparison.overall
    words = [f"{comparison.name} against {found.names[0]}:", f"{signed(100 * difference.mean)} points of test accuracy",
             bracket(100 * difference.low, 100 * difference.high, 2, signed)]
    text = " ".join(filter(None, words)) + f", {plural(len(comparison.pairs), 'setting')}, {plural(difference.n, 'seed')}"
    if least_p(difference.n) > LEVEL:
        return text + f"; no significance can be claimed below {least_pairs(1)} paired seeds"
    return text + (f"; p = {p_text(comparison.p)}" if comparison.distinguishable else f"; not distinguishable (p = {p_text(comparison.p)})")


def setting_text(found, setting):
    return ", ".join(str(value) if key == "kind" else f"{key} = {value_text(value)}" for key, value in zip(found.keys, setting)) or "all"


def _rows(found):
    for comparison in found.each:
        for pair in comparison.pairs:
            yield comparison, pair


def _draw(out, found):
    """Differences of each setting with their intervals: one column of marks for each sweep."""
    out.use_style()
    drawn = []
    for i, comparison in enumerate(found.each):
        pairs = comparison.pairs[:MOST_ON_FIGURE]
        figure, axes = out.new_axes(6.4, min(11.0, 1.4 + 0.27 * len(pairs)))
        axes.axvline(0, color=MUTED, linewidth=1)
        for y, pair in enumerate(pairs):
            difference = pair.difference
            if np.isfinite(difference.low):
                axes.plot([100 * difference.low, 100 * difference.high], [y, y], color=LINE_COLOURS[i % 7], linewidth=1.6)
        axes.plot([100 * pair.difference.mean for pair in pairs], range(len(pairs)), MARKERS[i % 7], color=LINE_COLOURS[i % 7],
                  markeredgecolor=PAPER, linestyle="none")
        axes.set_yticks(range(len(pairs)), [setting_text(found, pair.setting)[:44] for pair in pairs])
        axes.set_ylim(len(pairs) - 0.4, -0.6)
        axes.set_xlabel("difference of test accuracy in points")
        place_legend(axes)
        marks = [(100 * pair.difference.mean, y, f"{setting_text(found, pair.setting)}\n{_difference(pair.difference)}", None)
                 for y, pair in enumerate(pairs)]
        left_out = f" {len(pairs)} of {plural(len(comparison.pairs), 'setting')} drawn." if len(pairs) < len(comparison.pairs) else ""
        drawn.append(out.finish(figure, f"difference_{i + 1}", f"{comparison.name} minus {found.names[0]}",
                                "Differences of test accuracy in points: " + "; ".join(
                                    f"{setting_text(found, pair.setting)}: {signed(100 * pair.difference.mean)}" for pair in pairs[:12]) + ".",
                                f"Differences paired by seed. Mark: mean; bar: {interval_name()}. Right of 0, {comparison.name} is better."
                                + left_out, marks))
    return drawn


def _difference(interval):
    low_high = bracket(100 * interval.low, 100 * interval.high, 2, signed)
    return " ".join(filter(None, [signed(100 * interval.mean), low_high, f"({plural(interval.n, 'pair')})"]))


def _write_page(path, found, figures, refresh):
    rows = [{"sweep": comparison.name, "values": [value_text(value) for value in pair.setting], "first": percent(pair.first.mean),
             "other": percent(pair.other.mean), "difference": signed(100 * pair.difference.mean), "pairs": pair.difference.n,
             "interval": bracket(100 * pair.difference.low, 100 * pair.difference.high, 2, signed) or NOTHING,
             "p": p_text(pair.p_adjusted) + ("*" if pair.p_adjusted <= LEVEL else "")} for comparison, pair in _rows(found)]
    write_template(path, "comparison.html.j2", ("core.js", "hover.js", "sorting.js"), refresh=refresh, interval=interval_name(),
                   coverage=coverage_note(_most_pairs(found)),
                   sentences=[sentence(found, each) for each in found.each], names=found.names, keys=found.keys, differing=found.differing,
                   rows=rows[:MOST_ROWS], n_left_out=max(0, len(rows) - MOST_ROWS), figures=figures,
                   alone=[(each.name, *each.n_alone) for each in found.each if any(each.n_alone)],
                   sweeps=[(name, sweep.title, str(sweep.attributes.get("command", "")), int((sweep.status == 1).sum()), len(sweep))
                           for name, sweep in zip(found.names, found.sweeps)],
                   data=Markup(json_text({"columns": {}, "names": [], "axes": []})),
                   marks=Markup(json_text({figure.name: figure.marks for figure in figures if figure.marks})))


def _csv_rows(found):
    yield ["sweep", "against", *found.keys, "first_mean", "other_mean", "difference_mean", "difference_ci95_low", "difference_ci95_high", "pairs",
           "p_sign_flip_holm"]
    for comparison, pair in _rows(found):
        difference = pair.difference
        numbers = [pair.first.mean, pair.other.mean, difference.mean, difference.low, difference.high, difference.n, pair.p_adjusted]
        yield [tables.cell_text(each) for each in (comparison.name, found.names[0], *map(value_text, pair.setting), *numbers)]


def _tex(found):
    lines = ["% \\usepackage{booktabs}", f"% Brackets: {interval_name()} of the difference, paired by seed.  p: sign-flip test, Holm.",
             "\\begin{tabular}{l" + "l" * len(found.keys) + "rrlr}", "\\toprule",
             " & ".join(["sweep", *map(tables.tex_escape, found.keys), "first (\\%)", "other (\\%)", "difference", "$p$"]) + r" \\", "\\midrule"]
    for comparison, pair in _rows(found):
        difference = number(100 * pair.difference.mean) + " " + bracket(100 * pair.difference.low, 100 * pair.difference.high)
        words = [comparison.name, *map(value_text, pair.setting), percent(pair.first.mean), percent(pair.other.mean),
                 difference.strip(), p_text(pair.p_adjusted)]
        lines.append(" & ".join(tables.tex_escape(word) for word in words) + r" \\")
    return "\n".join([*lines, "\\bottomrule", "\\end{tabular}"]) + "\n"
