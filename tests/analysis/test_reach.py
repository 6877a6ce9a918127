import csv
import re
from pathlib import Path

import numpy as np
import pytest
from ksweep_report.base.choices import ALL_SEEDS, OTHER_SEEDS
from ksweep_report.base.errors import ReportError
from ksweep_report.main import main
from ksweep_report.pages.headline import certainty, headline
from ksweep_report.pages.reach import reach
from ksweep_report.results.answer import find_answer
from ksweep_report.results.grid import Grid
from ksweep_report.results.reading import Sweep, read_sweep
from ksweep_report.results.statistics import use_interval
from ksweep_report.results.test_set import n_test_samples
from sample_sweeps import MISSING, product, trial, write_sweep
from scipy import stats


@pytest.fixture(autouse=True)
def t_interval_afterwards():
    yield
    use_interval("t")


def grid_of(tmp_path, trials, choose_by=ALL_SEEDS, **more):
    return Grid(read_sweep(write_sweep(tmp_path / "sweep.h5", trials, **more)), choose_by)


def measured(ks=(10, 25), seeds=range(8), validation=lambda k, seed: 0.9, test=lambda k, seed: 0.9):
    return [trial(k, 0.0, seed, results={"validation_accuracy": validation(k, seed), "test_accuracy": test(k, seed)}) for k in ks for seed in seeds]


def sentences(grid):
    return " ".join(reach(grid, find_answer(grid)))


def plain(text):
    return text.replace("\u00a0", " ")


# Test set

def test_the_size_of_the_test_set_is_counted_in_the_confusion_matrices(tmp_path):
    grid = grid_of(tmp_path, product((10, 25)))
    assert n_test_samples(grid, grid.cells[0]) == 10_000


def test_without_confusion_matrices_the_size_is_what_the_sweep_asked_for_or_unknown(tmp_path):
    grid = grid_of(tmp_path, product((10, 25), data_test=500), leave_out=("test_confusion",))
    assert n_test_samples(grid, grid.cells[0]) == 500
    grid = grid_of(tmp_path, product((10, 25), data_test=0), leave_out=("test_confusion",))
    assert n_test_samples(grid, grid.cells[0]) is None
    assert "one fixed test set of unknown size" in sentences(grid) and "Wilson" not in sentences(grid)


def test_beside_the_answer_stands_the_test_sets_own_interval(tmp_path):
    grid = grid_of(tmp_path, measured((25,), (0, 1), test=lambda k, seed: 0.985 + 0.001 * (2 * seed - 1)))
    low, high = stats.binomtest(9850, 10_000).proportion_ci(method="wilson")
    assert "one fixed test set of 10,000 samples" in sentences(grid)
    assert f"Its own binomial interval (Wilson, 95 %, of one network): [{100 * low:.2f}, {100 * high:.2f}]." in sentences(grid)


def test_seeds_that_all_agree_are_said_to(tmp_path):
    assert "All seeds gave the same accuracy, so that theirs has no width." in sentences(grid_of(tmp_path, measured()))


def test_summary_csv_has_the_test_sets_interval_of_each_setting(tmp_path):
    path = write_sweep(tmp_path / "sweep.h5", product((10, 25)))
    assert main([str(path), "--output", str(tmp_path / "out"), "--format", "csv"]) == 0
    with open(tmp_path / "out" / "tables" / "summary.csv", newline="") as file:
        for row in csv.DictReader(file):
            p, n, z = float(row["test_accuracy_mean"]), 10_000, stats.norm.ppf(0.975)
            # Wilson's interval are the shares q that a two-sided score test of p does not reject: (p - q)^2 = z^2 q (1 - q) / n.
            low, high = sorted(np.roots([1 + z * z / n, -2 * p - z * z / n, p * p]))
            assert [float(row["test_accuracy_wilson95_low"]), float(row["test_accuracy_wilson95_high"])] == pytest.approx([low, high])
            assert row["n_test_samples"] == "10000"


# Choice

def test_what_the_choice_does_to_the_interval_is_said_with_its_number(tmp_path):
    text = sentences(grid_of(tmp_path, measured((5, 10, 25, 40), range(5))))
    covers = int(re.search(r"a 95 % t interval of the chosen setting covers (\d+) %", text)[1])
    random = np.random.default_rng(3)
    values = random.standard_normal((20_000, 4, 5))
    chosen = values[np.arange(20_000), values.mean(axis=2).argmax(axis=1)]
    low, high = stats.t.interval(0.95, 4, loc=chosen.mean(axis=1), scale=stats.sem(chosen, axis=1))
    assert covers == pytest.approx(100 * np.mean((low <= 0) & (0 <= high)), abs=1)
    assert "4 equally good settings" in text and "--choose-by other-seeds" in text


