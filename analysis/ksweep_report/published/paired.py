"""Differences to one row of the same table over the same seeds."""

import numpy as np

from ..base.wording import NOTHING, bracket, signed
from ..results.verdicts import HIGHER, UNTESTABLE, judge
from .markdown import table_text
from .quantities import QUANTITIES


def differences(asked, rows):
    """[(row, {title of column: Judged, together with the other rows'})], and the row that they are to; None if it was not run."""
    baseline = next((each for each in rows if each.row.where.get(asked["key"]) == asked["value"]), None)
    if baseline is None:
        return [], None
    others = [each for each in rows if each is not baseline]
    judged = [{} for _ in others]
    for i, plain in enumerate(baseline.picks):
        column = judge([_differences(each.picks[i], plain) for each in others], with_p=False)
        for by_title, each in zip(judged, column):
            by_title[plain.column.title] = each
    return list(zip(others, judged)), baseline


def _differences(pick, plain):
    one, other = pick.by_seed(), plain.by_seed()
    return np.array([one[seed] - other[seed] for seed in sorted(one.keys() & other.keys())])


def verdict(judged):
    """Whether the whole interval is above 0."""
    if judged.verdict == UNTESTABLE:
        return NOTHING
    return "yes" if judged.verdict == HIGHER else "no"


def paired_text(asked, rows):
    pairs, baseline = differences(asked, rows)
    if not pairs:
        return ""
    columns = [pick.column for pick in baseline.picks]
    head = [f"minus {baseline.row.label}, same seeds", *[column.title for column in columns], "seeds",
            *[f"goal: {title}: > 0" for title in asked["goals"]]]
    lines = [[each.row.label, *[_text(measured[column.title], column) for column in columns],
              str(measured[columns[0].title].n_pairs), *[verdict(measured[title]) for title in asked["goals"]]]
             for each, measured in pairs]
    return table_text(head, lines)


def _text(judged, column):
    measured = judged.difference
    decimals = QUANTITIES[column.quantity].decimals
    return f"{signed(measured.mean, decimals)} {bracket(measured.low, measured.high, decimals, signed)}".strip()
