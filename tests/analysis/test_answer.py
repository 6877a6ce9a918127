import h5py
import numpy as np
from ksweep_report import answer as answers
from ksweep_report.grid import Grid
from ksweep_report.reading import read_sweep
from sample_sweeps import FAILED, MISSING, product, trial, write_sweep
from scipy import stats


def grid_of(tmp_path, trials, test=None, validation=None):
    """test, validation: accuracies of the trials, where the sample's own will not do."""
    path = write_sweep(tmp_path / "sweep.h5", trials)
    with h5py.File(path, "r+") as file:
        for name, values in (("test_accuracy", test), ("validation_accuracy", validation)):
            if values is not None:
                file[name][...] = values
    return Grid(read_sweep(path))


def test_the_choice_is_made_on_validation_and_not_on_test(tmp_path):
    grid = grid_of(tmp_path, product((10, 25), seeds=(0, 1)), test=[0.9, 0.9, 0.8, 0.8], validation=[0.7, 0.7, 0.75, 0.75])
    answer = answers.find_answer(grid)
    what, numbers = answers.headline(grid, answer, complete=True)
    assert what.replace("\u00a0", " ") == "Best by validation accuracy: k = 25"
    assert numbers.replace("\u00a0", " ") == "80.00 % test accuracy [80.00, 80.00] (2 seeds)"


def test_the_interval_of_the_headline_is_scipys(tmp_path):
    values = [0.98, 0.985, 0.982]
    grid = grid_of(tmp_path, product((25,)), test=values, validation=values)
    low, high = stats.t.interval(0.95, 2, loc=np.mean(values), scale=stats.sem(values))
    assert f"[{100 * low:.2f}, {100 * high:.2f}]" in answers.headline(grid, answers.find_answer(grid), True)[1]


def test_a_cell_with_fewer_seeds_is_not_chosen(tmp_path):
    trials = product((10, 25), seeds=(0, 1))
    trials[3]["status"] = MISSING
    grid = grid_of(tmp_path, trials, validation=[0.7, 0.7, 0.99, np.nan])
    answer = answers.find_answer(grid)
    assert grid.x_of(answer.chosen) == 10 and answer.n_passed_over == 1


def test_a_sweep_of_classifiers_says_where_they_are_shown(tmp_path):
    grid = grid_of(tmp_path, [trial(0, seed=seed, kind="classifier") for seed in (0, 1)], validation=[np.nan, np.nan])
    what, numbers = answers.headline(*with_answer(grid), complete=True)
    assert what == "This sweep has no k-sparse trial: its classifiers are in the table of settings" and not numbers


def test_few_seeds_allow_no_claim_however_large_the_difference(tmp_path):
    trials = product((10, 25), seeds=range(5))
    grid = grid_of(tmp_path, trials, test=[0.5] * 5 + [0.9] * 5, validation=[0.5] * 5 + [0.9] * 5)
    sentences = " ".join(answers.certainty(grid, answers.find_answer(grid)))
    assert "with 5 paired seeds no sign-flip test can go below p = 0.062, so no significance is claimed" in sentences
    assert "At least 6 seeds" in sentences


def test_holms_correction_counts_against_a_claim(tmp_path):
    trials = product((10, 25, 40), seeds=range(6))
    accuracy = [0.5] * 6 + [0.9] * 6 + [0.5] * 6
    sentences = " ".join(answers.certainty(*with_answer(grid_of(tmp_path, trials, accuracy, accuracy))))
    assert "no significance is claimed" in sentences and "At least 7 seeds" in sentences


def with_answer(grid):
    return grid, answers.find_answer(grid)


def test_enough_seeds_tell_the_different_from_the_alike(tmp_path):
    trials = product((10, 25, 40), seeds=range(8))
    noise = np.tile([1e-4, -1e-4], 4)
    accuracy = np.concatenate([np.full(8, 0.9), np.full(8, 0.95), 0.95 - 1e-6 + noise])
    sentences = answers.certainty(*with_answer(grid_of(tmp_path, trials, accuracy, accuracy)))
    assert sentences == ["Not distinguishable from it: k = 40.", "Lower on the test set: k = 10."]


def test_a_choice_above_all_others_is_called_that(tmp_path):
    accuracy = [0.8] * 6 + [0.9] * 6
    sentences = answers.certainty(*with_answer(grid_of(tmp_path, product((10, 25), seeds=range(6)), accuracy, accuracy)))
    assert sentences[0] == "Every other k is lower on the test set (p < 0.05 after Holm's correction)."


def test_pairing_by_seed_sees_what_the_spread_over_seeds_hides(tmp_path):
    trials = product((10, 25), seeds=range(8))
    seed_effect = 0.01 * np.arange(8)
    accuracy = np.concatenate([0.9 + seed_effect, 0.901 + seed_effect])
    answer = answers.find_answer(grid_of(tmp_path, trials, accuracy, accuracy))
    assert answer.comparisons[0].p_adjusted == 2 / 2 ** 8


def test_a_best_k_at_the_edge_is_said_to_be_there(tmp_path):
    accuracy = [0.8, 0.9]
    sentences = answers.certainty(*with_answer(grid_of(tmp_path, product((10, 25), seeds=(0,)), accuracy, accuracy)))
    assert sentences[-1] == "It is the largest k of the sweep: a better one may lie beyond."


def test_each_k_is_compared_at_its_own_best_weight(tmp_path):
    trials = product((10, 25), (0.0, 0.1), seeds=(0,))
    answer = answers.find_answer(grid_of(tmp_path, trials, validation=[0.7, 0.8, 0.9, 0.6]))
    assert [(cell.setting["k"], cell.setting["sparsity_weight"]) for cell in answer.best_of_x] == [(10, 0.1), (25, 0.0)]


def test_an_all_failed_sweep_says_so(tmp_path):
    grid = grid_of(tmp_path, [dict(each, status=FAILED) for each in product((10, 25))])
    answer = answers.find_answer(grid)
    assert answers.headline(grid, answer, True) == ("Every trial failed: there is nothing to choose from", "")
    assert answers.certainty(grid, answer) == []


def test_progress_counts_done_failed_and_missing(tmp_path):
    trials = product((10, 25))
    assert answers.progress(grid_of(tmp_path, trials).sweep) == ""
    trials[0]["status"], trials[1]["status"] = MISSING, FAILED
    assert answers.progress(grid_of(tmp_path, trials).sweep) == "4 of 6 trials done, 1 failed, 1 missing"
