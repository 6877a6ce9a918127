"""report.html: one file that loads nothing, from what the other modules found."""

from pathlib import Path

import jinja2
import numpy as np
from markupsafe import Markup

from . import answer as answers
from .grid import baseline_name, concerns
from .reading import FAILED, MISSING
from .statistics import t_interval
from .wording import (NOTHING, bracket, duration, joined, number, p_text, percent, plural, significant, signed,
                      value_text)

HERE = Path(__file__).parent
MOST_ROWS = 200
MOST_FAILURES = 50
PROVENANCE = ("generator", "version", "commit", "created", "finished", "data_source", "data_hash", "results_sha256",
              "overrides", "compiler", "compiler_flags", "cpu", "instruction_set", "ranks", "threads", "hosts",
              "mpi_library", "hdf5_library", "slurm_job", "merged_from", "Conventions", "format_version")


def write_page(path, grid, answer, figures):
    environment = jinja2.Environment(loader=jinja2.FileSystemLoader(HERE / "templates"), autoescape=True,
                                     trim_blocks=True, lstrip_blocks=True, undefined=jinja2.StrictUndefined)
    template = environment.get_template("page.html.j2")
    path.write_text(template.render(**_context(grid, answer, figures)) + "\n", encoding="utf-8")


def _context(grid, answer, figures):
    sweep = grid.sweep
    what, numbers = answers.headline(grid, answer, not np.any(sweep.status == MISSING))
    return {
        "style": Markup((HERE / "templates" / "style.css").read_text(encoding="utf-8")),
        "markup": Markup, "title": sweep.title, "file_name": sweep.file_name, "x": grid.x,
        "what": what, "numbers": numbers, "certainty": answers.certainty(grid, answer),
        "baselines": answers.baselines_in_words(grid), "passed_over": _passed_over(answer),
        "progress": answers.progress(sweep), "any_missing": bool(np.any(sweep.status == MISSING)),
        "counts": _counts(sweep), "measured": _measured(sweep), "figures": figures,
        "axes": [grid.x, *grid.other_axes()], "settings": _settings(grid, answer),
        "cost": _cost_rows(grid), "core_hours": _core_hours(sweep),
        "failed": _failed(grid), "missing": _missing(grid),
        "provenance": _provenance(sweep), "command": str(sweep.attributes.get("command", "")),
        "sweep_text": str(sweep.attributes.get("sweep_text", "")), "chosen_text": _chosen_text(grid, answer),
    }


def _counts(sweep):
    hosts = sweep.columns.get("host", np.array([], dtype=object))
    hosts = {host for host in hosts if host}
    words = [plural(len(sweep), "trial"), plural(len(set(sweep.columns["seed"].tolist())), "seed")]
    return ", ".join(words + ([plural(len(hosts), "host")] if hosts else []))


def _measured(sweep):
    """Whether any accuracy was: there is none without labels."""
    return any(np.any(np.isfinite(sweep.columns[name])) for name in ("validation_accuracy", "test_accuracy")
               if name in sweep.columns)


def _passed_over(answer):
    if not answer.n_passed_over:
        return ""
    return (f"{plural(answer.n_passed_over, 'setting')} with fewer finished seeds than the others could not be chosen: "
            "a mean over fewer seeds is too easily the highest by luck.")


def _settings(grid, answer):
    """Rows of the table of settings: what is shown of each cell, as text."""
    cells = grid.cells + grid.baselines
    rows = [_setting(grid, answer, cell) for cell in cells]
    return {"rows": rows[:MOST_ROWS], "n_left_out": max(0, len(rows) - MOST_ROWS)}


