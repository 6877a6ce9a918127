"""Differences to one row of the same table over the same seeds."""

import numpy as np

from ..base.wording import NOTHING, bracket, signed
from ..results.statistics import t_interval
from .markdown import table_text
from .quantities import QUANTITIES


def differences(asked, rows):
    """[(row, {title of column: Interval of the paired differences})], and the row that they are to; None if it was not run."""
    baseline = next((each for each in rows if each.row.where.get(asked["key"]) == asked["value"]), None)
    if baseline is None:
        return [], None
    others = [each for each in rows if each is not baseline]
    return [(each, {pick.column.title: _difference(pick, plain) for pick, plain in zip(each.picks, baseline.picks)})
            for each in others], baseline


def _difference(pick, plain):
    one, other = pick.by_seed(), plain.by_seed()
    return t_interval(np.array([one[seed] - other[seed] for seed in sorted(one.keys() & other.keys())]))


def verdict(measured):
    """Whether the whole interval is above 0."""
    if not np.isfinite(measured.low):
        return NOTHING
    return "yes" if measured.low > 0 else "no"


def paired_text(asked, rows):
    pairs, baseline = differences(asked, rows)
    if not pairs:
        return ""
    columns = [pick.column for pick in baseline.picks]
    head = [f"minus {baseline.row.label}, same seeds", *[column.title for column in columns], "seeds",
            *[f"goal: {title}: > 0" for title in asked["goals"]]]
    lines = [[each.row.label, *[_text(measured[column.title], column) for column in columns],
              str(measured[columns[0].title].n), *[verdict(measured[title]) for title in asked["goals"]]]
             for each, measured in pairs]
    return table_text(head, lines)


def _text(measured, column):
    decimals = QUANTITIES[column.quantity].decimals
    return f"{signed(measured.mean, decimals)} {bracket(measured.low, measured.high, decimals, signed)}".strip()
