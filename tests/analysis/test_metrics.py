import re

import pytest
from conftest import REPORT
from ksweep_report.base.errors import ReportError
from ksweep_report.pages import headline
from ksweep_report.results.answer import find_answer
from ksweep_report.results.grid import Grid
from ksweep_report.results.metrics import METRICS, metric_named
from ksweep_report.results.reading import read_sweep
from sample_sweeps import MISSING, activations, product, trial, write_sweep


def sweep_of(tmp_path, trials, **more):
    return read_sweep(write_sweep(tmp_path / "sweep.h5", trials, **more))


def unlabelled(tmp_path, trials, metric="", **more):
    return Grid(sweep_of(tmp_path, trials, measured=False, **more), metric=metric)


def first_line(grid):
    return tuple(text.replace("\u00a0", " ") for text in headline.headline(grid, find_answer(grid), True))


def test_accuracy_is_the_metric_where_there_are_labels_and_variance_unexplained_where_there_are_none(tmp_path):
    assert Grid(sweep_of(tmp_path, activations((8, 16)))).metric.name == "accuracy"
    assert unlabelled(tmp_path, activations((8, 16))).metric.name == "fvu"


def test_a_sweep_of_which_nothing_has_finished_is_one_with_accuracy(tmp_path):
    assert unlabelled(tmp_path, [dict(each, status=MISSING) for each in activations((8, 16))]).metric.name == "accuracy"


def test_the_sweep_file_names_the_metric_and_the_command_line_overrules_it(tmp_path):
    sweep = sweep_of(tmp_path, activations((8, 16)), attributes={"report_metric": "true_mcc"})
    assert Grid(sweep).metric.name == "true_mcc"
    assert Grid(sweep, metric="fvu").metric.name == "fvu"


def test_a_metric_that_was_not_measured_is_refused_with_those_that_were(tmp_path):
    with pytest.raises(ReportError, match="--metric nmi: no finished trial of sweep.h5 has it. It has accuracy, fvu and mse."):
        Grid(sweep_of(tmp_path, product((10, 25))), metric="nmi")


def test_an_unknown_metric_of_a_sweep_file_is_refused_with_the_known_ones(tmp_path):
    with pytest.raises(ReportError, match="sweep.h5: recall is no metric to choose by. Give one of accuracy, fvu, "):
        Grid(sweep_of(tmp_path, product((10, 25)), attributes={"report_metric": "recall"}))


def test_files_of_earlier_versions_are_chosen_by_the_squared_error_and_judged_by_what_is_left_of_all_variance(tmp_path):
    grid = unlabelled(tmp_path, product((10, 25)))
    assert (grid.metric.choosing, grid.metric.judging) == ("validation_mse", "test_fvu")
    assert grid.judged(grid.cells[0]).tolist() == pytest.approx([0.8 / 10 ** 0.5] * 3)


def test_trials_of_two_versions_are_chosen_by_what_both_have(tmp_path):
    trials = activations((8, 16), seeds=(0, 1))
    for name in ("validation_fvu", "test_fvu"):
        del trials[0]["results"][name]
    grid = unlabelled(tmp_path, trials)
    assert grid.metric.choosing == "validation_mse" and len(grid.choosing(grid.cells[0])) == 2
    assert grid.judged(grid.cells[0]).tolist()[0] == pytest.approx(0.8 / 8 ** 0.5)


def by_found(found):
    """Trials of one seed, of each k with this value of every metric that is not of samples."""
    return [trial(k, seed=0, results={"true_mcc": value, "mean_decoder_cosine": value}) for k, value in found.items()]


def test_the_direction_of_a_metric_decides_what_is_best(tmp_path):
    trials = by_found({10: 0.5, 25: 0.9, 40: 0.2})
    assert first_line(Grid(sweep_of(tmp_path, trials), metric="true_mcc"))[0] == "Best k by GT-MCC: 25"
    assert first_line(Grid(sweep_of(tmp_path, trials), metric="mean_decoder_cosine"))[0] == "Best k by c_dec: 40"


def interior(differences=(0.04, 0.0, 0.05), seeds=range(8)):
    """Variance unexplained least at the middle k of three, with a little noise that all seeds have alike."""
    return [trial(k, seed=seed, results={"validation_fvu": 0.1 + more, "test_fvu": 0.1 + more + 0.001 * seed, "l0_training": float(k)})
            for k, more in zip((10, 25, 40), differences) for seed in seeds]


def test_a_least_variance_unexplained_inside_the_grid_is_chosen_and_worse_is_higher(tmp_path):
    grid = unlabelled(tmp_path, interior())
    what, numbers = first_line(grid)
    assert what == "Best k by validation variance unexplained: 25"
    assert numbers == "10.35 % of test variance unexplained [10.15, 10.55], 8 seeds; every other k higher"
    assert headline.certainty(grid, find_answer(grid))[0] == "Every other k is higher on the test set."


def test_differences_have_the_sign_of_the_numbers_and_not_of_what_is_better(tmp_path):
    grid = unlabelled(tmp_path, interior())
    comparison = find_answer(grid).comparisons[0]
    assert grid.metric.change(comparison.difference.mean) == "+4.00" and comparison.distinguishable


def test_a_choice_by_other_seeds_uses_the_columns_of_the_metric(tmp_path):
    grid = Grid(sweep_of(tmp_path, interior(), measured=False), "other-seeds")
    assert len(grid.choosing(grid.cells[0])) == 4 and grid.judged(grid.cells[0]).tolist() == pytest.approx([0.141, 0.143, 0.145, 0.147])


def test_a_metric_of_weights_chooses_by_other_seeds_than_it_reports(tmp_path):
    trials = [trial(k, seed=seed, results={"true_mcc": 0.1 * seed}) for k in (10, 25) for seed in range(4)]
    grid = Grid(sweep_of(tmp_path, trials), "other-seeds", "true_mcc")
    assert (grid.choosing(grid.cells[0]).tolist(), grid.judged(grid.cells[0]).tolist()) == (pytest.approx([0, 0.2]), pytest.approx([0.1, 0.3]))


@pytest.mark.parametrize("name, value, text", [("accuracy", 0.98649, "98.65"), ("fvu", 0.04531, "4.531"), ("mse", 0.0123456, "0.01235"),
                                               ("true_mcc", 0.5, "0.5000"), ("fvu", float("nan"), "–")])
def test_values_are_written_as_their_metric_has_it(name, value, text):
    assert metric_named(name).text(value) == text


@pytest.mark.parametrize("name, value, text", [("accuracy", -0.0022, "−0.22"), ("fvu", 0.0052, "+0.520"), ("fvu", -0.1, "−10.0"),
                                               ("accuracy", float("nan"), "–")])
def test_differences_have_a_sign(name, value, text):
    assert metric_named(name).change(value) == text


def test_the_program_has_the_same_table():
    source = (REPORT.parents[1] / "src" / "core" / "metrics.cpp").read_text(encoding="utf-8")
    member = r"&R::(\w+),\s*"
    flag = r"(true|false),\s*"
    rows = re.findall(rf'\{{"(\w+)",\s*"([^"]+)",\s*{2 * member}{3 * flag}(?:&R::(\w+)|nullptr)\}}', source)
    told = {True: "true", False: "false"}
    assert rows == [(m.name, m.noun, m.choosing, m.judging, told[m.more_is_better], told[m.in_percent], told[m.log],
                     m.instead[1] if m.complement else "") for m in METRICS]


def test_each_name_is_of_one_metric():
    assert len({metric.name for metric in METRICS}) == len(METRICS)
