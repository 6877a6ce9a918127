"""Numbers over seeds.  Nothing here knows what is measured."""

from dataclasses import dataclass, replace

import numpy as np
from scipy.special import gammaincinv, ndtr, ndtri, stdtrit

from ..base.choices import INTERVALS, LEAST_FOR_BCA, LEAST_FOR_INTERVAL
from ..base.errors import ReportError

MOST_EXACT_PAIRS = 16
RANDOM_FLIPS, FLIPS_AT_ONCE = 20_000, 1000
LEVEL = 0.05
RESAMPLES = 9999
# Values per mean -> % of BCa intervals called 95 % that cover the mean of normal, of exponential values.  analysis/coverage measures it.
BCA_COVERAGE = {3: (73, 68), 5: (84, 79), 6: (85, 82), 8: (88, 85), 10: (90, 87), 15: (92, 90), 20: (93, 91), 30: (93, 93)}
QUADRATURE_POINTS = 4000
WELCH = "95 % Welch interval"
_kind = "t"


@dataclass(frozen=True)
class Interval:
    """Mean over n values with a two-sided 95 % interval; NaN where n is too small for it."""
    mean: float
    sd: float
    low: float
    high: float
    n: int

    def within(self, bounds):
        """Cut where the mean cannot lie, which costs no coverage."""
        least, most = bounds
        return replace(self, low=float(np.clip(self.low, least, most)), high=float(np.clip(self.high, least, most)))


def half_width(sd, n, comparisons=1):
    """Of the 95 % t interval of a mean over n values; of so many means at once with Bonferroni's correction.  NaN below 3 values.

    src/base/seed_statistics.h has the same for `ksweep plan` and `ksweep status`.
    """
    return stdtrit(n - 1, 1 - LEVEL / (2 * comparisons)) * sd / np.sqrt(n) if n >= LEAST_FOR_INTERVAL else np.nan * sd


def t_ends(values, comparisons=1):
    """(means, sds, lower ends, upper ends) of intervals over the last axis."""
    n, mean = values.shape[-1], values.mean(axis=-1)
    sd = values.std(axis=-1, ddof=1) if n > 1 else np.nan * mean
    half = half_width(sd, n, comparisons)
    return mean, sd, mean - half, mean + half


def t_interval(values, comparisons=1):
    """values: any sequence; those that are not finite are left out."""
    values = np.asarray(values, float)
    values = values[np.isfinite(values)]
    return Interval(*map(float, t_ends(values, comparisons)), len(values)) if len(values) else Interval(*[np.nan] * 4, 0)


def welch_interval(first, other, comparisons=1):
    """Of the difference of the means of two independent samples (Welch 1947); NaN ends where either has fewer than 3 values."""
    one, two = t_interval(first), t_interval(other)
    parts = np.array([one.sd ** 2 / max(one.n, 1), two.sd ** 2 / max(two.n, 1)])
    n, mean = min(one.n, two.n), two.mean - one.mean
    if n < LEAST_FOR_INTERVAL:
        return Interval(mean, np.nan, np.nan, np.nan, n)
    freedom = parts.sum() ** 2 / (parts ** 2 / [one.n - 1, two.n - 1]).sum() if parts.any() else n - 1
    half = float(stdtrit(freedom, 1 - LEVEL / (2 * comparisons)) * np.sqrt(parts.sum()))
    return Interval(mean, float(np.sqrt(parts.sum())), mean - half, mean + half, n)


def pairs_interval(means):
    """The interval of a mean over all pairs of seeds; means: of each seed over its pairs with the others.

    Pairs that share a seed are not independent: the deviation of the mean is that of leaving out one seed at a time (the
    jackknife of a statistic of pairs, Efron & Stein 1981), which is 2 (n - 1) / (n - 2) times the one of n independent values.
    NaN below 3 seeds.
    """
    plain = t_interval(means)
    half = (plain.high - plain.mean) * 2 * (plain.n - 1) / max(plain.n - 2, 1)
    return replace(plain, low=plain.mean - half, high=plain.mean + half)


