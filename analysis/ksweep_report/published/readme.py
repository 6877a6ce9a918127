"""Everything → Markdown."""

from ..base.quoting import unquoted
from ..base.wording import NOTHING
from ..results.reading import read_sweep
from .by_epoch import by_epoch_text, per_class_text
from .definitions import Column, Table, read_tables
from .markdown import plain, table_text
from .over_all import best_rows, over_all_text
from .paired import differences, paired_text, verdict
from .quantities import NOT_RUN, QUANTITIES, interval_text
from .rows import measured_rows, rest_text, rows_text
from .settings import cost_text, settings_of, total_core_seconds

INTRODUCTION = """\
# Published and measured

Made by `analysis/published` from the results in [`published/`](published), which the sweep files beside this page gave
(`ksweep run jobs/NAME.cfg`; weights are not kept), and from [`published/tables.toml`](published/tables.toml), which holds the
published figures and the goals.

Measured figures are means over seeds with their 95 % interval (Student's t) in brackets or behind ±. Where a row has several
settings, the one with the best mean on the validation part is shown; the test set chooses nothing. A goal is held against the
mean. The intervals cover seeds only, on one fixed test set (whose own binomial interval, of 10,000 samples at an error of 1.5 %, is
± 0.24), and a setting that was chosen among many has been lucky with the networks that are shown: [the report](../docs/report.md#statistics)
can choose by other seeds than it reports. Differences to one row of a table have intervals that hold for all rows at once. Most tables
have five seeds, two have three, fewer than the six that the other sweep files ask for: they tell large differences, and `ksweep plan` says
which. Their sweep files are left as they were run. All results here took {hours:.2g} core-hours.

Marks of sources: {marks}.
"""
UNNAMED = (Column("test_error"), Column("test_mse"), Column("test_fraction_of_variance_explained"), Column("l0_encoding"))


def page_text(jobs):
    """jobs: the folder of the sweep files, with published/tables.toml and the results beside it."""
    tables, marks = read_tables(jobs / "published" / "tables.toml")
    sweeps = {path.stem: read_sweep(path) for path in sorted((jobs / "published").glob("*.h5"))}
    settings = {name: settings_of(sweep, name) for name, sweep in sweeps.items()}
    tables = tables + [Table(name, UNNAMED) for name in sweeps if name not in {each.name for each in tables}]
    sections, summary = [], []
    for table in tables:
        rows = _rows(table, settings)
        summary += _summary(table, rows)
        sections.append(_section(table, rows, sweeps.get(table.name), settings.get(table.name, []), jobs))
    introduction = INTRODUCTION.format(marks="; ".join(f"[{mark}] {text}" for mark, text in marks.items()),
                                       hours=sum(map(total_core_seconds, sweeps.values())) / 3600)
    head = ["table", "row", "published", "goal", "measured", "seeds", "met"]
    return "\n".join([introduction, "## Goals\n", table_text(head, summary), *sections])


def _rows(table, settings):
    if table.over_all:
        return best_rows(table, [each for name in sorted(settings) for each in settings[name]])
    return measured_rows(table, settings.get(table.name, []))


def _summary(table, rows):
    """Lines of all rows that have a goal."""
    link = f"[{table.name}](#{table.name})"
    lines = [[link, each.row.label, each.row.published or NOTHING, f"{each.first.column.title}: {each.goal_text()}",
              each.first.text, each.first.setting.count_text if each.first.setting else NOTHING, each.verdict()]
             for each in rows if each.row.goal]
    if table.paired:
        lines += _paired_summary(table, rows, link)
    return lines


def _paired_summary(table, rows, link):
    pairs, baseline = differences(table.paired, rows)
    goals = [column for column in table.column if column.title in table.paired["goals"]]
    if not pairs:
        return [[link, "each other row", NOTHING, f"{column.title}: > {table.paired['value']}", NOT_RUN, NOTHING, NOTHING]
                for column in goals]
    return [[link, each.row.label, NOTHING, f"{column.title}: above {baseline.row.label}, same seeds",
             interval_text(measured[column.title].difference, QUANTITIES[column.quantity].decimals), str(measured[column.title].n_pairs),
             verdict(measured[column.title])] for each, measured in pairs for column in goals]


def _section(table, rows, sweep, settings, jobs):
    parts = [f'<a id="{table.name}"></a>\n\n## {_title(table, jobs)}\n', _question(table, jobs)]
    if table.over_all:
        return "\n".join([*parts, over_all_text(table, rows)])
    parts.append(_results_text(table, sweep, jobs))
    if table.row or table.row_keys:
        parts.append(rows_text(table, rows))
    parts += [by_epoch_text(curve, rows) for curve in table.by_epoch]
    parts.append(per_class_text(table.per_class, rows) if table.per_class else "")
    parts.append(paired_text(table.paired, rows) if table.paired else "")
    parts.append(rest_text(table, rows, settings))
    parts.append(table.note + "\n" if table.note else "")
    return "\n".join(part for part in parts if part)


def _title(table, jobs):
    titles = [unquoted(line.split("=", 1)[1].strip()) for line in _sweep_text(table, jobs) if line.split("=")[0].strip() == "title"]
    return table.title or (titles[0] if titles else table.name)


def _question(table, jobs):
    """The comment that the sweep file opens with."""
    comment = []
    for line in _sweep_text(table, jobs):
        if not line.startswith("#"):
            break
        comment.append(line.lstrip("# "))
    text = plain("\n".join(comment)) or table.question
    return text + "\n" if text else ""


def _sweep_text(table, jobs):
    path = jobs / f"{table.name}.cfg"
    return path.read_text(encoding="utf-8").splitlines() if path.exists() else []


def _results_text(table, sweep, jobs):
    """Where the numbers are from and what they cost."""
    source = f"[`{table.name}.cfg`]({table.name}.cfg)" if _sweep_text(table, jobs) else f"`{table.name}`"
    if sweep is None:
        return f"{source}: {NOT_RUN}.\n"
    text = f"{source}, [results](published/{table.name}.h5): {cost_text(sweep)}."
    overrides = " ".join(str(sweep.attributes.get("overrides", "")).split())
    text += f" Run with `--set {overrides}`." if overrides else ""
    now, then = _sweep_text(table, jobs), str(sweep.attributes.get("sweep_text", "")).splitlines()
    if "merged_from" in sweep.attributes:
        text += " Merged from several sweeps."
    elif now and _keys(now) != _keys(then):
        text += " The sweep file has changed since."
    return text + "\n"


def _keys(lines):
    """A sweep file without comments and blanks."""
    bare = ["".join(line.split("#")[0].split()) for line in lines]
    return [line for line in bare if line]
