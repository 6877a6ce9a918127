"""A figure with what it leaves open, and whether it reaches a goal.

A share of the test samples, an accuracy or an error, varies with the seeds and with the samples that the test set happens to hold.  The seeds of
a setting share one test set, so that more of them make the first part smaller, not the second.
"""

from dataclasses import dataclass

import numpy as np

from ..base.wording import NOTHING, bracket, number
from ..results.bounds import bounds_of
from ..results.statistics import Interval, added_in_squares, wilson_interval, wilson_of_difference
from ..results.test_set import test_samples_of
from .quantities import QUANTITIES, interval

MET, WITHIN, NOT_MET = "met", "met within the test set's uncertainty", "not met"
VERDICTS = (MET, WITHIN, NOT_MET)
# How a figure is held against a goal.
BY_MEAN, BY_MEAN_AND_TEST_SET, BY_WHOLE_INTERVAL = range(3)
PERCENT = 100


@dataclass(frozen=True)
class Figure:
    """In the unit of print.

    seeds  mean over seeds and the interval that they give
    test   (low, high) that the size of the test set gives, whatever the seeds; None for what is no share of test samples
    low, high  what both give together
    """
    seeds: Interval
    test: tuple
    low: float
    high: float
    rule: int = BY_MEAN

    @property
    def mean(self):
        return self.seeds.mean

    @property
    def n(self):
        return self.seeds.n

    def text(self, decimals, text=number, sd=False):
        """`0.0164 [0.0162, 0.0166]`; of a share of test samples, with what seeds and test set give apart: `1.53 ± 0.05 ± 0.26 [1.30, 1.79]`."""
        if not self.n:
            return NOTHING
        ends = bracket(self.low, self.high, decimals, text)
        spread = f", sd {number(self.seeds.sd, decimals)}" if sd and self.n > 1 else ""
        return f"{text(self.mean, decimals)} {self._halves(decimals)} {ends}".replace("  ", " ").strip() + spread

    def short_text(self, decimals):
        """Without the ends: `97.39 ± 0.15 ± 0.31`."""
        halves = self._halves(decimals) or (f"± {_half(self.seeds, decimals)}" if np.isfinite(self.seeds.low) else "")
        return f"{number(self.mean, decimals)} {halves}".strip() if self.n else NOTHING

    def _halves(self, decimals):
        if not self.test:
            return ""
        return f"± {_half(self.seeds, decimals)} ± {number(max(self.mean - self.test[0], self.test[1] - self.mean), decimals)}"


def _half(measured, decimals):
    """Of the longer side, where the other one is cut."""
    return number(max(measured.high - measured.mean, measured.mean - measured.low), decimals)


def figure_of(setting, quantity, epoch=None):
    what, seeds = QUANTITIES[quantity], interval(setting, quantity, epoch)
    n = test_samples_of(setting.sweep, setting.done) if what.of_test_samples else None
    if not n or not seeds.n:
        return plain_figure(seeds)
    return share_figure(seeds, n, sorted(what.offset + what.scale * end for end in bounds_of(what.name)))


def plain_figure(seeds, rule=BY_MEAN):
    """Of what is no share of test samples."""
    return Figure(seeds, None, seeds.low, seeds.high, rule)


def share_figure(seeds, n, bounds=(0, PERCENT)):
    """seeds: of a share of n test samples, in %."""
    return _with_test_set(seeds, share_interval(seeds.mean, n), bounds, BY_MEAN_AND_TEST_SET)


def share_interval(share, n):
    """What a test set of n samples leaves open of a share in %."""
    return tuple(PERCENT * end for end in wilson_interval(share / PERCENT, n))


def difference_figure(seeds, means, quantity, n):
    """seeds: of paired differences; means: of both sides.  n: test samples, None where it is no share of them."""
    if not n or not seeds.n or not QUANTITIES[quantity].of_test_samples:
        return plain_figure(seeds, BY_WHOLE_INTERVAL)
    test = tuple(PERCENT * end for end in wilson_of_difference(means[0] / PERCENT, means[1] / PERCENT, n))
    return _with_test_set(seeds, test, (-PERCENT, PERCENT), BY_WHOLE_INTERVAL)


def _with_test_set(seeds, test, bounds, rule):
    parts = [(seeds.low, seeds.high), test] if np.isfinite(seeds.low) else [test]
    low, high = np.clip(added_in_squares(seeds.mean, *parts), *bounds)
    return Figure(seeds, test, float(low), float(high), rule)


@dataclass(frozen=True)
class Verdict:
    """text: one of VERDICTS, or NOTHING where there is no goal or no figure.

    gap: how far the mean is above (or, if negative, below) what the goal asks for; reach: how far the figure's interval goes back towards it,
    reach_of_seeds: and that of the seeds alone.
    """
    text: str
    gap: float = 0.0
    reach: float = np.nan
    reach_of_seeds: float = np.nan


def decide(goal, figure):
    """The one rule of what is met, for rows and counts."""
    if goal is None or figure is None or not figure.n:
        return Verdict(NOTHING)
    side = goal.side(figure.mean)
    if _reached(goal, figure, side):
        return Verdict(MET)
    nearest, of_seeds = (figure.low, figure.seeds.low) if side > 0 else (figure.high, figure.seeds.high)
    within = figure.rule == BY_MEAN_AND_TEST_SET and goal.side(nearest) != side
    return Verdict(WITHIN if within else NOT_MET, goal.gap(figure.mean), abs(figure.mean - nearest), abs(figure.mean - of_seeds))


def _reached(goal, figure, side):
    if figure.rule != BY_WHOLE_INTERVAL:
        return not side
    return bool(np.isfinite(figure.low)) and not goal.side(figure.low) and not goal.side(figure.high)