def use_interval(kind):
    """What interval_of gives from now on: `t` or `bca`."""
    global _kind
    _kind = kind


def interval_name():
    return INTERVALS[_kind]


def rests_on():
    """What the interval takes for granted."""
    return "approximate normality of means over so few seeds" if _kind == "t" else "the resamples of so few seeds standing for new ones"


def interval_of(values, bounds=(-np.inf, np.inf), comparisons=1):
    """The interval that was chosen for this report; one of so many that hold at once.  bounds: between which the values lie for certain."""
    return (bca_interval(values, comparisons) if _kind == "bca" else t_interval(values, comparisons)).within(bounds)


def check_interval(most, where):
    """Raises ReportError where no mean can get the interval that was asked for.  most: values that any mean is of."""
    if _kind == "bca" and most < LEAST_FOR_BCA:
        raise ReportError(f"{where}: --interval bca needs {LEAST_FOR_BCA} seeds, and no setting has more than {most} to report. "
                          f"{coverage_note(max(most, 1))} Use --interval t, or add seeds.")


def coverage_note(n):
    """What share of these intervals covers the mean of so many values, where it is not the share that their name says; or ""."""
    if _kind != "bca" or n == 0:
        return ""
    if n < LEAST_FOR_BCA:
        return (f"No BCa interval is given of fewer than {LEAST_FOR_BCA} seeds: called 95 %, it would cover {BCA_COVERAGE[3][0]} % of the means of 3 "
                f"normal values and {BCA_COVERAGE[5][0]} % of 5. t intervals (`--interval t`) cover 95 % from {LEAST_FOR_INTERVAL} on.")
    measured = max(each for each in BCA_COVERAGE if each <= n)
    normal, skewed = BCA_COVERAGE[measured]
    return (f"BCa intervals called 95 % cover {normal} % of the means of {measured} normal values and {skewed} % of skewed (exponential) ones; "
            "t intervals cover 95 % of normal ones.")


def bca_interval(values, comparisons=1):
    """Bias-corrected and accelerated bootstrap of the mean (Efron 1987), 9,999 resamples from a fixed seed.

    The t interval's NaN below 6 values, of which its coverage is far below what it is called.
    """
    plain = t_interval(values, comparisons)
    if plain.n < LEAST_FOR_BCA:
        return replace(plain, low=np.nan, high=np.nan)
    if plain.sd == 0:
        return plain
    values = np.asarray(values, float)
    low, high = bca_ends(values[np.isfinite(values)], 1 - LEVEL / comparisons)
    return replace(plain, low=low, high=high)


def bca_ends(values, confidence=0.95, resamples=RESAMPLES):
    """(low, high) of an array of different values, however few."""
    n, mean = len(values), values.mean()
    means = values[np.random.default_rng(0).integers(0, n, (resamples, n))].mean(axis=1)
    below = (np.count_nonzero(means < mean) + np.count_nonzero(means <= mean)) / (2 * resamples)
    bias = ndtri(below)
    pull = (values - mean) / (n - 1)   # of the jackknife: mean of all - mean without one, up to a factor
    acceleration = (pull ** 3).sum() / (6 * (pull ** 2).sum() ** 1.5)
    tails = bias + ndtri([(1 - confidence) / 2, (1 + confidence) / 2])
    low, high = np.quantile(means, ndtr(bias + tails / (1 - acceleration * tails)))
    return float(low), float(high)


def wilson_interval(share, n, confidence=0.95):
    """(low, high): Wilson's interval of the probability of which `share` of n independent samples is an estimate."""
    z = float(ndtri(0.5 + confidence / 2))
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * np.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    return float(max(0.0, middle - half)), float(min(1.0, middle + half))


