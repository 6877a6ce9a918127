"""Thousands of classes: the page and its time grow with what it shows, not with the square of the classes."""

import json
import re

import numpy as np
import pytest
from cpu_time import cpu_seconds_of
from ksweep_report.figures import classes
from ksweep_report.figures.drawing import Output
from ksweep_report.results.answer import find_answer
from ksweep_report.results.confusions import confusions_of, worst_classes
from ksweep_report.results.grid import Grid
from ksweep_report.results.reading import read_sweep
from ksweep_report.results.test_set import n_test_samples
from sample_sweeps import N_CLASSES, edited, product, replace_variable, with_many_classes, write_sweep

MOST_BYTES, MOST_CPU_S = 5e6, 20   # twice the 10 s that are promised: the machine may be busy
TRIALS = product((5, 10, 25, 50), seeds=range(5))


def styled():
    out = Output()
    out.use_style()
    return out


@pytest.fixture(scope="module", params=["listed", "matrix of mostly zeros"])
def reported(request, tmp_path_factory):
    """Folder, CPU seconds of a report on 10,000 classes, as the program writes them and as it did before."""
    folder = tmp_path_factory.mktemp("many")
    path = with_many_classes(write_sweep(folder / "sweep.h5", TRIALS), 10_000, as_matrix=request.param != "listed")
    return path, folder / "out", cpu_seconds_of(path, "--output", folder / "out")


def test_ten_thousand_classes_take_seconds_and_a_page_of_a_few_megabytes(reported):
    _, out, seconds = reported
    assert seconds < MOST_CPU_S
    assert (out / "report.html").stat().st_size < MOST_BYTES
    assert sum(path.stat().st_size for path in out.rglob("*") if path.is_file()) < 4 * MOST_BYTES


def test_the_page_says_which_classes_it_shows(reported):
    text = (reported[1] / "report.html").read_text()
    assert "the 20 classes of lowest accuracy of 10,000" in text
    assert "The 20 most frequent confusions of 10,000 classes" in text
    assert re.search(r"Of all classes: lowest [\d.]+, lower quarter [\d.]+, median [\d.]+", text)


def test_the_worst_confusion_is_the_one_that_was_put_there(reported):
    grid = Grid(read_sweep(reported[0]))
    found = confusions_of(grid.sweep, find_answer(grid).chosen.reporting)
    assert found.matrix is None and found.errors[0].tolist() == [17, 4321, 30 * found.n_trials]
    assert found.class_samples.tolist() == [50 * found.n_trials] * 10_000


def test_each_trial_shows_its_worst_classes_alone(reported):
    data = json.loads(re.search(r'<script type="application/json" id="data">(.*?)</script>', (reported[1] / "report.html").read_text())[1])
    assert data["classes"]["n"] == 10_000 and {len(row) for row in data["classes"]["rows"]} == {20}
    assert all(row[0][0] == 17 for row in data["classes"]["rows"])


def test_up_to_fifty_classes_are_all_shown():
    accuracy = np.linspace(1, 0, 50)
    assert worst_classes(accuracy).tolist() == list(range(50))
    accuracy = np.append(accuracy, np.nan)
    assert worst_classes(accuracy).tolist() == list(range(49, 29, -1))


def test_few_classes_keep_their_matrix(tmp_path):
    grid = Grid(read_sweep(write_sweep(tmp_path / "sweep.h5", TRIALS)))
    cell = find_answer(grid).chosen
    found = confusions_of(grid.sweep, cell.reporting)
    assert found.matrix.shape == (N_CLASSES, N_CLASSES) and found.matrix.sum() == 5 * 10_000
    assert "Rows add up to 100" in classes.confusion(styled(), grid, cell).caption


def test_reading_a_sweep_holds_no_matrix(tmp_path):
    """Twenty matrices of 10,000 classes would be 8 GB."""
    path = with_many_classes(write_sweep(tmp_path / "sweep.h5", TRIALS), 10_000, as_matrix=True)
    sweep = read_sweep(path)
    held = [value for value in vars(sweep).values() if isinstance(value, np.ndarray)]
    assert sum(each.nbytes for each in held) < 5e6


def test_the_size_of_the_test_set_is_known_from_the_samples_of_each_class(tmp_path):
    grid = Grid(read_sweep(with_many_classes(write_sweep(tmp_path / "sweep.h5", TRIALS), 300)))
    assert n_test_samples(grid, grid.cells[0]) == 300 * 50


def test_a_trial_without_any_error_says_so(tmp_path):
    path = write_sweep(tmp_path / "sweep.h5", TRIALS)
    with edited(path) as file:
        replace_variable(file, "test_confusion", np.broadcast_to(np.diag([10] * N_CLASSES), (len(TRIALS), N_CLASSES, N_CLASSES)))
    grid = Grid(read_sweep(path))
    assert "There is no error." in classes.confusion(styled(), grid, find_answer(grid).chosen).caption
