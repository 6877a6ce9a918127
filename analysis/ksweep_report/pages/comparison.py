"""The comparison of several sweeps as sentences, page and tables."""

import numpy as np
from markupsafe import Markup

from ..base.wording import NOTHING, capitalised, joined, p_text, plural, value_text
from ..results.statistics import WELCH, coverage_note, interval_name, rests_on
from ..results.verdicts import UNTESTABLE
from . import tables
from .judging import LEAST_SEEDS, sign_flips
from .templating import json_text, write_template
from .tex import tex_escape

MOST_ROWS = 300


def sentence(found, comparison):
    """`B against A: +0.31 points of test accuracy [0.12, 0.50], 12 settings, 5 seeds: higher; sign-flip p = 0.062`."""
    difference, metric, p = comparison.overall.difference, found.metric, comparison.overall.p_adjusted
    words = [f"{comparison.name} against {found.names[0]}:", f"{metric.change(difference.mean)}{metric.points} of {metric.judged}",
             metric.ends_of_change(difference)]
    seeds = plural(difference.n, "seed") if comparison.is_paired else f"at least {plural(difference.n, 'seed')} each, not paired"
    text = " ".join(filter(None, words)) + f", {plural(len(comparison.pairs), 'setting')}, {seeds}: {comparison.overall.verdict}"
    if comparison.overall.verdict == UNTESTABLE:
        return f"{text} from {LEAST_SEEDS if comparison.is_paired else 'so few seeds'}"
    return text + (f"; sign-flip p {p_text(p) if p < 0.001 else f'= {p_text(p)}'}" if comparison.is_paired else "")


def warnings_of(found):
    """Sentences on what a comparison may not be taken for: of other data, of races, of unequal seeds."""
    data = [f"{each.name} and {found.names[0]} were trained on different data: their trials share a seed's number and nothing else, so that they are "
            "not compared in pairs but as independent samples, and a difference may be one of the data alone." for each in found.each
            if not each.is_paired]
    races = [_warning_of_race(name, sweep.race) for name, sweep in zip(found.names, found.sweeps) if sweep.race]
    return data + races + [_warning_of_seeds(found, each) for each in found.each if each.is_paired and each.n_unequal]


def _warning_of_race(name, race):
    return (f"{name} is a race, which {race.n_out:,} of its {plural(race.n_settings, 'setting')} left early: how many seeds a setting has depends on "
            "its results, which intervals, verdicts and p do not allow for.")


def _warning_of_seeds(found, comparison):
    return (f"{comparison.name} and {found.names[0]} do not have the same seeds of {comparison.n_unequal:,} of "
            f"{plural(len(comparison.pairs), 'setting')}: only seeds that both have are compared ({_range(comparison)} a setting), and all "
            f"settings together by the {plural(comparison.overall.difference.n, 'seed')} that all of them have.")


def _range(comparison):
    counts = [pair.difference.n for pair in comparison.pairs]
    return str(min(counts)) if min(counts) == max(counts) else f"{min(counts)} to {max(counts)}"


def write_comparison_page(path, found, figures, refresh):
    metric = found.metric
    rows = [{"sweep": comparison.name, "values": [value_text(value) for value in pair.setting], "first": metric.text(pair.first.mean),
             "other": metric.text(pair.other.mean), "difference": metric.change(pair.difference.mean), "pairs": pair.difference.n,
             "interval": metric.ends_of_change(pair.difference) or NOTHING,
             "verdict": pair.verdict, "p": p_text(pair.p_adjusted)} for comparison, pair in found.rows]
    write_template(path, "comparison.html.j2", ("core.js", "hover.js", "sorting.js"), refresh=refresh, interval=interval_name(),
                   coverage=coverage_note(found.most_pairs), metric=metric, judged=capitalised(metric.judged),
                   sentences=[sentence(found, each) for each in found.each], warnings=warnings_of(found),
                   are_paired=all(each.is_paired for each in found.each), basis=basis_of(found),
                   of_row=_head_of_other(found), names=found.names, keys=found.keys, differing=found.differing,
                   rows=rows[:MOST_ROWS], n_left_out=max(0, len(rows) - MOST_ROWS), figures=figures,
                   alone=[(each.name, *each.n_alone) for each in found.each if any(each.n_alone)],
                   sweeps=[(name, sweep.title, str(sweep.attributes.get("command", "")), int((sweep.status == 1).sum()), len(sweep))
                           for name, sweep in zip(found.names, found.sweeps)],
                   data=Markup(json_text({"columns": {}, "names": [], "axes": []})),
                   marks=Markup(json_text({figure.name: figure.marks for figure in figures if figure.marks})))


def csv_rows(found):
    yield ["sweep", "against", *found.keys, "first_mean", "other_mean", "difference_mean", *tables.simultaneous("difference"), "pairs",
           "p_sign_flip_holm", "verdict", "paired"]
    for comparison, pair in found.rows:
        difference = pair.difference
        numbers = [pair.first.mean, pair.other.mean, difference.mean, difference.low, difference.high, difference.n,
                   np.nan if pair.p_adjusted is None else pair.p_adjusted]
        yield [tables.cell_text(each) for each in (comparison.name, found.names[0], *map(value_text, pair.setting), *numbers, pair.verdict,
                                                   "yes" if comparison.is_paired else "no")]


def comparison_tex(found):
    metric, unit = found.metric, " (\\%)" * found.metric.in_percent
    lines = ["% \\usepackage{booktabs}", *(f"% {tex_escape(sentence)}" for sentence in [*warnings_of(found), *basis_of(found)]),
             "\\begin{tabular}{l" + "l" * len(found.keys) + "rrllr}", "\\toprule",
             " & ".join(["sweep", *map(tex_escape, (*found.keys, found.names[0])), tex_escape(_head_of_other(found)) + unit,
                         "difference", "verdict", "$p$"]) + r" \\", "\\midrule"]
    for comparison, pair in found.rows:
        difference = f"{metric.change(pair.difference.mean)} {metric.ends_of_change(pair.difference)}".replace("+", "")
        words = [comparison.name, *map(value_text, pair.setting), metric.text(pair.first.mean), metric.text(pair.other.mean),
                 difference.strip(), pair.verdict, p_text(pair.p_adjusted)]
        lines.append(" & ".join(tex_escape(word) for word in words) + r" \\")
    return "\n".join([*lines, "\\bottomrule", "\\end{tabular}"]) + "\n"


def _head_of_other(found):
    """Of the column with the means of the sweep that is compared with the first one."""
    return found.names[1] if len(found.names) == 2 else "the sweep of the row"


def basis_of(found):
    """Sentences on what brackets, verdicts and p are; by sweep where they differ."""
    at_once = plural(max(each.overall.at_once for each in found.each), "sweep")
    kinds = joined(dict.fromkeys(interval_name() if each.is_paired else WELCH for each in found.each))
    text = [f"Brackets: {kinds} of the difference, simultaneous over the settings of a sweep (the overall ones over {at_once}) by Bonferroni's "
            f"correction. The verdict is the side of zero on which they lie, which rests on {rests_on()}."]
    return text + list(dict.fromkeys(filter(None, (sign_flips(each.pairs, lambda some: f"{len(some)} of the settings") for each in found.each))))
