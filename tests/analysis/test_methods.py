"""The methods paragraph says what was done, and nothing that was not."""

import pytest
from ksweep_report.main import main
from ksweep_report.pages.methods import methods, statistics_of_differences
from ksweep_report.results.answer import find_answer
from ksweep_report.results.grid import Grid
from ksweep_report.results.reading import read_sweep
from sample_sweeps import MISSING, activations, product, trial, write_sweep


@pytest.fixture
def paragraph(tmp_path):
    def write(trials, choose_by="all-seeds", **more):
        grid = Grid(read_sweep(write_sweep(tmp_path / "sweep.h5", trials, **more)), choose_by)
        return methods(grid, find_answer(grid))
    return write


def test_a_labelled_sweep_has_data_seeds_selection_intervals_tests_and_software(paragraph):
    text = paragraph(product((10, 25), (0.0, 0.001), range(6), probe_kind="softmax", data_train=50000, data_validation=10000))
    assert "Data: digits (built in)." in text
    assert "50,000 training samples; a validation part of 10,000 samples, which each seed draws anew from the training set; one fixed test set of " \
        "10,000 samples." in text
    assert "Settings compared: k = 10 and 25; sparsity weight λ = 0 and 0.001 (4 settings)." in text
    assert "Accuracy is that of a probe (softmax) trained on the features with their labels." in text
    assert "6 seeds (0, 1, 2, 3, 4 and 5), which draw split, initial weights and the order of the samples" in text
    assert "The setting with the highest mean validation accuracy over seeds was chosen and is reported by test accuracy." in text
    assert statistics_of_differences()[1:] in text
    assert "Software: ksweep 0.1.0, commit a971016 (GNU 12.2.0, Open MPI 4.1.4, avx512); results SHA-256 abababababababab…." in text


def test_without_labels_nothing_is_said_of_accuracy_or_of_a_best_setting(paragraph):
    text = paragraph(activations((8, 16, 32)), measured=False)
    assert "No setting is called best, because variance unexplained only falls with L0" in text
    assert "accuracy" not in text and "was chosen" not in text and statistics_of_differences()[1:] not in text


def test_a_single_seed_has_neither_interval_nor_test(paragraph):
    text = paragraph(product((10, 25), seeds=(3,)))
    assert "Each setting was trained once, with seed 3." in text and "Of a single seed there is neither interval nor test." in text
    assert "interval of" not in text and "sign-flip" not in text


def test_an_unfinished_sweep_says_so(paragraph):
    trials = product((10, 25), seeds=(0, 1, 2))
    trials[-1]["status"] = MISSING
    assert "5 of 6 trials had finished." in paragraph(trials)


def test_a_sweep_of_which_nothing_finished_measured_nothing(paragraph):
    text = paragraph([trial(k, seed=seed, status=MISSING) for k in (10, 25) for seed in (0, 1)])
    assert "0 of 4 trials had finished." in text and "Nothing was measured." in text and "chosen" not in text


def test_choosing_by_other_seeds_names_both_halves(paragraph):
    text = paragraph(product((10, 25), seeds=range(8)), "other-seeds")
    assert "seeds 0, 2, 4 and 6 chose, and all results are of seeds 1, 3, 5 and 7." in text


def test_it_is_in_the_page_and_in_a_file(tmp_path):
    path = write_sweep(tmp_path / "sweep.h5", product((10, 25)))
    assert main([str(path), "--output", str(tmp_path), "--format", "html,latex"]) == 0
    text = (tmp_path / "tables" / "methods.txt").read_text().strip()
    page = (tmp_path / "report.html").read_text()
    assert text.startswith("Data: ") and text[:80] in page and 'href="tables/methods.txt"' in page
