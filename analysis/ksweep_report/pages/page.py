"""report.html: one file that loads nothing, from what the other modules found."""

import re
from dataclasses import replace

import numpy as np
from markupsafe import Markup, escape

from ..base.choices import LEAST_FOR_INTERVAL
from ..base.wording import capitalised, joined, plural, significant, unbroken, valid_text, value_text
from ..results.confusions import MOST_IN_MATRIX, MOST_WORST
from ..results.reading import MISSING
from ..results.statistics import interval_name, rests_on
from ..results.tradeoff import farthest_from_k
from . import headline, settings_table
from .frontier import frontier
from .methods import methods
from .racing import race_table
from .reach import reach
from .templating import json_text, write_template
from .trial_data import page_data

SCRIPTS = ("core.js", "hover.js", "filter.js", "charts.js", "explore.js", "parallel.js", "marked.js", "table.js",
           "sorting.js", "trial.js", "state.js")
PROVENANCE = ("generator", "version", "commit", "created", "finished", "data_source", "data_scale", "data_notes", "class_labels",
              "data_hash", "results_sha256", "overrides", "compiler", "compiler_flags", "cpu", "instruction_set", "ranks", "threads", "hosts",
              "mpi_library", "hdf5_library", "slurm_job", "merged_from", "Conventions", "format_version")


def write_page(path, grid, answer, figures, more):
    """more: what the command line adds: refresh (s, or None), unread reference lines, why there are no codes, the explorer."""
    write_template(path, "page.html.j2", SCRIPTS, **_context(grid, answer, figures), data=Markup(json_text(page_data(grid))),
                   marks=Markup(_marks(figures)), **more)


def _context(grid, answer, figures):
    sweep = grid.sweep
    figures = _said_once(figures)
    what, numbers = headline.headline(grid, answer, not np.any(sweep.status == MISSING))
    return {
        "title": sweep.title, "file_name": valid_text(sweep.file_name), "x": grid.x_name, "title_of": grid.names.full,
        "interval": unbroken(interval_name()), "rests_on": rests_on(), "has_intervals": grid.has_intervals, "least_for_interval": LEAST_FOR_INTERVAL,
        "what": what, "numbers": numbers, "certainty": [_with_code(unbroken(each)) for each in headline.certainty(grid, answer)],
        "reach": [_with_code(unbroken(each)) for each in reach(grid, answer)], "has_halves": grid.has_halves,
        "beside": headline.beside(grid, answer),
        "other_probes": [unbroken(each) for each in headline.other_probes(grid, answer)],
        "stopped_early": headline.stopped_early(grid), "passed_over": headline.passed_over(grid, answer),
        "progress": headline.progress(sweep), "data_notes": sweep.data_notes, "chosen": answer.chosen is not None,
        "any_missing": bool(np.any(sweep.status == MISSING)), "counts": _counts(sweep), "measured": _measured(grid), "metric": grid.metric,
        "metric_id": "accuracy" if grid.metric.is_accuracy else "metric", "metric_title": capitalised(grid.metric.noun),
        "heads": settings_table.heads(grid.metric), "only_improves": answer.only_improves, "frontier": frontier(grid, answer),
        "race": race_table(grid),
        "figures": figures, "methods": methods(grid, answer), "l0_is_k": _l0_is_k(grid),
        "axes": grid.axes, "settings": settings_table.settings(grid, answer),
        "trials": settings_table.trials(grid), "n_trials": len(sweep), "commands": settings_table.commands(grid, answer),
        "n_cells": len(grid.all_cells), "cost": settings_table.cost_rows(grid),
        "core_hours": significant(settings_table.core_hours(sweep, np.flatnonzero(sweep.status != MISSING))),
        "failed": settings_table.failed(grid), "missing": settings_table.missing(grid),
        "provenance": [(name, _shortened(name, str(sweep.attributes[name]))) for name in PROVENANCE
                       if str(sweep.attributes.get(name, "")).strip()],
        "command": str(sweep.attributes.get("command", "")), "sweep_text": str(sweep.attributes.get("sweep_text", "")),
        "chosen_text": _chosen_text(grid, answer), "codes_left_out": _codes_left_out(sweep, figures),
    }


def _said_once(figures):
    """Without sentences of captions that an earlier figure has: these hold for all figures below it."""
    said, found = set(), {}
    for section, drawn in figures.items():
        found[section] = [_shorter(figure, said) for figure in drawn] if isinstance(drawn, list) else drawn
    return found


def _shorter(figure, said):
    sentences = re.split(r"(?<=\.) ", figure.caption)
    new = [each for each in sentences if each not in said]
    said.update(sentences)
    return replace(figure, caption=" ".join(new))


def _l0_is_k(grid):
    share = farthest_from_k(grid)
    if share is None:
        return ""
    within = f", to within {significant(100 * share, 1)} %" if share > 0 else ""
    return f"L0 as measured is k in every trial{within}, so that no figure shows it."


def _shortened(name, text):
    """Of the labels of a data set, a line each, the first ones."""
    if name != "class_labels":
        return text
    lines = [line.split("\t") for line in text.splitlines()]
    return "\n".join("\t".join(words) if len(words) - 1 <= MOST_IN_MATRIX else
                     "\t".join([*words[:1 + MOST_WORST], f"… {len(words) - 1:,} in all"]) for words in lines)


def _codes_left_out(sweep, figures):
    """What takes weights, in words: activation densities only where the program did not count them itself."""
    counted = any(figure.name == "density_histogram" for figure in figures["reconstruction"])
    return joined(["reconstructions", "hidden activations", *([] if counted else ["activation densities"])])


def _with_code(text):
    """`words` in backquotes as code, in one line."""
    return Markup(re.sub("`([^`]*)`", r'<code class="option">\1</code>', str(escape(text))))


def _marks(figures):
    every = [figure for each in figures.values() if isinstance(each, list) for figure in each]
    every += [figure.full for figure in every if figure.full]
    return json_text({figure.name: figure.marks for figure in every if figure.marks})


def _counts(sweep):
    hosts = {host for host in sweep.columns.get("host", np.array([], dtype=object)) if host}
    words = [plural(len(sweep), "trial"), plural(len(set(sweep.columns["seed"].tolist())), "seed")]
    return ", ".join(words + ([plural(len(hosts), "host")] if hosts else []))


def _measured(grid):
    """Whether the metric was, in any trial."""
    return any(np.any(np.isfinite(grid.sweep.columns[name])) for name in (grid.metric.choosing, grid.metric.judging)
               if name in grid.sweep.columns)


def _chosen_text(grid, answer):
    """The chosen setting with all its seeds, as a sweep file."""
    if answer.chosen is None or "specification" not in grid.sweep.columns:
        return ""
    row = answer.chosen.done[0]
    seeds = ", ".join(value_text(seed) for seed in grid.sweep.columns["seed"][answer.chosen.rows])
    lines, section = [], None
    for line in str(grid.sweep.columns["specification"][row]).splitlines():
        key, _, value = line.partition(" = ")
        name_section, _, name = key.partition(".")
        if name_section != section:
            section = name_section
            lines.append(f"[{section}]")
        lines.append(f"{name} = {seeds if key == 'train.seed' else value}")
    return "\n".join(lines)
