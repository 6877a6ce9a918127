import numpy as np
import pytest
from ksweep_report import drawing
from ksweep_report.answer import find_answer
from ksweep_report.figures import draw_all
from ksweep_report.filters import montage
from ksweep_report.grid import Grid
from ksweep_report.lines import spans_decade
from ksweep_report.reading import read_sweep
from sample_sweeps import baselines, product, trial, write_sweep


def draw(tmp_path, trials, **more):
    drawing.use_style()
    grid = Grid(read_sweep(write_sweep(tmp_path / "sweep.h5", trials, **more)))
    return draw_all(grid, find_answer(grid), tmp_path)


def names(figures):
    return [figure.name for figure in figures]


def test_a_full_sweep_gets_every_figure_as_png_and_svg(tmp_path):
    trials = product((10, 25, 40), (0.0, 0.001)) + baselines((10, 25, 40), (0, 1, 2))
    drawn = draw(tmp_path, trials, probe_every=2)
    assert names(drawn["accuracy"]) == ["accuracy", "accuracy_enlarged"]
    assert names(drawn["classes"]) == ["class_accuracy", "confusion"]
    assert names(drawn["curves"]) == ["curve_loss", "curve_validation_accuracy"]
    assert names(drawn["weights"]) == ["weight_by_k"]
    assert names(drawn["reconstruction"]) == ["test_mse", "test_fraction_of_variance_explained", "l0_training",
                                              "l0_encoding", "dead_units"]
    assert names(drawn["filters"]) == ["filters_k10", "filters_k25", "filters_k40"]
    assert names(drawn["cost"]) == ["train_time"]
    for section in ("accuracy", "classes", "curves", "weights", "reconstruction", "cost"):
        for name in names(drawn[section]):
            assert (tmp_path / f"{name}.png").stat().st_size > 5000
            assert (tmp_path / f"{name}.svg").read_text().startswith("<?xml")


def test_curves_of_accuracy_are_drawn_only_where_probed(tmp_path):
    assert names(draw(tmp_path, product((10, 25)))["curves"]) == ["curve_loss"]


def test_captions_name_the_interval(tmp_path):
    drawn = draw(tmp_path, product((10, 25)))
    for figure in drawn["accuracy"] + drawn["reconstruction"] + drawn["cost"]:
        assert "95 % t interval of the mean over seeds" in figure.caption


def test_alt_texts_hold_the_numbers(tmp_path):
    alt = draw(tmp_path, product((10, 25)))["accuracy"][0].alt
    assert alt.startswith("Line plot of test accuracy in % over k. Means: 10: 98.")


def test_further_axes_get_a_panel_each(tmp_path):
    trials = [trial(k, weight, 0, hidden=hidden) for k in (10, 25) for weight in (0.0, 0.1, 0.2, 0.3) for hidden in (100, 200)]
    titles = [figure.title for figure in draw(tmp_path, trials)["accuracy"]]
    assert sorted(titles) == ["Test accuracy over k (hidden = 100)", "Test accuracy over k (hidden = 200)"]


@pytest.mark.parametrize("xs, log", [((10, 25, 40, 70), False), ((10, 100), False), ((10, 101), True), ((0, 1000), False)])
def test_x_is_logarithmic_beyond_a_decade(xs, log):
    assert spans_decade(xs) is log


def test_inline_svg_has_no_address_and_ids_of_its_own(tmp_path):
    svg = draw(tmp_path, product((10, 25)))["accuracy"][0].image
    assert svg.startswith("<svg") and "http" not in svg and "<!--" not in svg
    assert 'id="accuracy-' in svg and "var(--ink)" in svg and drawing.INK not in svg


def test_a_montage_scales_each_filter_by_its_largest_value():
    images = np.zeros((2, 1, 2, 2))
    images[0, 0] = [[-2, 2], [1, 0]]
    images[1] = np.nan
    picture = montage(images)
    assert picture.shape == (4, 7, 3)
    assert picture[1:3, 1:3, 0].tolist() == [[0, 255], [191, 128]]
    assert (picture[1:3, 4:6] == 255).all()


def test_a_montage_of_three_channels_is_in_colour():
    images = np.zeros((1, 3, 1, 1))
    images[0, :, 0, 0] = [1, 0, -1]
    assert montage(images)[1, 1].tolist() == [255, 128, 0]


def test_a_montage_of_two_channels_shows_them_side_by_side():
    images = np.zeros((1, 2, 2, 1))
    images[0, 0, :, 0] = [1, 0]
    images[0, 1, :, 0] = [-1, 0]
    assert montage(images)[1:3, 1:3, 0].tolist() == [[255, 0], [128, 128]]
