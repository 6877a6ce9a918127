import numpy as np
import pytest
from ksweep_report.pages import headline, settings_table
from ksweep_report.results import answer as answers
from ksweep_report.results.grid import Grid
from ksweep_report.results.reading import read_sweep
from sample_sweeps import FAILED, MISSING, edited, product, trial, write_sweep
from scipy import stats


def grid_of(tmp_path, trials, test=None, validation=None):
    """test, validation: accuracies of the trials, where the sample's own will not do."""
    path = write_sweep(tmp_path / "sweep.h5", trials)
    with edited(path) as file:
        for name, values in (("test_accuracy", test), ("validation_accuracy", validation)):
            if values is not None:
                file[name][...] = values
    return Grid(read_sweep(path))


def test_the_choice_is_made_on_validation_and_not_on_test(tmp_path):
    grid = grid_of(tmp_path, product((10, 25), seeds=(0, 1)), test=[0.9, 0.9, 0.8, 0.8], validation=[0.7, 0.7, 0.75, 0.75])
    answer = answers.find_answer(grid)
    what, numbers = headline.headline(grid, answer, complete=True)
    assert what == "Best k by validation: 25"
    assert numbers.replace("\u00a0", " ") == "80.00 % test, 2 seeds; no other k testable from so few seeds"


def test_the_interval_of_the_headline_is_scipys(tmp_path):
    values = [0.98, 0.985, 0.982]
    grid = grid_of(tmp_path, product((25,)), test=values, validation=values)
    low, high = stats.t.interval(0.95, 2, loc=np.mean(values), scale=stats.sem(values))
    assert f"[{100 * low:.2f}, {100 * high:.2f}]" in headline.headline(grid, answers.find_answer(grid), True)[1]


def test_a_cell_with_fewer_seeds_is_not_chosen(tmp_path):
    trials = product((10, 25), seeds=(0, 1))
    trials[3]["status"] = MISSING
    grid = grid_of(tmp_path, trials, validation=[0.7, 0.7, 0.99, np.nan])
    answer = answers.find_answer(grid)
    assert grid.x_of(answer.chosen) == 10 and len(answer.passed_over) == 1


def test_a_sweep_of_one_setting_needs_no_validation_part(tmp_path):
    trials = [trial(0, seed=seed, kind="classifier") for seed in (0, 1)]
    grid = grid_of(tmp_path, trials, test=[0.94, 0.94], validation=[np.nan, np.nan])
    what, numbers = headline.headline(*with_answer(grid), complete=True)
    assert what == "One setting, classifier" and numbers.replace("\u00a0", " ") == "94.00 % test, 2 seeds"


def test_settings_that_cannot_be_told_apart_stand_in_the_first_line(tmp_path):
    trials = product((10, 25, 40, 70), seeds=range(8))
    noise = np.tile([1e-4, -1e-4], 4)
    accuracy = np.concatenate([np.full(8, 0.9), np.full(8, 0.95), 0.95 - 1e-6 + noise, 0.95 - 1e-6 - noise])
    numbers = headline.headline(*with_answer(grid_of(tmp_path, trials, accuracy, accuracy)), True)[1].replace("\u00a0", " ")
    assert numbers == "95.00 % test [95.00, 95.00], 8 seeds; k = 40 and 70 not distinguishable"


def kinds(seeds=range(7)):
    return [trial(k, 0.0, seed, kind=kind) for kind, k in (("k-sparse", 10), ("k-sparse", 25), ("batch-topk", 25), ("plain", 0), ("raw", 0))
            for seed in seeds]


def test_every_kind_with_a_k_is_a_candidate_and_the_others_stand_beside(tmp_path):
    accuracy = np.repeat([0.90, 0.91, 0.95, 0.97, 0.80], 7)
    grid = grid_of(tmp_path, kinds(), accuracy, accuracy)
    answer = answers.find_answer(grid)
    assert headline.headline(grid, answer, True)[0] == "Best k by validation: 25 (batch-topk)"
    assert [tuple(row.values()) for row in headline.beside(grid, answer)] == [
        ("plain", "97.00", "+2.00", "higher", "[+2.00, +2.00]"), ("k\u00a0=\u00a025, k-sparse", "91.00", "−4.00", "lower", "[−4.00, −4.00]"),
        ("raw pixels", "80.00", "−15.00", "lower", "[−15.00, −15.00]")]