def test_without_a_choice_or_an_interval_nothing_is_said_about_it(tmp_path):
    assert "networks were chosen" not in sentences(grid_of(tmp_path, measured((25,))))
    assert "networks were chosen" not in sentences(grid_of(tmp_path, measured(seeds=(0,))))


def test_every_other_seed_chooses_and_the_rest_report(tmp_path):
    # Of seeds 3, 5, 8, 9: 3 and 8 choose, by which k = 25 is best; the others would choose k = 10, and report.
    trials = measured(seeds=(9, 3, 8, 5), validation=lambda k, seed: 0.9 + 0.01 * ((k == 25) == (seed in (3, 8))),
                      test=lambda k, seed: 0.8 + 0.01 * seed)
    grid = grid_of(tmp_path, trials, OTHER_SEEDS)
    answer = find_answer(grid)
    assert (grid.choosing_seeds, grid.reporting_seeds) == ([3, 8], [5, 9])
    assert grid.x_of(answer.chosen) == 25 and grid.numbers(answer.chosen, "validation_accuracy").tolist() == pytest.approx([0.91, 0.91])
    assert headline(grid, answer, True) == ("Best k by validation: 25", "87.00\u00a0% test, 2 seeds (chosen by 2 others); no other k testable from "
                                            "so few seeds")
    assert "Seeds 3 and 8 chose; all numbers are of the others, 5 and 9" in sentences(grid)


def test_tests_and_differences_are_of_the_seeds_that_report(tmp_path):
    noise = np.random.default_rng(0).normal(0, 0.001, (2, 16))
    trials = measured(seeds=range(16), validation=lambda k, seed: 0.9 + 0.01 * (k == 25), test=lambda k, seed: 0.9 + noise[int(k == 25), seed])
    comparison = find_answer(grid_of(tmp_path, trials, OTHER_SEEDS)).comparisons[0]
    differences = (noise[0] - noise[1])[1::2]
    assert comparison.n_pairs == 8
    expected = stats.permutation_test((differences,), np.sum, permutation_type="samples", n_resamples=np.inf).pvalue
    assert comparison.p_adjusted == pytest.approx(expected)
    low, high = stats.t.interval(0.95, 7, loc=differences.mean(), scale=stats.sem(differences))
    assert (comparison.difference.low, comparison.difference.high) == pytest.approx((low, high))


def test_the_seeds_needed_are_those_that_report(tmp_path):
    text = " ".join(certainty(grid := grid_of(tmp_path, product((10, 25), seeds=range(8)), OTHER_SEEDS), find_answer(grid)))
    assert "with 4 paired seeds and 1 comparison (Holm) its p is never below 0.12; p < 0.05 takes 6 seeds" in text
    assert "3 seeds that report of each setting" in " ".join(certainty(grid := grid_of(tmp_path, product((10, 25), seeds=range(5)), OTHER_SEEDS),
                                                                       find_answer(grid)))


def test_the_tables_are_of_the_seeds_that_report(tmp_path):
    path = write_sweep(tmp_path / "sweep.h5", product((10, 25), seeds=range(7)))
    assert main([str(path), "--output", str(tmp_path / "out"), "--choose-by", "other-seeds", "--format", "html,csv,latex"]) == 0
    with open(tmp_path / "out" / "tables" / "trials.csv", newline="") as file:
        trials = list(csv.DictReader(file))
    assert [row["role"] for row in trials[:7]] == ["chooses", "reports"] * 3 + ["chooses"]
    with open(tmp_path / "out" / "tables" / "summary.csv", newline="") as file:
        row = next(csv.DictReader(file))
    own = [[float(each[name]) for each in trials[:7] if each["role"] == role]
           for name, role in (("validation_accuracy", "chooses"), ("test_accuracy", "reports"))]
    assert (row["n_done"], row["validation_accuracy_n"], row["test_accuracy_n"]) == ("7", "4", "3")
    assert [float(row["validation_accuracy_mean"]), float(row["test_accuracy_mean"])] == pytest.approx([np.mean(own[0]), np.mean(own[1])])
    low, _ = stats.t.interval(0.95, 2, loc=np.mean(own[1]), scale=stats.sem(own[1]))
    tex, page = (out := tmp_path / "out", out / "tables" / "summary.tex")[1].read_text(), plain((out / "report.html").read_text())
    assert f"{100 * np.mean(own[1]):.2f} & [{100 * low:.2f}" in re.sub(r"\\textbf\{([^}]*)\}", r"\1", tex)
    assert all("Seeds 0, 2, 4 and 6 chose; all numbers are of the others, 1, 3 and 5" in text for text in (tex, page))
    assert "(validation: those that choose; all else: the others)" in page


