"""The rows of a table: published, measured, chosen; and the settings that no row shows."""

from dataclasses import dataclass

from ..base.wording import NOTHING, number
from .definitions import Column, Row
from .markdown import table_text
from .quantities import NOT_RUN, QUANTITIES, by_seed, interval, interval_text
from .settings import Setting, axes_of, choose, chosen_text, epochs_text, matching, name_of


@dataclass(frozen=True)
class Pick:
    """What one cell of the table is of.  setting: None if nothing that it asks for was run."""
    column: Column
    setting: Setting
    candidates: list

    @property
    def text(self):
        decimals = QUANTITIES[self.column.quantity].decimals
        return interval_text(self.interval(), decimals, self.column.sd) if self.setting else NOT_RUN

    def interval(self):
        return interval(self.setting, self.column.quantity, self.column.epoch)

    def by_seed(self):
        return by_seed(self.setting, self.column.quantity, self.column.epoch) if self.setting else {}


@dataclass(frozen=True)
class Measured:
    """One row.  picks: one for each column; the first one is held to the goal."""
    row: Row
    picks: tuple

    @property
    def first(self):
        return self.picks[0]

    def goal_text(self):
        return self.row.goal.text(QUANTITIES[self.first.column.quantity].decimals) if self.row.goal else NOTHING

    def verdict(self):
        if self.row.goal is None or self.first.setting is None or self.first.interval().n == 0:
            return NOTHING
        return self.row.goal.verdict(self.first.interval().mean)


def measured_rows(table, settings):
    settings = matching(settings, table.where)
    rows = table.row or _rows_by_keys(table.row_keys, settings)
    return [_measured(table, row, matching(settings, row.where)) for row in rows]


def _measured(table, row, settings):
    return Measured(row, tuple(_pick(table, column, settings) for column in table.column))


def _pick(table, column, settings):
    candidates = matching(settings, column.where)
    return Pick(column, choose(candidates, table.choose), candidates)


def _rows_by_keys(keys, settings):
    rows = {}
    for each in settings:
        where = {key: _plain(each.value(key)) for key in keys if each.value(key) is not None}
        rows.setdefault(tuple(where.items()), Row(name_of(each, keys), where))
    return list(rows.values()) if keys else []


def _plain(value):
    return value if isinstance(value, str) else float(value)


def rows_text(table, rows):
    published, goals = any(each.row.published for each in rows), any(each.row.goal for each in rows)
    head = ["", *["published"] * published, *[column.title for column in table.column], *["goal", "met"] * goals,
            "seeds", "epochs", "chosen on validation"]
    lines = []
    for each in rows:
        goal = [each.goal_text(), each.verdict()]
        lines.append([each.row.label, *[each.row.published or NOTHING] * published, *[pick.text for pick in each.picks],
                      *goal * goals, *_provenance(each.first)])
    return table_text(head, lines) if rows else ""


def _provenance(pick):
    if pick.setting is None:
        return [NOTHING] * 3
    return [pick.setting.count_text, epochs_text(pick.setting), chosen_text(pick.setting, pick.candidates)]


def rest_text(table, rows, settings):
    """The settings that no row shows, those that were not chosen among them; "" if there are none."""
    shown = [pick.setting for each in rows for pick in each.picks]
    rest = [each for each in settings if each.started and not any(each is other for other in shown)]
    if not rest:
        return ""
    axes, what = axes_of(settings), QUANTITIES[table.choose]
    head = ["settings that the table does not show" if rows else "setting", what.heading,
            *[column.title for column in table.column], "seeds"]
    return table_text(head, [[name_of(each, axes), number(interval(each, table.choose).mean, what.decimals),
                              *[_cell(each, column) for column in table.column], each.count_text] for each in rest])


def _cell(setting, column):
    return Pick(column, setting, []).text if matching([setting], column.where) else NOTHING
