"""Numbers over seeds.  Nothing here knows what is measured."""

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr, ndtri, stdtrit

MOST_EXACT_PAIRS = 16
RANDOM_FLIPS, FLIPS_AT_ONCE = 20_000, 1000
LEVEL = 0.05
LEAST_FOR_BCA = 3
RESAMPLES = 9999
INTERVALS = {"t": "95 % t interval", "bca": "95 % BCa bootstrap interval"}
_kind = "t"


@dataclass(frozen=True)
class Interval:
    """Mean over n values with a two-sided 95 % interval; NaN where n is too small for it."""
    mean: float
    sd: float
    low: float
    high: float
    n: int


def t_interval(values, confidence=0.95):
    """values: any sequence; those that are not finite are left out."""
    values = np.asarray(values, float)
    values = values[np.isfinite(values)]
    n = len(values)
    if n == 0:
        return Interval(np.nan, np.nan, np.nan, np.nan, 0)
    mean = float(values.mean())
    if n == 1:
        return Interval(mean, np.nan, np.nan, np.nan, 1)
    sd = float(values.std(ddof=1))
    half = float(stdtrit(n - 1, 0.5 + confidence / 2)) * sd / np.sqrt(n)
    return Interval(mean, sd, mean - half, mean + half, n)


def use_interval(kind):
    """What interval_of gives from now on: `t` or `bca`."""
    global _kind
    _kind = kind


def interval_name():
    return INTERVALS[_kind]


def interval_of(values):
    """The interval that was chosen for this report."""
    return bca_interval(values) if _kind == "bca" else t_interval(values)


def bca_interval(values, confidence=0.95):
    """Bias-corrected and accelerated bootstrap of the mean (Efron 1987), 9,999 resamples from a fixed seed.

    The t interval's NaN below 3 values: of fewer there is nothing to resample.
    """
    plain = t_interval(values, confidence)
    values = np.asarray(values, float)
    values = values[np.isfinite(values)]
    if plain.n < LEAST_FOR_BCA:
        return Interval(plain.mean, plain.sd, np.nan, np.nan, plain.n)
    if plain.sd == 0:
        return Interval(plain.mean, 0.0, plain.mean, plain.mean, plain.n)
    means = values[np.random.default_rng(0).integers(0, plain.n, (RESAMPLES, plain.n))].mean(axis=1)
    below = (np.count_nonzero(means < plain.mean) + np.count_nonzero(means <= plain.mean)) / (2 * RESAMPLES)
    bias = ndtri(below)
    pull = (values - plain.mean) / (plain.n - 1)   # of the jackknife: mean of all - mean without one, up to a factor
    acceleration = (pull ** 3).sum() / (6 * (pull ** 2).sum() ** 1.5)
    tails = bias + ndtri([(1 - confidence) / 2, (1 + confidence) / 2])
    low, high = np.quantile(means, ndtr(bias + tails / (1 - acceleration * tails)))
    return Interval(plain.mean, plain.sd, float(low), float(high), plain.n)


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


def least_pairs(comparisons, level=LEVEL):
    """How many pairs it takes for any of so many comparisons to be significant after Holm's correction."""
    pairs = 1
    while comparisons * least_p(pairs) > level:
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


def t_quantiles(most):
    """Of 97.5 % for 1 .. most degrees of freedom: what the page's script makes its intervals of."""
    return [round(float(stdtrit(n, 0.975)), 5) for n in range(1, most + 1)]
