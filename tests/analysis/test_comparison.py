import csv
import re

import numpy as np
import pytest
from ksweep_report.base.errors import ReportError
from ksweep_report.main import main
from ksweep_report.pages.comparison import sentence
from ksweep_report.results.pairing import compare
from ksweep_report.results.reading import read_sweep
from ksweep_report.results.statistics import use_interval
from sample_sweeps import edited, trial, write_sweep
from scipy import stats


@pytest.fixture(autouse=True)
def t_interval_afterwards():
    yield
    use_interval("t")


def sweep_of(tmp_path, name, gain, seeds=range(8), ks=(10, 25), **more):
    trials = [trial(k, 0.0, seed, results={"test_accuracy": 0.9 + 0.001 * seed + gain + 1e-4 * ((seed * 7 + k) % 5)}, **more)
              for k in ks for seed in seeds]
    (tmp_path / name).mkdir()
    return write_sweep(tmp_path / name / "sweep.h5", trials)


def compared(*paths):
    return compare([read_sweep(path) for path in paths])


def test_settings_and_seeds_are_paired(tmp_path):
    found = compared(sweep_of(tmp_path, "a", 0.0), sweep_of(tmp_path, "b", 0.01, seeds=range(2, 12), ks=(25, 40)))
    comparison = found.each[0]
    assert [pair.setting for pair in comparison.pairs] == [(25,)] and comparison.pairs[0].difference.n == 6
    assert comparison.pairs[0].difference.mean == pytest.approx(0.01) and comparison.n_alone == (1, 1)
    assert found.keys == ("k",)


def test_intervals_and_p_are_scipys(tmp_path):
    first, other = sweep_of(tmp_path, "a", 0.0), sweep_of(tmp_path, "b", 0.0, ks=(10, 25))
    with edited(other) as file:
        file["test_accuracy"][...] = file["test_accuracy"][...] + np.random.default_rng(0).normal(0.001, 0.002, 16)
    comparison = compared(first, other).each[0]
    x, y = (read_sweep(path).columns["test_accuracy"] for path in (first, other))
    difference = (y - x)[:8]
    low, high = stats.t.interval(1 - 0.05 / 2, 7, loc=difference.mean(), scale=stats.sem(difference))
    assert (comparison.pairs[0].difference.low, comparison.pairs[0].difference.high) == pytest.approx((low, high))
    means = (y - x).reshape(2, 8).mean(axis=0)
    expected = stats.permutation_test((means,), np.sum, permutation_type="samples", n_resamples=np.inf).pvalue
    assert comparison.overall.p_adjusted == pytest.approx(expected)


def test_constant_keys_that_differ_are_what_is_compared_and_not_what_is_matched(tmp_path):
    found = compared(sweep_of(tmp_path, "a", 0.0, kind="k-sparse"), sweep_of(tmp_path, "b", 0.01, kind="batch-topk"))
    assert ("kind", ["k-sparse", "batch-topk"]) in found.differing and len(found.each[0].pairs) == 2


def test_the_first_line_says_what_differs_and_how_sure_it_is(tmp_path):
    found = compared(sweep_of(tmp_path, "old", 0.0), sweep_of(tmp_path, "new", 0.01))
    assert sentence(found, found.each[0]) == "new against old: +1.00 points of test accuracy [+1.00, +1.00], 2 settings, 8 seeds: " \
        "higher; sign-flip p = 0.008"


def test_three_seeds_are_judged_by_their_interval_and_two_are_not(tmp_path):
    three = compared(sweep_of(tmp_path, "a", 0.0, seeds=range(3)), sweep_of(tmp_path, "b", 0.01, seeds=range(3)))
    assert sentence(three, three.each[0]).endswith("3 seeds: higher; sign-flip p = 0.250")
    two = compared(sweep_of(tmp_path, "c", 0.0, seeds=range(2)), sweep_of(tmp_path, "d", 0.01, seeds=range(2)))
    assert sentence(two, two.each[0]).endswith("points of test accuracy, 2 settings, 2 seeds: not testable from fewer than 3 paired seeds")


def on_other_data(tmp_path, name, gain, seeds=range(8)):
    path = sweep_of(tmp_path, name, gain, seeds=seeds, data_set="mnist")
    with edited(path) as file:
        file.attrs["data_hash"] = "ef" * 32
    return path