def wilson_of_difference(one, other, n):
    """(low, high): Newcombe's interval of the difference of two probabilities, of which these shares of n samples each are estimates.

    As of two independent sets of samples.  Of one set of samples, where what is difficult for one network is so for another, too, it is too wide.
    Source: Newcombe 1998, Statistics in Medicine 17:873, method 10.
    """
    (low, high), (other_low, other_high) = wilson_interval(one, n), wilson_interval(other, n)
    difference = one - other
    return added_in_squares(difference, (difference - (one - low), difference + (high - one)),
                            (difference - (other_high - other), difference + (other - other_low)))


def added_in_squares(estimate, *intervals):
    """(low, high) around an estimate that deviates for several independent reasons, with an interval around it for each one alone.

    The squares of the distances to the ends add (Newcombe 1998; Zou & Donner 2008, Statistics in Medicine 27:1693).
    """
    ends = np.array(intervals, float)
    return (estimate - float(np.sqrt(((estimate - ends[:, 0]) ** 2).sum())),
            estimate + float(np.sqrt(((ends[:, 1] - estimate) ** 2).sum())))


def coverage_of_the_best(settings, n, confidence=0.95):
    """How often the t interval over n values covers the mean of that setting whose mean of these very values is the highest.

    Of settings that are equally good, with independent normal values: the worst case of a choice by what is then reported.  Mean and
    standard deviation of normal values are independent, so that it is an integral over the latter's distribution.
    """
    shares = (np.arange(QUADRATURE_POINTS) + 0.5) / QUADRATURE_POINTS
    sd = np.sqrt(2 * gammaincinv((n - 1) / 2, shares) / (n - 1))
    reach = float(stdtrit(n - 1, 0.5 + confidence / 2)) * sd
    return float(np.mean(ndtr(reach) ** settings - ndtr(-reach) ** settings))


def sign_flip_p(differences):
    """Two-sided p of the hypothesis that paired differences are symmetric about zero.

    Exact, over all 2^n signs, up to 16 pairs; beyond, 20,000 random ones from a fixed seed.  Never below 2/2^n.
    """
    differences = np.asarray(differences, float)
    n = len(differences)
    if n == 0:
        return 1.0
    observed = abs(differences.sum())
    slack = 1e-9 * np.abs(differences).sum()  # sums that are equal but for rounding count as equal
    if n <= MOST_EXACT_PAIRS:
        signs = 1 - 2.0 * ((np.arange(2 ** n)[:, None] >> np.arange(n)) & 1)
        return float(np.mean(np.abs(signs @ differences) >= observed - slack))
    random = np.random.default_rng(0)
    as_extreme = 0
    for _ in range(RANDOM_FLIPS // FLIPS_AT_ONCE):
        signs = 1.0 - 2.0 * random.integers(0, 2, size=(FLIPS_AT_ONCE, n), dtype=np.int8)
        as_extreme += np.count_nonzero(np.abs(signs @ differences) >= observed - slack)
    return (as_extreme + 1) / (RANDOM_FLIPS + 1)


def least_p(pairs):
    """The smallest p that the sign-flip test can give for so many pairs."""
    return min(1.0, 2.0 / 2.0 ** pairs)


def least_p_of(comparisons, pairs):
    """The smallest p that is left of it after Holm's correction for so many comparisons."""
    return min(1.0, comparisons * least_p(pairs))


def least_pairs(comparisons, level=LEVEL):
    """How many pairs it takes for any of so many comparisons to be significant after Holm's correction."""
    pairs = 1
    while least_p_of(comparisons, pairs) > level:
        pairs += 1
    return pairs


def holm(p_values):
    """Holm's step-down adjusted p values, in the order given."""
    p_values = np.asarray(p_values, float)
    order = np.argsort(p_values, kind="stable")
    steps = (len(p_values) - np.arange(len(p_values))) * p_values[order]
    adjusted = np.empty(len(p_values))
    adjusted[order] = np.minimum(1.0, np.maximum.accumulate(steps)) if len(p_values) else []
    return adjusted


def half_widths(most):
    """Of 0 .. most values whose standard deviation is 1, None where there is no interval: what the page's script makes its intervals of."""
    return [round(float(half_width(1.0, n)), 6) if n >= LEAST_FOR_INTERVAL else None for n in range(most + 1)]