def test_references_are_corrected_among_themselves(tmp_path):
    accuracy = np.repeat([0.90, 0.91, 0.95, 0.97, 0.80], 7)
    answer = answers.find_answer(grid_of(tmp_path, kinds(), accuracy, accuracy))
    assert [each.p_adjusted for each in answer.comparisons] == [2 / 2 ** 7]
    assert [each.p_adjusted for each in answer.others] == [3 * 2 / 2 ** 7] * 3


def test_untrained_weights_are_not_chosen_beside_trained_ones(tmp_path):
    trials = [trial(k, 0.0, 0, kind=kind) for kind in ("k-sparse", "random") for k in (10, 25)]
    answer = answers.find_answer(grid_of(tmp_path, trials, validation=[0.5, 0.6, 0.9, 0.9]))
    assert answer.chosen.kind == "k-sparse"


def test_where_kinds_are_compared_untrained_weights_are_one_of_them(tmp_path):
    trials = [trial(25, 0.0, seed, kind=kind) for kind in ("k-sparse", "random") for seed in (0, 1)]
    grid = grid_of(tmp_path, trials, validation=[0.5, 0.6, 0.9, 0.9])
    assert headline.headline(grid, answers.find_answer(grid), True)[0] == "Best kind by validation: untrained weights"


def far_apart(tmp_path, n, m=1, noise=1e-3):
    """k = 25 is best; each of m others is 5 points lower in every seed, up to noise."""
    ks = [25, 10, 40, 70, 100][:m + 1]
    values = np.array([0.9 - 0.05 * (k != 25) for k in ks])[:, None] + noise * np.random.default_rng(n).standard_normal((m + 1, n))
    return with_answer(grid_of(tmp_path, product(ks, seeds=range(n)), values.ravel(), values.ravel()))


def test_a_difference_whose_interval_excludes_zero_is_called_lower_with_few_seeds_too(tmp_path):
    grid, answer = far_apart(tmp_path, 6, 4)
    sentences = " ".join(headline.certainty(grid, answer)).replace("\u00a0", " ")
    assert headline.headline(grid, answer, True)[1].endswith("6 seeds; every other k lower")
    assert "Every other k is lower on the test set." in sentences and "told apart" not in sentences
    assert "interval of the difference, simultaneous for 4 differences by Bonferroni's correction; it rests on approximate normality" in sentences
    assert "which needs no such law, cannot pass: with 6 paired seeds and 4 comparisons (Holm) its p is never below 0.12" in sentences
    assert "p < 0.05 takes 8 seeds" in sentences


def test_the_intervals_of_differences_are_scipys_at_the_shared_level(tmp_path):
    grid, answer = far_apart(tmp_path, 6, 4)
    for each in answer.comparisons:
        differences = grid.judged(each.cell) - grid.judged(answer.chosen)
        low, high = stats.t.interval(1 - 0.05 / 4, 5, loc=differences.mean(), scale=stats.sem(differences))
        assert (each.difference.low, each.difference.high) == pytest.approx((low, high)) and each.at_once == 4


def test_what_the_sign_flip_test_says_stands_beside_the_verdict(tmp_path):
    sentences = " ".join(headline.certainty(*far_apart(tmp_path, 8, 2)))
    assert "gives p ≤ 0.05 for all of them (with 8 paired seeds and 2 comparisons (Holm) its p is never below 0.016)" in sentences


@pytest.mark.parametrize("n", [1, 2])
def test_below_three_seeds_nothing_is_testable(tmp_path, n):
    grid, answer = far_apart(tmp_path, n)
    assert [each.verdict for each in answer.comparisons] == ["not testable"]
    assert "No other k is testable: " + ("with a single seed" if n == 1 else "no interval is given from fewer than 3") in \
        " ".join(headline.certainty(grid, answer))


