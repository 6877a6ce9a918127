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
    low, high = stats.t.interval(0.95, 7, loc=difference.mean(), scale=stats.sem(difference))
    assert (comparison.pairs[0].difference.low, comparison.pairs[0].difference.high) == pytest.approx((low, high))
    means = (y - x).reshape(2, 8).mean(axis=0)
    expected = stats.permutation_test((means,), np.sum, permutation_type="samples", n_resamples=np.inf).pvalue
    assert comparison.p == pytest.approx(expected)


def test_constant_keys_that_differ_are_what_is_compared_and_not_what_is_matched(tmp_path):
    found = compared(sweep_of(tmp_path, "a", 0.0, kind="k-sparse"), sweep_of(tmp_path, "b", 0.01, kind="batch-topk"))
    assert ("kind", ["k-sparse", "batch-topk"]) in found.differing and len(found.each[0].pairs) == 2


def test_the_first_line_says_what_differs_and_how_sure_it_is(tmp_path):
    found = compared(sweep_of(tmp_path, "old", 0.0), sweep_of(tmp_path, "new", 0.01))
    assert sentence(found, found.each[0]) == "new against old: +1.00 points of test accuracy [+1.00, +1.00], 2 settings, 8 seeds; p = 0.008"


def test_few_seeds_claim_nothing(tmp_path):
    found = compared(sweep_of(tmp_path, "old", 0.0, seeds=range(5)), sweep_of(tmp_path, "new", 0.01, seeds=range(5)))
    assert sentence(found, found.each[0]).endswith("5 seeds; no significance can be claimed below 6 paired seeds")


def test_bca_is_refused_where_no_setting_has_six_pairs_and_has_its_coverage_told_where_one_has(tmp_path, capsys):
    paths = [str(sweep_of(tmp_path, name, gain, seeds=range(5))) for name, gain in (("a", 0.0), ("b", 0.01))]
    assert main([*paths, "--output", str(tmp_path / "out"), "--interval", "bca"]) == 1
    assert "a, b: --interval bca needs 6 seeds, and no setting has more than 5" in capsys.readouterr().err
    paths = [str(sweep_of(tmp_path, name, gain)) for name, gain in (("c", 0.0), ("d", 0.01))]
    assert main([*paths, "--output", str(tmp_path / "out"), "--interval", "bca", "--format", "html"]) == 0
    page = (tmp_path / "out" / "report.html").read_text()
    assert "cover 88 % of the means of 8 normal values" in page and "on the test sets as they are" in page


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
    assert sorted(path.suffix for path in (out / "figures").iterdir()) == [".pdf"] * 2 + [".png"] * 2 + [".svg"] * 2
    assert (out / "tables" / "comparison.tex").read_text().count(r" \\") == 5


def test_hostile_names_stay_text(tmp_path):
    name = "<script>alert(1)</script>&"
    paths = [sweep_of(tmp_path, "a", 0.0), sweep_of(tmp_path, name.replace("/", "_"), 0.0)]
    assert main([*map(str, paths), "--output", str(tmp_path / "out"), "--format", "html"]) == 0
    page = (tmp_path / "out" / "report.html").read_text()
    assert "<script>alert" not in page and "&lt;script&gt;alert(1)&lt;_script&gt;&amp;" in page