def test_different_data_are_not_paired_and_that_is_said(tmp_path, capsys):
    paths = [sweep_of(tmp_path, "a", 0.0, data_set="digits"), on_other_data(tmp_path, "b", 0.01, seeds=range(20, 27))]
    found = compared(*paths)
    comparison = found.each[0]
    assert not comparison.is_paired and comparison.overall.p_adjusted is None and len(comparison.pairs) == 2
    x, y = (read_sweep(path).columns["test_accuracy"] for path in paths)
    scale = np.sqrt(np.var(x[:8], ddof=1) / 8 + np.var(y[:7], ddof=1) / 7)
    assert comparison.pairs[0].difference.sd == pytest.approx(scale) and comparison.pairs[0].at_once == 2
    assert "7 seeds each, not paired" in sentence(found, comparison)
    assert main([*map(str, paths), "--output", str(tmp_path / "out"), "--format", "html,csv,latex"]) == 0
    warning = "b and a were trained on different data: their trials share a seed&#39;s number and nothing else"
    assert warning in (tmp_path / "out" / "report.html").read_text()
    assert "different data" in (tmp_path / "out" / "tables" / "comparison.tex").read_text()
    assert "report: warning: b and a were trained on different data" in capsys.readouterr().err


def test_the_same_data_prepared_in_another_way_are_paired(tmp_path):
    paths = [sweep_of(tmp_path, name, 0.0, data_set="digits", data_normalise=how) for name, how in (("a", "none"), ("b", "mean"))]
    with edited(paths[1]) as file:
        file.attrs["data_hash"] = "ef" * 32
    assert compared(*paths).each[0].is_paired


def test_columns_of_the_table_name_the_sweep_whose_numbers_they_are(tmp_path):
    paths = [sweep_of(tmp_path, "old", 0.0), sweep_of(tmp_path, "new", 0.01)]
    assert main([*map(str, paths), "--output", str(tmp_path / "out"), "--format", "html,latex"]) == 0
    page = (tmp_path / "out" / "report.html").read_text()
    assert '<th scope="col" class="n">old %</th><th scope="col" class="n">new %</th>' in page and "other %" not in page
    assert "& old & new (\\%)" in (tmp_path / "out" / "tables" / "comparison.tex").read_text()


def test_bca_is_refused_where_no_setting_has_six_pairs_and_has_its_coverage_told_where_one_has(tmp_path, capsys):
    paths = [str(sweep_of(tmp_path, name, gain, seeds=range(5))) for name, gain in (("a", 0.0), ("b", 0.01))]
    assert main([*paths, "--output", str(tmp_path / "out"), "--interval", "bca"]) == 1
    assert "a, b: --interval bca needs 6 seeds, and no setting has more than 5" in capsys.readouterr().err
    paths = [str(sweep_of(tmp_path, name, gain)) for name, gain in (("c", 0.0), ("d", 0.01))]
    assert main([*paths, "--output", str(tmp_path / "out"), "--interval", "bca", "--format", "html"]) == 0
    page = (tmp_path / "out" / "report.html").read_text()
    assert "cover 88 % of the means of 8 normal values" in page and "Test sets are as they are" in page


def test_sweeps_with_nothing_in_common_are_refused(tmp_path):
    with pytest.raises(ReportError, match="no setting and seed in common"):
        compared(sweep_of(tmp_path, "a", 0.0, ks=(10, 25)), sweep_of(tmp_path, "b", 0.0, ks=(40, 70)))


def test_all_formats_are_written_from_the_same_numbers(tmp_path, capsys):
    paths = [sweep_of(tmp_path, "a", 0.0), sweep_of(tmp_path, "b", 0.01), sweep_of(tmp_path, "c", -0.02)]
    assert main([*map(str, paths), "--output", str(tmp_path / "out"), "--format", "html,csv,latex,png,svg,pdf"]) == 0
    out = tmp_path / "out"
    assert capsys.readouterr().out.strip() == str(out / "report.html")
    page = (out / "report.html").read_text()
    assert re.search(r"b against a: \+1\.00 points", page) and re.search(r"c against a: −2\.00 points", page)
    rows = list(csv.DictReader((out / "tables" / "comparison.csv").read_text().splitlines()))
    assert [(row["sweep"], row["k"]) for row in rows] == [("b", "10"), ("b", "25"), ("c", "10"), ("c", "25")]
    assert float(rows[0]["difference_mean"]) == pytest.approx(0.01)
    assert [name for name in rows[0] if "95" in name] == ["difference_simultaneous95_low", "difference_simultaneous95_high"]
    assert sorted(path.suffix for path in (out / "figures").iterdir()) == [".pdf"] * 2 + [".png"] * 2 + [".svg"] * 2
    assert (out / "tables" / "comparison.tex").read_text().count(r" \\") == 5


def test_hostile_names_stay_text(tmp_path):
    name = "<script>alert(1)</script>&"
    paths = [sweep_of(tmp_path, "a", 0.0), sweep_of(tmp_path, name.replace("/", "_"), 0.0)]
    assert main([*map(str, paths), "--output", str(tmp_path / "out"), "--format", "html"]) == 0
    page = (tmp_path / "out" / "report.html").read_text()
    assert "<script>alert" not in page and "&lt;script&gt;alert(1)&lt;_script&gt;&amp;" in page