def test_a_metric_that_falls_is_worse_where_it_is_higher(tmp_path):
    values = np.array([0.3, 0.1])[:, None] + 1e-3 * np.random.default_rng(0).standard_normal((2, 5))
    trials = [trial(k, seed=seed, results={"mean_decoder_cosine": values[i, seed]}) for i, k in enumerate((10, 25)) for seed in range(5)]
    grid, answer = with_answer(Grid(read_sweep(write_sweep(tmp_path / "sweep.h5", trials)), metric="mean_decoder_cosine"))
    assert grid.x_of(answer.chosen) == 25 and headline.certainty(grid, answer)[0] == "Every other k is higher."


def test_where_the_same_values_choose_and_judge_intervals_are_of_all_pairs_and_the_answer_says_so(tmp_path):
    values = 0.5 + 1e-3 * np.random.default_rng(0).standard_normal((5, 6))
    ks = (10, 25, 40, 70, 100)
    trials = [trial(k, seed=seed, results={"true_mcc": values[i, seed]}) for i, k in enumerate(ks) for seed in range(6)]
    grid, answer = with_answer(Grid(read_sweep(write_sweep(tmp_path / "sweep.h5", trials)), metric="true_mcc"))
    assert {each.at_once for each in answer.comparisons} == {10}
    assert "winner's curse" in " ".join(headline.certainty(grid, answer))
    assert "winner's curse" not in " ".join(headline.certainty(*far_apart(tmp_path, 6)))


def test_every_row_of_the_table_has_a_verdict(tmp_path):
    trials = [trial(k, weight, seed) for k in (10, 25, 40) for weight in (0.0, 0.001) for seed in range(4)]
    grid, answer = with_answer(grid_of(tmp_path, trials))
    rows = settings_table.settings(grid, answer)["rows"]
    assert all(row["chosen"] or row["verdict"] in ("lower", "higher", "not distinguishable") for row in rows)
    for row in rows:
        low, _, high = row["difference_interval"].strip("[]").partition(", ")
        assert row["chosen"] or (row["verdict"] == "not distinguishable") == (low.startswith("−") and high.startswith("+"))


def with_answer(grid):
    return grid, answers.find_answer(grid)


def test_enough_seeds_tell_the_different_from_the_alike(tmp_path):
    trials = product((10, 25, 40), seeds=range(8))
    noise = np.tile([1e-4, -1e-4], 4)
    accuracy = np.concatenate([np.full(8, 0.9), np.full(8, 0.95), 0.95 - 1e-6 + noise])
    sentences = headline.certainty(*with_answer(grid_of(tmp_path, trials, accuracy, accuracy)))
    assert sentences[:2] == ["Lower on the test set: k\u00a0=\u00a010.", "Not distinguishable: k\u00a0=\u00a040."]


def test_a_choice_above_all_others_is_called_that(tmp_path):
    accuracy = [0.8] * 6 + [0.9] * 6
    sentences = headline.certainty(*with_answer(grid_of(tmp_path, product((10, 25), seeds=range(6)), accuracy, accuracy)))
    assert sentences[0] == "Every other k is lower on the test set."


def test_P4_pairing_by_seed_sees_what_the_spread_over_seeds_hides(tmp_path):
    trials = product((10, 25), seeds=range(8))
    seed_effect = 0.01 * np.arange(8)
    accuracy = np.concatenate([0.9 + seed_effect, 0.901 + seed_effect])
    answer = answers.find_answer(grid_of(tmp_path, trials, accuracy, accuracy))
    assert answer.comparisons[0].p_adjusted == 2 / 2 ** 8


def test_a_best_k_at_the_edge_is_said_to_be_there(tmp_path):
    accuracy = [0.8, 0.9]
    sentences = headline.certainty(*with_answer(grid_of(tmp_path, product((10, 25), seeds=(0,)), accuracy, accuracy)))
    assert sentences[-1] == "It is the largest k of the sweep: a better one may lie beyond."


def test_each_k_is_compared_at_its_own_best_weight(tmp_path):
    trials = product((10, 25), (0.0, 0.1), seeds=(0,))
    answer = answers.find_answer(grid_of(tmp_path, trials, validation=[0.7, 0.8, 0.9, 0.6]))
    assert [(cell.setting["k"], cell.setting["sparsity_weight"]) for cell in answer.best_of_x] == [(10, 0.1), (25, 0.0)]