def _setting(grid, answer, cell):
    test = t_interval(100 * grid.numbers(cell, "test_accuracy"))
    chosen = cell is answer.chosen
    difference = t_interval([]) if chosen or answer.chosen is None else \
        t_interval(100 * grid.pairs(answer.chosen, cell, "test_accuracy"))
    comparison = answer.comparison_of(cell)
    axes = [grid.x, *grid.other_axes()]
    return {
        "kind": "" if cell in grid.cells else baseline_name(cell), "chosen": chosen,
        "values": [_value(grid, cell, axis) for axis in axes],
        "count": cell.count_text, "incomplete": len(cell.done) < len(cell.rows),
        "validation": percent(t_interval(grid.numbers(cell, "validation_accuracy")).mean),
        "test": number(test.mean), "interval": bracket(test.low, test.high), "sd": number(test.sd),
        "error": number(100 - test.mean),
        "difference": signed(difference.mean), "difference_interval": bracket(difference.low, difference.high, 2, signed),
        "pairs": difference.n, "p": p_text(comparison.p_adjusted if comparison else None),
    }


def _value(grid, cell, axis):
    return value_text(grid.value(cell, axis)) if concerns(axis, cell) else NOTHING


def _cost_rows(grid):
    """One row for each x: mean times of a trial and core-hours of all of them, finished ones only."""
    rows = []
    for x in sorted({grid.x_of(cell) for cell in grid.cells}):
        done = np.concatenate([cell.done for cell in grid.cells if grid.x_of(cell) == x])
        if len(done):
            rows.append((value_text(x), len(done), *(duration(_mean(grid.sweep, name, done)) for name in
                                                     ("train_time_s", "probe_time_s", "wall_time_s")),
                         significant(_core_hours_of(grid.sweep, done))))
    return rows


def _mean(sweep, name, rows):
    return t_interval(sweep.columns[name][rows]).mean if name in sweep.columns else np.nan


def _core_hours_of(sweep, rows):
    if "wall_time_s" not in sweep.columns:
        return np.nan
    threads = sweep.columns.get("threads", np.ones(len(sweep)))[rows].astype(float)
    threads = np.where(np.isfinite(threads), np.maximum(threads, 1), 1)
    return float(np.nansum(sweep.columns["wall_time_s"][rows] * threads) / 3600)


def _core_hours(sweep):
    return significant(_core_hours_of(sweep, np.flatnonzero(sweep.status != MISSING)))


def _failed(grid):
    rows = np.flatnonzero(grid.sweep.status == FAILED)
    columns = grid.sweep.columns
    empty = np.full(len(grid.sweep), "", dtype=object)
    return {"n": len(rows), "rows": [
        {"id": columns["trial_id"][row], "setting": _setting_of_row(grid, row), "seed": columns["seed"][row],
         "host": columns.get("host", empty)[row], "reason": columns.get("reason", empty)[row] or "no reason recorded"}
        for row in rows[:MOST_FAILURES]]}


def _setting_of_row(grid, row):
    cell = next(cell for cell in grid.cells + grid.baselines if row in cell.rows)
    return grid.name(cell)


def _missing(grid):
    """Settings that lack trials, with the seeds they lack."""
    status, seeds = grid.sweep.status, grid.sweep.columns["seed"]
    rows = []
    for cell in grid.cells + grid.baselines:
        absent = cell.rows[status[cell.rows] == MISSING]
        if len(absent):
            rows.append((grid.name(cell), cell.count_text, joined(value_text(seed) for seed in seeds[absent])))
    return {"n": int(np.sum(status == MISSING)), "rows": rows[:MOST_FAILURES], "n_settings": len(rows)}


def _provenance(sweep):
    return [(name, str(sweep.attributes[name])) for name in PROVENANCE if str(sweep.attributes.get(name, "")).strip()]


def _chosen_text(grid, answer):
    """The chosen setting with all its seeds, as a sweep file."""
    if answer.chosen is None or "specification" not in grid.sweep.columns:
        return ""
    row = answer.chosen.done[0]
    seeds = joined((value_text(seed) for seed in grid.sweep.columns["seed"][answer.chosen.rows]), last=", ")
    lines, section = [], None
    for line in str(grid.sweep.columns["specification"][row]).splitlines():
        key, _, value = line.partition(" = ")
        name_section, _, name = key.partition(".")
        if name_section != section:
            section = name_section
            lines.append(f"[{section}]")
        lines.append(f"{name} = {seeds if key == 'train.seed' else value}")
    return "\n".join(lines)
