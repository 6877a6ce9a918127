"""effects.tex: what each axis does and the strongest interactions, as booktabs tables that fit one column of a paper at 8 pt."""

from ..results.statistics import interval_name
from .effects_table import effects_tables
from .tex import Column, label_of, table_tex


def write_effects_tex(grid, effects, folder):
    """Nothing where fewer than two axes vary."""
    tables = effects_tables(grid, effects)
    if tables:
        (folder / "effects.tex").write_text(effects_tex(grid, tables), encoding="utf-8")


def effects_tex(grid, tables):
    points = f" in{grid.metric.points}" * grid.metric.in_percent
    texts = [_table(grid, tables["rows"], [Column("axis", ("axis",), _cells(tables["rows"], "axis"), left=True),
                                           Column("reference", ("from",), _cells(tables["rows"], "reference")),
                                           Column("value", ("to",), _cells(tables["rows"], "value"))],
                    f"Effect of each axis on {grid.metric.judged}{points}, over all settings of the other axes that have both values. "
                    f"Interval: {interval_name()} over seeds, simultaneous for the values of an axis.", "effects")]
    if tables["interactions"]:
        rows = tables["interactions"]
        texts.append(_table(grid, rows, [Column("first", ("first axis",), tuple(_tight(row["at"][0]) for row in rows), left=True),
                                         Column("second", ("second axis",), tuple(_tight(row["at"][1]) for row in rows), left=True)],
                            f"Strongest interaction of each pair of axes: change of {grid.metric.judged}{points} by both, minus the sum of what each "
                            f"does alone. Intervals: simultaneous for all {tables['n_contrasts']} of all pairs.", "interactions"))
    return "\n".join(texts)


def _table(grid, rows, columns, caption, name):
    columns = [*columns, Column("difference", ("differ-", "ence"), _cells(rows, "difference")),
               Column("interval", ("95 %", "interval"), _cells(rows, "interval"), left=True),
               Column("settings", ("set-", "tings"), _cells(rows, "settings")),
               Column("seeds", ("seeds",), tuple(str(row["seeds"]) for row in rows))]
    return table_tex(columns, f"{grid.sweep.title}. {caption}", f"{label_of(grid.sweep.title)}-{name}")


def _tight(change):
    """`k 25→40` of `k 25 → 40`."""
    return change.replace(" → ", "→")


def _cells(rows, key):
    return tuple(row[key] for row in rows)