@pytest.mark.parametrize("seeds", [(0,), (0, 1, 2)])
def test_too_few_seeds_for_two_halves_are_refused(tmp_path, seeds):
    with pytest.raises(ReportError, match="at least 2 seeds of each half.*Add seeds.*or leave the option out"):
        grid_of(tmp_path, product((10, 25), seeds=seeds), OTHER_SEEDS)


def test_settings_whose_seeds_all_have_one_role_are_refused(tmp_path):
    with pytest.raises(ReportError, match="of each half"):
        grid_of(tmp_path, [trial(10, seed=seed) for seed in (0, 2, 4)] + [trial(25, seed=seed) for seed in (1, 3, 5)], OTHER_SEEDS)


def test_an_unfinished_half_is_waited_for(tmp_path):
    trials = product((10, 25), seeds=range(4))
    for each in trials:
        each["status"] = MISSING if each["seed"] % 2 else 1
    assert find_answer(grid_of(tmp_path, trials, OTHER_SEEDS)).chosen is None


def sweep_of(values):
    """values: (setting, seed), of equally good settings whose validation and test accuracies are the same: the worst case."""
    n_settings, n_seeds = values.shape
    columns = {"k": np.repeat(np.arange(1, n_settings + 1), n_seeds), "seed": np.tile(np.arange(n_seeds), n_settings),
               "status": np.ones(values.size, np.uint8), "validation_accuracy": values.ravel(), "test_accuracy": values.ravel()}
    return Sweep("sweep.h5", Path(), {}, columns, ("k", "seed"), np.zeros(0))


@pytest.mark.parametrize("choose_by, expected", [(ALL_SEEDS, 0.87), (OTHER_SEEDS, 0.95)])
def test_a_choice_by_other_seeds_leaves_the_interval_its_coverage(choose_by, expected):
    random, hits = np.random.default_rng(5), 0
    for _ in range(400):
        grid = Grid(sweep_of(random.normal(0.9, 0.001, (6, 8))), choose_by)
        interval = grid.interval(find_answer(grid).chosen, "test_accuracy")
        hits += interval.low <= 0.9 <= interval.high
    assert hits / 400 == pytest.approx(expected, abs=0.035)


# Kinds of intervals

def test_bca_is_refused_where_no_setting_has_six_seeds(tmp_path, capsys):
    path = write_sweep(tmp_path / "sweep.h5", product((10, 25), seeds=range(5)))
    assert main([str(path), "--output", str(tmp_path / "out"), "--interval", "bca"]) == 1
    error = capsys.readouterr().err
    assert "--interval bca needs 6 seeds, and no setting has more than 5" in error and "84 % of 5" in error
    assert "Use --interval t, or add seeds." in error


def test_bca_counts_the_seeds_that_report(tmp_path, capsys):
    path = write_sweep(tmp_path / "sweep.h5", product((10, 25), seeds=range(8)))
    assert main([str(path), "--output", str(tmp_path / "out"), "--interval", "bca", "--choose-by", "other-seeds"]) == 1
    assert "no setting has more than 4 to report" in capsys.readouterr().err


def test_a_setting_with_too_few_finished_seeds_has_a_dash_in_place_of_a_bca_interval(tmp_path):
    trials = [each for each in product((10, 25), seeds=range(7)) if each["k"] == 25 or each["seed"] < 5]
    assert main([str(write_sweep(tmp_path / "sweep.h5", trials)), "--output", str(tmp_path / "out"), "--interval", "bca", "--format", "html"]) == 0
    page = plain((tmp_path / "out" / "report.html").read_text())
    row = next(row for row in re.findall(r"<tr.*?</tr>", page, re.S) if ">5/5<" in row)
    assert '<td class="i">–</td>' in row
    assert "BCa intervals called 95 % cover 85 % of the means of 6 normal values and 82 % of skewed (exponential) ones" in page


def test_intervals_end_where_the_quantity_does(tmp_path):
    grid = grid_of(tmp_path, measured(seeds=(0, 1, 2), test=lambda k, seed: (0.5 if k == 10 else 0.98) + 0.009 * seed))
    low_k, high_k = (grid.interval(cell, "test_accuracy", 100) for cell in grid.cells)
    assert high_k.high == 100 and high_k.low == pytest.approx(
        100 * stats.t.interval(0.95, 2, loc=0.989, scale=0.009 / np.sqrt(3))[0])
    assert 0 < low_k.low < low_k.high < 100
