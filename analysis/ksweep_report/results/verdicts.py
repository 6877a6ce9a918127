"""What differences say: lower, higher, not distinguishable or not testable.  Decided here and nowhere else.

By intervals that hold for all compared at once (Bonferroni), of Student's t unless another kind was asked for: these rest on means that are
about normal.  The sign-flip test with Holm's correction stands beside them: it takes no law, but many seeds.

Where the values that are judged have also chosen what is compared, the chosen difference is the largest of many.  Then the intervals are those of
all pairs of what could have been chosen: they hold at once, and so for any pair, however it was picked.  That what holds for all that may be
selected holds for what is selected is the argument of Berk, Brown, Buja, Zhang & Zhao 2013, Valid post-selection inference, Annals of Statistics
41(2):802-837, doi:10.1214/12-AOS1077, there on coefficients of a model that was selected.  Narrower intervals that make use of how the choice is
made (comparisons with the best) would say which settings are not the best one, but not by how much the chosen one is better than each.
"""

from dataclasses import dataclass

import numpy as np

from .statistics import LEVEL, Interval, holm, interval_of, sign_flip_p, welch_interval

LOWER, HIGHER, ALIKE, UNTESTABLE = "lower", "higher", "not distinguishable", "not testable"
LEFT = "left the race"   # which showed it to be worse than the leader of its time


@dataclass(frozen=True, eq=False)
class Judged:
    """difference: its interval is one of `at_once` that hold together.  p_adjusted: of the sign-flip test after Holm's correction; None
    where it was not done."""
    difference: Interval
    verdict: str
    at_once: int
    p_adjusted: float = None

    @property
    def n_pairs(self):
        return self.difference.n

    @property
    def distinguishable(self):
        return self.verdict in (LOWER, HIGHER)

    @property
    def passes_sign_flips(self):
        return self.p_adjusted is not None and self.p_adjusted <= LEVEL


def all_pairs(n):
    """How many differences n settings have."""
    return n * (n - 1) // 2


def verdict_of(low, high):
    """Of arrays of ends, or of one: whether the interval lies below or above zero."""
    return np.select([~(np.isfinite(low) & np.isfinite(high)), np.less(high, 0), np.greater(low, 0)], [UNTESTABLE, LOWER, HIGHER], ALIKE)


def judge(differences, bounds=(-np.inf, np.inf), at_once=0, with_p=True):
    """Of each array of paired differences.  at_once: how many intervals hold together, if more than these."""
    at_once = max(at_once, len(differences), 1)
    adjusted = holm([sign_flip_p(each) for each in differences]) if with_p else [None] * len(differences)
    return [_judged(interval_of(each, bounds, at_once), at_once, p) for each, p in zip(differences, adjusted)]


def judge_unpaired(pairs, bounds=(-np.inf, np.inf), at_once=0):
    """Of each (values, other values) that have nothing in common: difference of their means, by Welch's interval."""
    at_once = max(at_once, len(pairs), 1)
    return [_judged(welch_interval(first, other, at_once).within(bounds), at_once, None) for first, other in pairs]


def judge_by_race(race, setting):
    """By the race's own bounds of the difference to its leader on the validation part: they are valid however often it was looked, and need no
    equal numbers of seeds."""
    bound = race.last_difference(setting)
    difference = Interval(bound.mean, np.nan, bound.low, bound.high, bound.n)
    return Judged(difference, LEFT if race.left_after(setting) else str(verdict_of(bound.low, bound.high)), max(1, race.n_settings - 1))


def not_judged(race, setting):
    """By a metric that the settings did not race by: of it there are no such bounds."""
    return Judged(interval_of([]), LEFT if race.left_after(setting) else UNTESTABLE, 1)


def _judged(difference, at_once, p):
    return Judged(difference, str(verdict_of(difference.low, difference.high)), at_once, None if p is None else float(p))
