"""The comparison of several sweeps as sentences, page and tables."""

from markupsafe import Markup

from ..base.wording import NOTHING, capitalised, p_text, plural, value_text
from ..results.statistics import LEVEL, coverage_note, interval_name, least_p, least_pairs
from . import tables
from .templating import json_text, write_template
from .tex import tex_escape

MOST_ROWS = 300


def sentence(found, comparison):
    """`B against A: +0.31 points of test accuracy [0.12, 0.50], 12 settings, 5 seeds; not distinguishable`."""
    difference = comparison.overall
    metric = found.metric
    words = [f"{comparison.name} against {found.names[0]}:", f"{metric.change(difference.mean)}{metric.points} of {metric.judged}",
             metric.ends_of_change(difference)]
    text = " ".join(filter(None, words)) + f", {plural(len(comparison.pairs), 'setting')}, {plural(difference.n, 'seed')}"
    if least_p(difference.n) > LEVEL:
        return text + f"; no significance can be claimed below {least_pairs(1)} paired seeds"
    return text + (f"; p = {p_text(comparison.p)}" if comparison.distinguishable else f"; not distinguishable (p = {p_text(comparison.p)})")


def write_comparison_page(path, found, figures, refresh):
    metric = found.metric
    rows = [{"sweep": comparison.name, "values": [value_text(value) for value in pair.setting], "first": metric.text(pair.first.mean),
             "other": metric.text(pair.other.mean), "difference": metric.change(pair.difference.mean), "pairs": pair.difference.n,
             "interval": metric.ends_of_change(pair.difference) or NOTHING,
             "p": p_text(pair.p_adjusted) + ("*" if pair.p_adjusted <= LEVEL else "")} for comparison, pair in found.rows]
    write_template(path, "comparison.html.j2", ("core.js", "hover.js", "sorting.js"), refresh=refresh, interval=interval_name(),
                   coverage=coverage_note(found.most_pairs), metric=metric, judged=capitalised(metric.judged),
                   sentences=[sentence(found, each) for each in found.each], names=found.names, keys=found.keys, differing=found.differing,
                   rows=rows[:MOST_ROWS], n_left_out=max(0, len(rows) - MOST_ROWS), figures=figures,
                   alone=[(each.name, *each.n_alone) for each in found.each if any(each.n_alone)],
                   sweeps=[(name, sweep.title, str(sweep.attributes.get("command", "")), int((sweep.status == 1).sum()), len(sweep))
                           for name, sweep in zip(found.names, found.sweeps)],
                   data=Markup(json_text({"columns": {}, "names": [], "axes": []})),
                   marks=Markup(json_text({figure.name: figure.marks for figure in figures if figure.marks})))


def csv_rows(found):
    yield ["sweep", "against", *found.keys, "first_mean", "other_mean", "difference_mean", "difference_ci95_low", "difference_ci95_high", "pairs",
           "p_sign_flip_holm"]
    for comparison, pair in found.rows:
        difference = pair.difference
        numbers = [pair.first.mean, pair.other.mean, difference.mean, difference.low, difference.high, difference.n, pair.p_adjusted]
        yield [tables.cell_text(each) for each in (comparison.name, found.names[0], *map(value_text, pair.setting), *numbers)]


def comparison_tex(found):
    metric, unit = found.metric, " (\\%)" * found.metric.in_percent
    lines = ["% \\usepackage{booktabs}", f"% Brackets: {interval_name()} of the difference, paired by seed.  p: sign-flip test, Holm.",
             "\\begin{tabular}{l" + "l" * len(found.keys) + "rrlr}", "\\toprule",
             " & ".join(["sweep", *map(tex_escape, found.keys), f"first{unit}", f"other{unit}", "difference", "$p$"]) + r" \\", "\\midrule"]
    for comparison, pair in found.rows:
        difference = f"{metric.change(pair.difference.mean)} {metric.ends_of_change(pair.difference)}".replace("+", "")
        words = [comparison.name, *map(value_text, pair.setting), metric.text(pair.first.mean), metric.text(pair.other.mean),
                 difference.strip(), p_text(pair.p_adjusted)]
        lines.append(" & ".join(tex_escape(word) for word in words) + r" \\")
    return "\n".join([*lines, "\\bottomrule", "\\end{tabular}"]) + "\n"