def test_an_all_failed_sweep_says_so(tmp_path):
    grid = grid_of(tmp_path, [dict(each, status=FAILED) for each in product((10, 25))])
    answer = answers.find_answer(grid)
    assert headline.headline(grid, answer, True) == ("Every trial failed: there is nothing to choose from", "")
    assert headline.certainty(grid, answer) == []


def test_progress_counts_done_failed_and_missing(tmp_path):
    trials = product((10, 25))
    assert headline.progress(grid_of(tmp_path, trials).sweep) == ""
    trials[0]["status"], trials[1]["status"] = MISSING, FAILED
    assert headline.progress(grid_of(tmp_path, trials).sweep) == "4 of 6 trials done, 1 failed, 1 missing"


def measured(validation, test=0.9):
    return {"validation_accuracy": validation, "test_accuracy": test}


def test_a_setting_without_x_that_is_better_on_validation_stands_in_the_first_line(tmp_path):
    trials = [trial(k, 0.0, seed, kind=kind, results=measured(validation, test)) for k, kind, validation, test in
              ((10, "k-sparse", 0.7, 0.71), (25, "k-sparse", 0.8, 0.81), (0, "plain", 0.85, 0.84), (0, "wta", 0.6, 0.99)) for seed in (0, 1)]
    what, numbers = headline.headline(*with_answer(grid_of(tmp_path, trials)), True)
    assert what == "Best k by validation: 25 (k-sparse)"
    assert numbers.replace("\u00a0", " ").endswith("; without k, plain is better on validation: 84.00 % test")


def test_the_best_of_the_settings_with_too_few_seeds_is_named_where_it_is_better(tmp_path):
    trials = product((10, 25), seeds=(0, 1))
    trials[3]["status"] = MISSING
    sentences = [headline.passed_over(*with_answer(grid_of(tmp_path, trials, validation=[0.7, 0.7, validation, np.nan])))
                 for validation in (0.99, 0.5)]
    assert "Higher on validation so far: k\u00a0=\u00a025: " in sentences[0] and sentences[0].endswith(" test, 1 seed.")
    assert "Higher" not in sentences[1]


def by_probe(seeds=(0, 1)):
    levels = {("inputs", "knn"): 0.96, ("classes", "knn"): 0.97, ("inputs", "kmeans"): 0.3, ("classes", "kmeans"): 0.5,
              ("inputs", "centroid"): 0.6, ("classes", "centroid"): 0.8}
    return [trial(0, 0.0, seed, kind="plain", targets=targets, probe_kind=probe, results=measured(level, level))
            for (targets, probe), level in levels.items() for seed in seeds]


def test_how_features_are_judged_is_the_axis_only_where_nothing_else_varies(tmp_path):
    trials = by_probe()
    assert grid_of(tmp_path, trials).x == "targets"
    assert grid_of(tmp_path, [each for each in trials if each["targets"] == "inputs"]).x == "probe_kind"


def test_settings_are_compared_within_the_chosen_probe_and_other_probes_stand_beside(tmp_path):
    grid, answer = with_answer(grid_of(tmp_path, by_probe()))
    assert {grid.value(each.cell, "probe_kind") for each in answer.comparisons + answer.others} == {"knn"}
    assert headline.other_probes(grid, answer) == [
        "targets = classes, probe kind = centroid: 80.00 %", "targets = classes, probe kind = kmeans: 50.00 %"]


def test_a_strength_of_a_probe_concerns_that_probe_alone(tmp_path):
    trials = [trial(25, 0.0, seed, probe_kind=probe, probe_c_requested=c) for probe, c in (("softmax", 0), ("svm", 1), ("svm", 10))
              for seed in (0, 1)]
    path = write_sweep(tmp_path / "sweep.h5", trials, looked_at_by={"probe_c_requested": ("k-sparse raw", "svm"), "k": ("k-sparse", "")})
    grid = Grid(read_sweep(path))
    assert sorted(map(grid.describe, grid.cells)) == ["probe kind = softmax", "probe kind = svm, probe c = 1", "probe kind = svm, probe c = 10"]
