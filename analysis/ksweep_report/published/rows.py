"""The rows of a table: published, measured, chosen; and the settings that no row shows."""

from dataclasses import dataclass

from ..base.wording import NOTHING, bracket, joined, number
from ..results.test_set import test_samples_of
from .definitions import Column, Row, Table
from .markdown import table_text
from .quantities import NOT_RUN, QUANTITIES, by_seed, interval
from .settings import Setting, axes_of, choose, chosen_text, epochs_text, matching, name_of
from .uncertainty import MET, WITHIN, decide, figure_of, share_interval


@dataclass(frozen=True)
class Pick:
    """What one cell of the table is of.  setting: None if nothing that it asks for was run."""
    column: Column
    setting: Setting
    candidates: list

    @property
    def text(self):
        return self.figure().text(self.what.decimals, sd=self.column.sd) if self.setting else NOT_RUN

    @property
    def what(self):
        return QUANTITIES[self.column.quantity]

    def figure(self):
        return figure_of(self.setting, self.column.quantity, self.column.epoch) if self.setting else None

    def by_seed(self):
        return by_seed(self.setting, self.column.quantity, self.column.epoch) if self.setting else {}


@dataclass(frozen=True)
class Measured:
    """One row.  picks: one for each column; the first one is held to the goal, and it is what published figures are of."""
    table: Table
    row: Row
    picks: tuple

    @property
    def first(self):
        return self.picks[0]

    def goal_text(self):
        return self.row.goal.text(self.first.what.decimals) if self.row.goal else NOTHING

    def verdict(self):
        return decide(self.row.goal, self.first.figure())

    def published_text(self, sources):
        return "; ".join(self._published(each, sources) for each in self.row.published) or NOTHING

    def _published(self, each, sources):
        """`about 7.2 [6.7, 7.7] (recalled, not checked)`."""
        value, ends = float(each.value), ""
        n = each.samples or self.test_samples
        if self.first.what.of_test_samples:
            ends = bracket(*share_interval(value, n), self.first.what.decimals) if n else "(test set of unknown size)"
        said = f"({each.says}; {sources[each.source]})" if each.says else f"({sources[each.source]})"
        return " ".join(filter(None, ("about" * each.about, each.value, ends, said)))

    @property
    def test_samples(self):
        """As the results count them or, without any, as the table says."""
        setting = self.first.setting
        return test_samples_of(setting.sweep, setting.done) if setting else self.table.test_samples


def measured_rows(table, settings):
    settings = matching(settings, table.where)
    rows = table.row or _rows_by_keys(table.row_keys, settings)
    return [_measured(table, row, matching(settings, row.where)) for row in rows]


def _measured(table, row, settings):
    return Measured(table, row, tuple(_pick(table, column, settings) for column in table.column))


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


def rows_text(rows, sources):
    """The first table of a section."""
    if not rows:
        return ""
    published, goals = any(each.row.published for each in rows), any(each.row.goal for each in rows)
    head = ["", *["published"] * published, *[pick.column.title for pick in rows[0].picks], *["goal", "verdict"] * goals,
            "seeds", "epochs", "chosen on validation"]
    lines = []
    for each in rows:
        goal = [each.goal_text(), each.verdict().text]
        lines.append([each.row.label, *[each.published_text(sources)] * published, *[pick.text for pick in each.picks],
                      *goal * goals, *_provenance(each.first)])
    return table_text(head, lines)


def misses_text(rows, searches):
    """A line for each goal that the mean does not reach: by how much, why as far as that is known, and where what was tried stands.

    searches: label of a row -> the searches for a recipe of it.
    """
    return "".join(_miss(each, searches(each.row.label)) for each in rows if each.verdict().text not in (MET, NOTHING))


def _miss(each, searches):
    verdict, decimals = each.verdict(), each.first.what.decimals
    gap, reach, seeds = (number(abs(value), decimals) for value in (verdict.gap, verdict.reach, verdict.reach_of_seeds))
    side, back = ("above", "down") if verdict.gap > 0 else ("below", "up")
    alone = f", that of the seeds alone by {seeds}" if each.first.figure().test else ""
    reason = "" if verdict.text == WITHIN and not each.row.reason else f" {each.row.reason or 'The reason is not known.'}"
    text = f"{each.row.label}, {verdict.text}: the mean is {gap} {side} the goal; its interval reaches {back} by {reach}{alone}.{reason}"
    text += f" What was tried: {joined(f'[{search.name}](search/README.md#{search.name})' for search in searches)}." if searches else ""
    return f"- {' '.join(text.split())}\n"


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
