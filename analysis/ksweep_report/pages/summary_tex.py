"""summary.tex: the settings as a booktabs table that fits one column of a paper at 8 pt."""

from ..base.choices import TABLE_COLUMNS
from ..base.wording import NOTHING, joined, number, padded, plural, value_text
from ..results.grid import concerns, kind_name
from ..results.statistics import interval_name
from ..results.tradeoff import l0_of
from .headline import certainty
from .methods import statistics_of_differences
from .reach import reach
from .tex import COLUMN_WIDTH_PT, Column, label_of, table_tex, table_width, tex_escape

MOST_ROWS = 40          # a page has no room for more
LONGEST_VALUE = 26      # letters
# Added in this order as long as the table fits the column.
BY_IMPORTANCE = ("test", "interval", "difference", "difference_interval", "p", "verdict", "n", "l0", "validation", "error")


def write_latex(grid, answer, folder, names=()):
    (folder / "summary.tex").write_text(summary_tex(grid, answer, names), encoding="utf-8")


def summary_tex(grid, answer, names=()):
    """names: of columns, as --columns has them; those that fit without."""
    cells, left_out = _rows(grid, answer)
    bold = next((i for i, cell in enumerate(cells) if cell is answer.chosen), None)
    columns = _columns(grid, answer, cells, bold, names)
    n_own = sum(not _is_reference(grid, cell) for cell in cells)
    return table_tex(columns, _caption(grid, answer, columns, cells, left_out), label_of(grid.sweep.title), bold,
                     n_own if 0 < n_own < len(cells) else None, _certainty(grid, answer),
                     "Two columns wide: name fewer columns with --columns to fit one.")


def _rows(grid, answer):
    """(cells, how many are left out): of many settings those that were compared."""
    cells = grid.cells + grid.references
    if len(cells) <= MOST_ROWS:
        return cells, 0
    shown = [cell for cell in (*answer.best_of_x, *(each.cell for each in answer.others))][:MOST_ROWS] or cells[:MOST_ROWS]
    shown = [cell for cell in cells if any(cell is each for each in shown)]
    return shown, len(cells) - len(shown)


def _certainty(grid, answer):
    """Comments: what the page says of the answer."""
    sentences = [] if answer.only_improves else [*certainty(grid, answer), *reach(grid, answer)]
    return [f"% {tex_escape(sentence)}" for sentence in sentences]


def _is_reference(grid, cell):
    return any(cell is other for other in grid.references)


def _columns(grid, answer, cells, bold, names):
    settings = _settings(grid, cells)
    known = {column.name: column for column in _results(grid, answer, cells) if any(text not in ("", NOTHING) for text in column.cells)}
    if names:
        return settings + [known[name] for name in names if name in known]
    kept = []
    for name in BY_IMPORTANCE:
        if name in known and (not kept or table_width(settings + [known[each] for each in (*kept, name)], bold) <= COLUMN_WIDTH_PT):
            kept.append(name)
    return settings + [known[name] for name in TABLE_COLUMNS if name in kept]


def _settings(grid, cells):
    """Features, where there are several kinds, and the axes."""
    axes = [axis for axis in grid.axes if axis != "kind" and any(concerns(axis, cell) and not _is_reference(grid, cell) for cell in cells)]
    found = []
    if not axes or len({cell.kind for cell in grid.all_cells}) > 1:
        found.append(Column("features", ("features",), tuple(_short(grid.name(cell) if _is_reference(grid, cell) else kind_name(cell))
                                                             for cell in cells), left=True))
    for axis in axes:
        texts = (_short(value_text(grid.value(cell, axis))) if concerns(axis, cell) and not _is_reference(grid, cell) else NOTHING for cell in cells)
        found.append(Column(axis, tuple(grid.names.short(axis).split()), tuple(texts), left=not grid.is_number(axis)))
    return found


def _short(text):
    return text if len(text) <= LONGEST_VALUE else text[:LONGEST_VALUE - 1] + "…"


def _results(grid, answer, cells):
    metric, unit = grid.metric, ["(%)"] * grid.metric.in_percent
    tests = [grid.interval(cell, metric.judging) for cell in cells]
    validation = [grid.interval(cell, metric.choosing).mean for cell in cells]
    compared = [answer.comparison_of(cell) for cell in cells]
    differences = [each.difference if each else None for each in compared]

    def texts(text_of, values, without=NOTHING):
        return tuple(text_of(each) if each is not None else without for each in values)

    return [Column("n", ("n/N",), texts(lambda cell: cell.count_text, cells)),
            Column("validation", ("valid.", *unit), texts(metric.text_of_choosing, validation)),
            Column("test", ("test" if metric.has_parts else metric.noun, *unit), texts(lambda test: metric.text(test.mean), tests)),
            Column("interval", ("95 %", "interval"), texts(metric.ends, tests), left=True),
            Column("error", ("error", *unit), texts(lambda test: number(100 - 100 * test.mean) if metric.is_accuracy else NOTHING, tests)),
            Column("l0", ("L0",), texts(lambda cell: padded(l0_of(grid, cell)), cells)),
            Column("difference", ("differ-", "ence"), texts(lambda each: metric.change(each.mean), differences)),
            Column("difference_interval", ("95 %", "interval"), texts(metric.ends_of_change, differences, ""), left=True),
            Column("verdict", ("verdict",), texts(lambda each: each.verdict, compared), left=True),
            Column("p", ("p",), texts(_p, compared))]


def _p(comparison):
    if comparison.p_adjusted is None:
        return NOTHING
    return "<0.001" if comparison.p_adjusted < 0.001 else f"{comparison.p_adjusted:.3f}"


def _caption(grid, answer, columns, cells, left_out):
    names, metric = {column.name for column in columns}, grid.metric
    seeds = sorted({len(grid.judged(cell)) for cell in cells} - {0})
    over = plural(seeds[0], "seed") if len(seeds) == 1 else f"{seeds[0]} to {seeds[-1]} seeds" if seeds else "seeds"
    text = [f"{grid.sweep.title}.", f"Test: {metric.noun}{' in %' * metric.in_percent}, mean over {over}"
            + (f", with its {interval_name()} in brackets." if "interval" in names else ".")]
    text += [f"Bold: chosen by {metric.chosen_on}."] if answer.chosen is not None and len(cells) > 1 else []
    if {"difference", "p"} & names:
        of = f" of {metric.chosen_on}" if grid.race else ""
        text.append(f"Difference{of}: to the bold row{f', in{metric.points}' * metric.in_percent}; {statistics_of_differences(grid.race)}.")
    text += [f"{joined(_explained(grid, columns))}."] if _explained(grid, columns) else []
    text += ["L0: active units of a sample, as measured."] if "l0" in names else []
    text += ["n/N: finished of planned seeds."] if "n" in names else []
    text += [f"{plural(left_out, 'further setting')} left out."] if left_out else []
    return " ".join(text)


def _explained(grid, columns):
    """What symbols stand for: `λ: sparsity weight`."""
    axes = [column.name for column in columns if column.name in grid.axes]
    return [f"{grid.names.short(axis)}: {grid.names.words(axis)}" for axis in axes if grid.names.words(axis) != grid.names.short(axis)]
