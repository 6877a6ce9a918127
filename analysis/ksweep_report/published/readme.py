"""Everything → Markdown."""

from ..base.quoting import unquoted
from ..base.wording import NOTHING, capitalised, signed
from ..results.reading import read_sweep
from .by_epoch import by_epoch_text, per_class_text
from .definitions import Column, Table, read_tables
from .introduction import introduction
from .markdown import plain, table_text
from .over_all import best_rows, over_all_text
from .paired import MORE, differences, paired_text
from .quantities import NOT_RUN, QUANTITIES
from .rows import measured_rows, misses_text, rest_text, rows_text
from .settings import cost_text, settings_of
from .uncertainty import decide

UNNAMED = (Column("test_error"), Column("test_mse"), Column("test_fraction_of_variance_explained"), Column("l0_encoding"))


def page_text(jobs):
    """jobs: the folder of the sweep files, with published/tables.toml and the results beside it."""
    tables, sources = read_tables(jobs / "published" / "tables.toml")
    sweeps = {path.stem: read_sweep(path) for path in sorted((jobs / "published").glob("*.h5"))}
    settings = {name: settings_of(sweep, name) for name, sweep in sweeps.items()}
    tables = tables + [Table(name, UNNAMED) for name in sweeps if name not in {each.name for each in tables}]
    sections, summary = [], []
    for table in tables:
        rows = _rows(table, settings)
        summary += _summary(table, rows, sources)
        sections.append(_section(table, rows, sweeps.get(table.name), settings.get(table.name, []), jobs, sources))
    head = ["experiment", "row", "published", "goal", "measured", "seeds", "verdict"]
    first = introduction(sources, list(sweeps.values()), [line[-1] for line in summary])
    return "\n".join([first, table_text(head, summary), *sections])


def _rows(table, settings):
    if table.over_all:
        return best_rows(table, [each for name in sorted(settings) for each in settings[name]])
    return measured_rows(table, settings.get(table.name, []))


def _summary(table, rows, sources):
    """Lines of all rows that have a goal; the verdict stands last."""
    link = f"[{table.name}](#{table.name})"
    lines = [[link, each.row.label, each.published_text(sources), f"{each.first.column.title}: {each.goal_text()}",
              each.first.text, each.first.setting.count_text if each.first.setting else NOTHING, each.verdict().text]
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
             measured[column.title].text(QUANTITIES[column.quantity].decimals, signed), str(measured[column.title].n),
             decide(MORE, measured[column.title]).text] for each, measured in pairs for column in goals]


def _section(table, rows, sweep, settings, jobs, sources):
    parts = [f'<a id="{table.name}"></a>\n\n## {_title(table, jobs)}\n',
             _paragraph("Question", _question(table, jobs)), _paragraph("Published", table.published), _paragraph("Here", table.here)]
    if table.over_all:
        parts += [over_all_text(table, rows), misses_text(rows)]
    else:
        parts += [_results_text(table, sweep, jobs), *_tables(table, rows, settings, sources)]
    parts += [table.note and table.note.strip() + "\n", _paragraph("What it says", table.says)]
    return "\n".join(part for part in parts if part)


def _tables(table, rows, settings, sources):
    return [rows_text(rows, sources) if table.row or table.row_keys else "", misses_text(rows),
            *[by_epoch_text(curve, rows) for curve in table.by_epoch],
            per_class_text(table.per_class, rows) if table.per_class else "", paired_text(table.paired, rows) if table.paired else "",
            rest_text(table, rows, settings)]


def _paragraph(head, text):
    return f"**{head}.** {text.strip()}\n" if text else ""


def _title(table, jobs):
    titles = [unquoted(line.split("=", 1)[1].strip()) for line in _sweep_text(table, jobs) if line.split("=")[0].strip() == "title"]
    return table.title or (titles[0] if titles else table.name)


def _question(table, jobs):
    """The first sentence of the comment that the sweep file opens with."""
    comment = []
    for line in _sweep_text(table, jobs):
        if not line.startswith("#"):
            break
        comment.append(line.lstrip("# "))
    words = " ".join(" ".join(comment).removeprefix("Question:").split())
    question, mark, _ = words.partition("?")
    return table.question or (capitalised(plain(question + mark)) if mark else "")


def _sweep_text(table, jobs):
    path = jobs / f"{table.name}.cfg"
    return path.read_text(encoding="utf-8").splitlines() if path.exists() else []


def _results_text(table, sweep, jobs):
    """Where the numbers are from and what they cost."""
    source = f"[`{table.name}.cfg`]({table.name}.cfg)" if _sweep_text(table, jobs) else f"`{table.name}`"
    if sweep is None:
        return f"{source}: no stored results.\n"
    text = f"{source}, [results](published/{table.name}.h5): {cost_text(sweep)}."
    overrides = " ".join(str(sweep.attributes.get("overrides", "")).split())
    text += f" Run with `--set {overrides}`." if overrides else ""
    text += f" Of the data: {plain('; '.join(sweep.data_notes))}." if sweep.data_notes else ""
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
