import numpy as np
import pytest
from conftest import REPORT
from ksweep_report.base.choices import LEAST_FOR_BCA
from ksweep_report.results.coverage import table
from ksweep_report.results.statistics import (BCA_COVERAGE, added_in_squares, bca_interval, coverage_of_the_best, half_width, half_widths, holm,
                                              least_p, least_pairs, pairs_interval, sign_flip_p, t_interval, welch_interval, wilson_interval,
                                              wilson_of_difference)
from scipy import stats

PAGE = REPORT.parents[1] / "docs/report.md"
VALUES = [0.981, 0.9835, 0.9822, 0.9841, 0.9829, 0.9818, 0.9833]


@pytest.mark.parametrize("n", [3, 7])
def test_t_interval_equals_scipys(n):
    values = VALUES[:n]
    interval = t_interval(values)
    low, high = stats.t.interval(0.95, n - 1, loc=np.mean(values), scale=stats.sem(values))
    assert (interval.low, interval.high) == pytest.approx((low, high), rel=1e-12)
    assert interval.sd == pytest.approx(np.std(values, ddof=1)) and interval.n == n


@pytest.mark.parametrize("n", [3, 4, 6, 10])
def test_the_interval_of_a_mean_over_pairs_leaves_out_one_seed_at_a_time(n):
    pairs = np.random.default_rng(n).normal(0.7, 0.1, (n, n))
    pairs = (pairs + pairs.T) / 2
    apart = ~np.eye(n, dtype=bool)
    means = [pairs[seed, apart[seed]].mean() for seed in range(n)]
    without = [pairs[np.ix_(rest, rest)][~np.eye(n - 1, dtype=bool)].mean() for rest in (np.delete(np.arange(n), seed) for seed in range(n))]
    deviation = np.sqrt((n - 1) / n * np.sum((np.array(without) - np.mean(without)) ** 2))
    found = pairs_interval(means)
    assert found.mean == pytest.approx(pairs[apart].mean())
    assert found.high - found.mean == pytest.approx(stats.t.ppf(0.975, n - 1) * deviation) == pytest.approx(found.mean - found.low)


def test_one_pair_of_seeds_has_no_interval():
    found = pairs_interval([0.8, 0.8])
    assert found.mean == 0.8 and np.isnan(found.low) and np.isnan(found.high)


def test_fewer_than_three_values_have_a_mean_and_no_interval():
    interval = t_interval([0.5])
    assert interval.mean == 0.5 and interval.n == 1 and np.isnan([interval.sd, interval.low, interval.high]).all()
    interval = t_interval([0.5, 0.7])
    assert interval.mean == 0.6 and interval.sd == pytest.approx(np.sqrt(0.02)) and np.isnan([interval.low, interval.high]).all()


def test_intervals_that_hold_at_once_share_the_level():
    values, m = VALUES[:6], 4
    low, high = stats.t.interval(1 - 0.05 / m, 5, loc=np.mean(values), scale=stats.sem(values))
    interval = t_interval(values, m)
    assert (interval.low, interval.high) == pytest.approx((low, high), rel=1e-12)


@pytest.mark.parametrize("m", [1, 3])
def test_welch_interval_equals_scipys(m):
    first, other = VALUES[:4], [0.97, 0.99, 0.975]
    expected = stats.ttest_ind(other, first, equal_var=False)
    interval = welch_interval(first, other, m)
    scale, freedom = interval.sd, (np.var(first, ddof=1) / 4 + np.var(other, ddof=1) / 3) ** 2 / (
        (np.var(first, ddof=1) / 4) ** 2 / 3 + (np.var(other, ddof=1) / 3) ** 2 / 2)
    assert interval.mean / scale == pytest.approx(expected.statistic) and interval.n == 3
    assert (interval.low, interval.high) == pytest.approx(stats.t.interval(1 - 0.05 / m, freedom, loc=interval.mean, scale=scale))
    assert np.isnan(welch_interval(first, other[:2]).low)


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


@pytest.mark.parametrize("n", [6, 7, 20])
def test_bca_interval_is_close_to_scipys(n):
    values = np.random.default_rng(n).gamma(2.0, 1.0, n)
    interval = bca_interval(values)
    expected = stats.bootstrap((values,), np.mean, method="BCa", n_resamples=99_999, random_state=1).confidence_interval
    assert (interval.low, interval.high) == pytest.approx((expected.low, expected.high), abs=0.03 * (expected.high - expected.low))


def test_bca_interval_is_the_same_each_time():
    assert bca_interval(VALUES) == bca_interval(VALUES)
    assert (bca_interval([0.5] * 6).low, bca_interval([0.5] * 6).high) == (0.5, 0.5)


@pytest.mark.parametrize("n", range(2, 6))
def test_no_bca_interval_is_given_of_fewer_than_six_values(n):
    interval = bca_interval(VALUES[:n])
    assert np.isnan([interval.low, interval.high]).all()
    assert (interval.mean, interval.n) == (pytest.approx(np.mean(VALUES[:n])), n) and np.isfinite(interval.sd)


