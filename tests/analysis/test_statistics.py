import numpy as np
import pytest
from ksweep_report.statistics import bca_interval, holm, least_p, least_pairs, sign_flip_p, t_interval, t_quantiles
from scipy import stats

VALUES = [0.981, 0.9835, 0.9822, 0.9841, 0.9829, 0.9818, 0.9833]


@pytest.mark.parametrize("n", [2, 3, 7])
def test_t_interval_equals_scipys(n):
    values = VALUES[:n]
    interval = t_interval(values)
    low, high = stats.t.interval(0.95, n - 1, loc=np.mean(values), scale=stats.sem(values))
    assert (interval.low, interval.high) == pytest.approx((low, high), rel=1e-12)
    assert interval.sd == pytest.approx(np.std(values, ddof=1)) and interval.n == n


def test_a_single_value_has_a_mean_and_no_interval():
    interval = t_interval([0.5])
    assert interval.mean == 0.5 and interval.n == 1 and np.isnan([interval.sd, interval.low, interval.high]).all()


def test_what_was_not_measured_does_not_count():
    assert t_interval([1.0, np.nan, 3.0]).n == 2
    assert t_interval([np.nan]).n == 0


@pytest.mark.parametrize("n", [3, 6, 10])
def test_sign_flip_p_equals_scipys_permutation_test(n):
    differences = np.random.default_rng(n).normal(0.5, 1, n)
    expected = stats.permutation_test((differences,), np.sum, permutation_type="samples", n_resamples=np.inf,
                                      alternative="two-sided").pvalue
    assert sign_flip_p(differences) == pytest.approx(expected)


@pytest.mark.parametrize("n, p", [(1, 1.0), (2, 0.5), (3, 0.25), (5, 0.0625), (6, 0.03125)])
def test_differences_of_one_sign_reach_the_least_p(n, p):
    assert sign_flip_p(np.full(n, 0.1)) == p == least_p(n)


def test_equal_settings_do_not_differ():
    assert sign_flip_p(np.zeros(8)) == 1.0
    assert sign_flip_p([]) == 1.0


def test_many_pairs_give_the_same_estimate_each_time_close_to_the_normal_one():
    differences = np.random.default_rng(1).normal(0.3, 1, 60)
    p = sign_flip_p(differences)
    assert p == sign_flip_p(differences)
    assert p == pytest.approx(stats.ttest_1samp(differences, 0).pvalue, abs=0.01)


def test_six_pairs_are_the_least_for_one_comparison_and_more_for_many():
    assert [least_pairs(m) for m in (1, 2, 3, 19)] == [6, 7, 7, 10]


def test_holm_corrects_step_by_step():
    # By hand: 0.01 x 4; 0.02 x 3; 0.03 x 2 raised to 0.06; 0.5 x 1.
    assert holm([0.03, 0.01, 0.5, 0.02]).tolist() == pytest.approx([0.06, 0.04, 0.5, 0.06])
    assert holm([0.6, 0.7]).tolist() == [1.0, 1.0]
    assert holm([]).tolist() == []


@pytest.mark.parametrize("n", [5, 7, 20])
def test_bca_interval_is_close_to_scipys(n):
    values = np.random.default_rng(n).gamma(2.0, 1.0, n)
    interval = bca_interval(values)
    expected = stats.bootstrap((values,), np.mean, method="BCa", n_resamples=99_999, random_state=1).confidence_interval
    assert (interval.low, interval.high) == pytest.approx((expected.low, expected.high), abs=0.03 * (expected.high - expected.low))


def test_bca_interval_is_the_same_each_time_and_absent_below_three_values():
    assert bca_interval(VALUES) == bca_interval(VALUES)
    assert np.isnan(bca_interval([0.1, 0.2]).low)
    assert (bca_interval([0.5] * 4).low, bca_interval([0.5] * 4).high) == (0.5, 0.5)


def test_t_quantiles_are_scipys():
    assert t_quantiles(30) == pytest.approx([stats.t.ppf(0.975, n) for n in range(1, 31)], abs=1e-5)
