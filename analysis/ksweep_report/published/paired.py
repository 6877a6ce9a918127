"""Differences to one row of the same table over the same seeds."""

import numpy as np

from ..base.wording import signed
from ..results.statistics import t_interval
from ..results.test_set import test_samples_of
from .definitions import Goal
from .markdown import table_text
from .uncertainty import decide, difference_figure

MORE = Goal(above=0)


def differences(asked, rows):
    """[(row, {title of column: Figure of the paired differences})], and the row that they are to; None if it was not run."""
    baseline = next((each for each in rows if each.row.where.get(asked["key"]) == asked["value"]), None)
    if baseline is None:
        return [], None
    others = [each for each in rows if each is not baseline]
    return [(each, {pick.column.title: _difference(pick, plain, len(others)) for pick, plain in zip(each.picks, baseline.picks)})
            for each in others], baseline


def _difference(pick, plain, n_rows):
    one, other = pick.by_seed(), plain.by_seed()
    both = np.array([(one[seed], other[seed]) for seed in sorted(one.keys() & other.keys())]).reshape(-1, 2)
    n = test_samples_of(pick.setting.sweep, pick.setting.done) if len(both) else None
    return difference_figure(t_interval(both[:, 0] - both[:, 1], n_rows), both.mean(axis=0) if len(both) else None, pick.column.quantity, n)


def paired_text(asked, rows):
    pairs, baseline = differences(asked, rows)
    if not pairs:
        return ""
    columns = [pick.column for pick in baseline.picks]
    head = [f"minus {baseline.row.label}, same seeds", *[column.title for column in columns], "seeds",
            *[f"goal: {title}: > 0" for title in asked["goals"]]]
    lines = [[each.row.label, *[measured[pick.column.title].text(pick.what.decimals, signed) for pick in baseline.picks],
              str(measured[columns[0].title].n), *[decide(MORE, measured[title]).text for title in asked["goals"]]]
             for each, measured in pairs]
    return table_text(head, lines)