def bca_coverage(values, mean):
    """By scipy alone, in parts that fit the memory."""
    hits = 0
    for part in np.array_split(values, len(values) // 250):
        found = stats.bootstrap((part,), np.mean, axis=-1, method="BCa", n_resamples=499, batch=100, random_state=7).confidence_interval
        hits += np.count_nonzero((found.low <= mean) & (mean <= found.high))
    return 100 * hits / len(values)


@pytest.mark.parametrize("n", [3, 5, 6, 8])
def test_the_coverage_that_is_told_of_bca_intervals_is_what_scipys_have(n):
    random = np.random.default_rng([n, 1])
    measured = bca_coverage(random.standard_normal((2000, n)), 0), bca_coverage(random.standard_exponential((2000, n)), 1)
    assert measured == pytest.approx(BCA_COVERAGE[n], abs=3)   # 3 standard errors and a half of rounding


def test_refused_are_the_bca_intervals_that_cover_less_than_85_percent_of_normal_means():
    assert all((normal < 85) == (n < LEAST_FOR_BCA) for n, (normal, _) in BCA_COVERAGE.items())


def test_the_page_on_the_report_has_the_coverage_that_reports_tell():
    lines = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("| ")]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    head = next(row for row in cells if "values per mean" in row[0])
    tables = [next(row for row in cells if row[0] == f"BCa, {law} values") for law in ("normal", "exponential")]
    assert {int(n): tuple(int(row[i]) for row in tables) for i, n in enumerate(head) if n.isdigit() and tables[0][i] != "–"} == BCA_COVERAGE


def test_the_table_of_coverage_is_what_the_page_on_the_report_shows():
    lines, page = table(repeats=40).splitlines(), PAGE.read_text(encoding="utf-8")
    assert lines[0] in page and all(f"\n{line.split(' | ')[0]} | " in page for line in lines[2:])


def test_t_intervals_cover_what_they_say_from_three_values_on():
    for n in (3, 5, 10):
        values = np.random.default_rng(n).normal(0.98, 0.001, (2000, n))
        found = [t_interval(each) for each in values]
        assert np.mean([each.low <= 0.98 <= each.high for each in found]) == pytest.approx(0.95, abs=0.015)


def test_an_interval_is_cut_where_values_cannot_lie():
    interval = t_interval([0.991, 0.999, 0.995])
    assert interval.high > 1 and interval.within((0, 1)).high == 1 and interval.within((0, 1)).low == interval.low
    assert np.isnan(t_interval([0.5]).within((0, 1)).low)


@pytest.mark.parametrize("n, hits", [(10_000, 9850), (10_000, 10_000), (60, 57), (100, 0), (1, 1)])
def test_wilson_interval_equals_scipys(n, hits):
    expected = stats.binomtest(hits, n).proportion_ci(method="wilson")
    assert wilson_interval(hits / n, n) == pytest.approx((expected.low, expected.high), abs=1e-12)


def test_ten_thousand_samples_at_an_error_of_one_and_a_half_percent_leave_a_quarter_of_a_point_open():
    low, high = wilson_interval(0.985, 10_000)
    assert 100 * (high - low) / 2 == pytest.approx(0.24, abs=0.005)


@pytest.mark.parametrize("settings, n", [(1, 5), (2, 3), (4, 5), (4, 10), (6, 5), (24, 8)])
def test_coverage_of_the_best_equals_a_simulated_choice(settings, n):
    random = np.random.default_rng([settings, n])
    values = random.standard_normal((8000, settings, n))   # of equally good settings, chosen by what is then reported
    chosen = values[np.arange(8000), values.mean(axis=2).argmax(axis=1)]
    low, high = stats.t.interval(0.95, n - 1, loc=chosen.mean(axis=1), scale=stats.sem(chosen, axis=1))
    assert coverage_of_the_best(settings, n) == pytest.approx(np.mean((low <= 0) & (0 <= high)), abs=0.012)


def test_the_best_of_four_is_covered_by_ninety_to_ninety_two_percent():
    assert coverage_of_the_best(1, 5) == pytest.approx(0.95, abs=1e-3)
    assert all(0.90 < coverage_of_the_best(4, n) < 0.92 for n in (5, 8, 10))
    page = " ".join(PAGE.read_text(encoding="utf-8").split())
    assert f"covers {100 * coverage_of_the_best(4, 5):.0f} % (5 seeds), of 24 settings {100 * coverage_of_the_best(24, 5):.0f} %" in page


def test_half_widths_are_those_of_intervals_and_none_below_three_values():
    assert half_widths(9)[:3] == [None] * 3
    assert half_widths(9)[3:] == pytest.approx([stats.t.ppf(0.975, n - 1) / np.sqrt(n) for n in range(3, 10)], abs=1e-6)
    assert half_width(2.0, 5, 4) == pytest.approx(2 * stats.t.ppf(1 - 0.05 / 8, 4) / np.sqrt(5))


def test_the_interval_of_a_difference_is_that_of_newcombes_paper():
    # Method 10 of Newcombe 1998: the distances between each share and the ends of its Wilson interval, added in squares.
    low, high = wilson_of_difference(0.8, 0.6, 70)
    (first_low, first_high), (second_low, second_high) = (stats.binomtest(hits, 70).proportion_ci(method="wilson") for hits in (56, 42))
    assert low == pytest.approx(0.2 - np.hypot(0.8 - first_low, second_high - 0.6))
    assert high == pytest.approx(0.2 + np.hypot(first_high - 0.8, 0.6 - second_low))
    assert wilson_of_difference(0.6, 0.8, 70) == pytest.approx((-high, -low))


def test_independent_deviations_add_in_squares():
    assert added_in_squares(10, (7, 11), (6, 12)) == pytest.approx((5, 10 + np.sqrt(5)))
