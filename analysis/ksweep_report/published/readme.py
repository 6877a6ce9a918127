"""Contents → jobs/README.md."""

from ..base.wording import NOTHING, signed
from .by_epoch import by_epoch_text, per_class_text
from .introduction import introduction
from .markdown import table_text
from .over_all import over_all_text
from .paired import MORE, differences, paired_text
from .quantities import NOT_RUN, QUANTITIES
from .races import races_text
from .rows import misses_text, rest_text, rows_text
from .sections import Section, paragraph
from .uncertainty import decide


def page_text(contents):
    summary = [line for table in contents.tables for line in _summary(table, contents.rows[table.name], contents.sources)]
    head = ["experiment", "row", "published", "goal", "measured", "seeds", "verdict"]
    return "\n".join([introduction(contents, [line[-1] for line in summary]), table_text(head, summary),
                      *[_section(table, contents) for table in contents.tables], *races_text(contents)])


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


def _section(table, contents):
    section = Section(table, contents.jobs, f"published/{table.name}.h5", contents.sweeps.get(table.name))
    rows, searches = contents.rows[table.name], lambda label: contents.searches_for(table, label)
    parts = [section.heading(), section.question(), paragraph("Published", table.published), paragraph("Here", table.here)]
    if table.over_all:
        parts += [over_all_text(table, rows), misses_text(rows, searches)]
    else:
        parts += [section.results_text(), rows_text(rows, contents.sources) if table.row or table.row_keys else "",
                  misses_text(rows, searches), *_further_tables(table, rows, contents.settings.get(table.name, []))]
    parts += [table.note and table.note.strip() + "\n", paragraph("What it says", table.says)]
    return "\n".join(part for part in parts if part)


def _further_tables(table, rows, settings):
    return [*[by_epoch_text(curve, rows) for curve in table.by_epoch],
            per_class_text(table.per_class, rows) if table.per_class else "", paired_text(table.paired, rows) if table.paired else "",
            rest_text(table, rows, settings)]
