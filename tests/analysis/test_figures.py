import re
import warnings
from types import SimpleNamespace

import matplotlib.pyplot as plt
import numpy as np
import pytest
from ksweep_report.figures import classes, drawing, heatmaps
from ksweep_report.figures.axes import frame, place_legend, set_log, spans_decade
from ksweep_report.figures.catalogue import draw_all
from ksweep_report.figures.pictures import montage
from ksweep_report.figures.units import unit_figures
from ksweep_report.results.answer import find_answer
from ksweep_report.results.grid import Grid
from ksweep_report.results.reading import read_sweep
from ksweep_report.results.references import read_references
from sample_sweeps import baselines, edited, product, trial, write_sweep


def draw(tmp_path, trials, out=None, references="", **more):
    out = out or drawing.Output()
    out.use_style()
    grid = Grid(read_sweep(write_sweep(tmp_path / "sweep.h5", trials, **more)))
    return draw_all(out, grid, find_answer(grid), read_references(references)[0])


def names(figures):
    return [figure.name for figure in figures]


FULL = product((10, 25, 40), (0.0, 0.001)) + baselines((10, 25, 40), (0, 1, 2))


def test_a_full_sweep_gets_every_figure_in_order(tmp_path):
    drawn = draw(tmp_path, FULL, probe_every=2)
    assert {section: names(figures) for section, figures in drawn.items() if section != "n_filters"} == {
        "frontier": [], "race": [], "metric": ["accuracy", "accuracy_enlarged"], "effects": ["effects"], "classes": ["class_accuracy", "confusion"],
        "curves": ["curve_train_loss", "curve_validation_accuracy"], "weights": ["sparsity_weight_by_k"],
        "reconstruction": ["test_mse", "test_fraction_of_variance_explained", "l0_training", "l0_encoding", "dead_units"],
        "filters": ["filters_k10", "filters_k25", "filters_k40"], "reconstructions": [], "codes": [],
        "cost": ["train_time", "accuracy_cost", "timeline"]}


def test_errors_of_what_the_rule_keeps_are_drawn_beside_those_of_all_units(tmp_path):
    results = {"test_mse_by_rule": 0.02, "test_fraction_of_variance_explained_by_rule": 0.5, "test_mse": 0.03,
               "test_fraction_of_variance_explained": 0.4}
    drawn = draw(tmp_path, [trial(k, seed=seed, kind="batch-topk", results=results) for k in (10, 25) for seed in (0, 1)])
    named = {figure.name: figure.title for figure in drawn["reconstruction"]}
    assert named["test_mse"] == "Reconstruction error"
    assert named["test_mse_by_rule"] == "Reconstruction error from what the rule keeps of mini-batches"


def test_inputs_that_are_no_images_have_no_filters(tmp_path):
    trials = product((10, 25), seeds=(0,))
    assert names(draw(tmp_path, trials)["filters"]) == ["filters_k10", "filters_k25"]
    assert draw(tmp_path, trials, image_shape=(1, 1, 64))["filters"] == []


@pytest.mark.parametrize("least, texts", [(1e-6, ["1e-06", "1e-05", "0.0001", "0.001", "0.01", "0.1", "1"]), (0.1, ["0.1", "0.2", "0.5", "1"])])
def test_ticks_of_many_decades_are_powers_of_ten(least, texts):
    figure, axes = plt.subplots()
    set_log(axes, "x")
    axes.set_xlim(least, 1)
    figure.canvas.draw()
    shown = [text for text, at in zip((label.get_text() for label in axes.get_xticklabels()), axes.get_xticks()) if least * 0.999 <= at <= 1.001]
    plt.close(figure)
    assert shown == texts


def test_a_legend_of_one_key_names_it_once_where_that_saves_rows():
    drawing.Output().use_style()
    figure, axes = plt.subplots(figsize=(4.8, 3.3))
    for weight in (0.0001, 0.001, 0.01, 0.1, 1):
        axes.plot([0], [0], label=f"sparsity_weight = {weight}")
    place_legend(axes)
    legend = axes.get_legend()
    plt.close(figure)
    assert legend.get_title().get_text() == "sparsity_weight"
    assert sorted(text.get_text() for text in legend.get_texts()) == ["0.0001", "0.001", "0.01", "0.1", "1"]   # in the order of columns


def test_values_that_are_all_zero_have_round_ticks():
    figure, axes = plt.subplots()
    frame(axes, [0.0, 0.0], [0.0, 0.0])
    top = axes.get_ylim()[1]
    plt.close(figure)
    assert 1 <= top <= 1.1


def test_the_share_of_the_most_frequent_error_is_that_of_the_classes_named(tmp_path):
    path = write_sweep(tmp_path / "sweep.h5", product((10,), seeds=(0,)), attributes={"class_labels": "\t".join(["pets", "ant", "bee", *"cdefghij"])})
    with edited(path) as file:
        counts = np.zeros((10, 10), int)
        counts[0, :2], counts[1, :2] = (30, 10), (10, 10)   # two errors as frequent as each other: 25 % and 50 %
        file["test_confusion"][0] = counts
    out = drawing.Output()
    out.use_style()
    grid = Grid(read_sweep(path))
    figure = classes.confusion(out, grid, find_answer(grid).chosen)
    assert "class ant taken for bee, 25.00 %" in figure.alt and "ant taken for bee." in figure.caption


def test_figures_are_files_at_the_width_of_a_column(tmp_path):
    folder = tmp_path / "figures"
    folder.mkdir()
    drawn = draw(tmp_path, FULL, drawing.Output(drawing.FILES, folder, ("png", "svg", "pdf")), probe_every=2)
    for name in ["accuracy", "confusion", "curve_train_loss", "test_mse", "train_time"]:
        assert (folder / f"{name}.pdf").read_bytes().startswith(b"%PDF")
        assert (folder / f"{name}.svg").read_text().startswith("<?xml")
    assert plt.imread(folder / "accuracy.png").shape[1] / 300 == pytest.approx(drawing.COLUMN_WIDTH, abs=0.01)
    assert drawn["metric"][0].image == ""


def test_a_classifier_has_learning_curves(tmp_path):
    drawn = draw(tmp_path, [trial(0, seed=seed, kind="classifier") for seed in (0, 1)], curves_of="classifier", probe_every=1)
    assert names(drawn["curves"]) == ["curve_train_loss", "curve_validation_accuracy"]


def test_kinds_without_k_have_learning_curves_beside_those_with_one(tmp_path):
    drawn = draw(tmp_path, product((10, 25)) + [trial(0, kind="plain", seed=seed) for seed in (0, 1)], curves_of="plain")
    assert "plain: " in drawn["curves"][0].alt and "k = 10: " in drawn["curves"][0].alt


def test_published_values_are_drawn_where_the_sweep_file_names_them(tmp_path):
    drawn = draw(tmp_path, product((10, 25)), references="# reference: k = 25: 1.35 % error, Makhzani & Frey 2014")
    assert "published: Makhzani &amp; Frey 2014" in drawn["metric"][0].image
    assert any("published: k = 25: 1.35 % error" in mark[2] for mark in drawn["metric"][0].marks)


def test_marks_lie_where_the_values_are_drawn(tmp_path):
    marks = draw(tmp_path, product((10, 25), seeds=(0,)))["metric"][0].marks
    assert all(0 < x < 1 and 0 < y < 1 for x, y, _, _ in marks)
    means = [mark for mark in marks if mark[3] is None]
    assert [mark[2].split("\n")[0] for mark in means] == ["k = 10", "k = 25"] and means[0][0] < means[1][0]
    assert means[0][1] > means[1][1]    # k = 25 is better, and so higher up
    assert sorted(mark[3] for mark in marks if mark[3] is not None) == [0, 1]


def test_curves_of_accuracy_are_drawn_only_where_probed(tmp_path):
    assert names(draw(tmp_path, product((10, 25)))["curves"]) == ["curve_train_loss"]


def test_captions_name_the_interval(tmp_path):
    drawn = draw(tmp_path, product((10, 25)))
    for figure in drawn["metric"] + drawn["reconstruction"] + drawn["cost"][:1]:
        assert "95\u00a0% t interval of the mean over seeds" in figure.caption


def test_alt_texts_hold_the_numbers(tmp_path):
    alt = draw(tmp_path, product((10, 25)))["metric"][0].alt
    assert alt.startswith("Line plot of test accuracy in % over k. Means: 10: 98.")


def test_further_axes_get_a_panel_each(tmp_path):
    trials = [trial(k, weight, 0, hidden=hidden) for k in (10, 25) for weight in (0.0, 0.1, 0.2, 0.3) for hidden in (100, 200)]
    titles = [figure.title for figure in draw(tmp_path, trials)["metric"]]
    assert sorted(titles) == ["Test accuracy over k (hidden = 100)", "Test accuracy over k (hidden = 200)"]


@pytest.mark.parametrize("xs, log", [((10, 25, 40, 70), False), ((10, 100), False), ((10, 101), True), ((0, 1000), False)])
def test_x_is_logarithmic_beyond_a_decade(xs, log):
    assert spans_decade(xs) is log


def test_inline_svg_has_no_address_and_ids_of_its_own(tmp_path):
    svg = draw(tmp_path, product((10, 25)))["metric"][0].image
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


PROBED = [trial(0, 0.0, seed, kind="plain", targets=targets, repulsion=repulsion, probe_kind=probe) for targets in ("inputs", "classes", "clusters")
          for repulsion in (0.0, 0.25) for probe in ("centroid", "kmeans", "knn") for seed in (0, 1, 2)]


def test_many_lines_of_several_probes_get_a_panel_for_each_probe(tmp_path):
    assert sorted(figure.title for figure in draw(tmp_path, PROBED)["metric"]) == [
        f"Test accuracy over targets (probe kind = {probe})" for probe in ("centroid", "kmeans", "knn")]


def test_captions_speak_of_lines_only_where_there_are_some(tmp_path):
    assert "Line and marker" in draw(tmp_path, product((10, 25)))["metric"][0].caption
    figure = draw(tmp_path, PROBED)["metric"][0]
    assert "Marker: their mean. Bars: " in figure.caption and "Line" not in figure.caption and figure.alt.startswith("Dot plot")


def test_settings_that_share_their_training_share_a_line_of_its_curve(tmp_path):
    trials = [trial(25, 0.0, seed, probe_kind=probe) for probe in ("softmax", "svm") for seed in (0, 1)]
    assert "Last values: probe kind = softmax, probe kind = svm: " in draw(tmp_path, trials)["curves"][0].alt


def test_values_that_are_all_the_same_have_round_ticks():
    _, axes = plt.subplots()
    frame(axes, [25.0, 25.0], [25.0])
    ticks = [tick for tick in axes.get_yticks() if axes.get_ylim()[0] <= tick <= axes.get_ylim()[1]]
    plt.close()
    assert len(ticks) > 1 and all(tick * 2 == round(tick * 2) for tick in ticks)


def test_panels_of_one_metric_share_their_vertical_axis(tmp_path, monkeypatch):
    limits, finish = {}, drawing.Output.finish

    def recorded(out, figure, name, *rest, **more):
        limits[name] = figure.axes[0].get_ylim()
        return finish(out, figure, name, *rest, **more)

    monkeypatch.setattr(drawing.Output, "finish", recorded)
    trials = [trial(k, weight, seed, hidden=hidden,
                    results={"test_accuracy": 0.9 + hidden / 5000 + 0.001 * seed + 0.0001 * k, "validation_accuracy": 0.9})
              for k in (10, 25) for weight in (0.0, 0.1, 0.2, 0.3) for hidden in (100, 200) for seed in (0, 1)]
    one, other = draw(tmp_path, trials)["metric"]
    assert one.name != other.name and limits[one.name] == limits[other.name]


def test_values_of_x_that_no_trial_has_reached_have_their_place(tmp_path, monkeypatch):
    limits, finish = {}, drawing.Output.finish

    def recorded(out, figure, name, *rest, **more):
        limits[name] = figure.axes[0].get_xlim()
        return finish(out, figure, name, *rest, **more)

    monkeypatch.setattr(drawing.Output, "finish", recorded)
    draw(tmp_path, [dict(each, status=1 if each["k"] == 40 else 0) for each in product((4, 10, 40))])
    assert limits["accuracy"][0] < 4 and 40 < limits["accuracy"][1] < 60


def test_names_of_lines_leave_out_what_all_have_in_common(tmp_path):
    level = {(10, 100): 0.90, (10, 200): 0.91, (25, 100): 0.93, (25, 200): 0.92}   # each k is best at another width
    trials = [trial(k, 0.0, seed, hidden=hidden, alpha=alpha,
                    results={name: level[k, hidden] - alpha / 1000 for name in ("test_accuracy", "validation_accuracy")}) for k, hidden in level
              for alpha in (1, 2) for seed in (0, 1)]
    figure = draw(tmp_path, trials)["curves"][0]
    assert "k = 10, hidden = 200: " in figure.alt and "k = 25, hidden = 100: " in figure.alt
    assert "Each k at its own best setting, all with α = 1." in figure.caption


def test_two_axes_are_drawn_only_where_they_are_crossed(tmp_path):
    crossed = [trial(k, 0.0, seed, hidden=hidden) for k, hidden in ((10, 100), (10, 200), (25, 100)) for seed in (0, 1)]
    not_crossed = [trial(k, 0.0, seed, hidden=hidden) for k, hidden in ((10, 100), (25, 200), (40, 100), (40, 300)) for seed in (0, 1)]
    assert names(draw(tmp_path, crossed)["weights"]) == ["hidden_by_k"]
    assert names(draw(tmp_path, not_crossed)["weights"]) == []


def test_numbers_on_colours_have_the_better_contrast_of_black_and_white():
    def contrast(share, ink):
        return (max(heatmaps._lightness(share), ink) + 0.05) / (min(heatmaps._lightness(share), ink) + 0.05)

    for share in np.linspace(0, 1, 101):
        black = heatmaps._lightness(share) > heatmaps.EQUAL_CONTRAST
        assert contrast(share, 0.0 if black else 1.0) >= 4.5


def test_what_the_probe_sees_is_drawn_only_where_it_differs_from_training(tmp_path):
    same = [trial(k, 0.0, seed, results={"l0_training": k, "l0_encoding": k}) for k in (10, 25) for seed in (0, 1)]
    assert "l0_encoding" not in names(draw(tmp_path, same)["reconstruction"])
    assert "l0_encoding" in names(draw(tmp_path, product((10, 25)))["reconstruction"])


def test_marks_at_a_text_stand_around_it(tmp_path):
    trials = [trial(0, 0.0, seed, kind="plain", targets=targets, repulsion=repulsion) for seed in (0, 1)
              for targets, repulsion in (("inputs", 0.25), ("classes", 0.25), ("clusters", 0.0), ("clusters", 0.25))]
    marks = draw(tmp_path, trials)["metric"][0].marks
    at = {mark[2].split("\n")[0]: mark[0] for mark in marks if mark[3] is None}
    one, two, three = (at[f"targets = {name}"] for name in ("classes, repulsion = 0.25", "clusters, repulsion = 0", "inputs, repulsion = 0.25"))
    middle = (two + at["targets = clusters, repulsion = 0.25"]) / 2
    assert middle - one == pytest.approx(three - middle, abs=1e-3)


def test_the_frame_of_what_cannot_be_negative_begins_at_zero():
    _, axes = plt.subplots()
    frame(axes, [0.0, 3.0, 1.0], [-2.0, 4.0])
    bottom = axes.get_ylim()[0]
    plt.close()
    assert -0.2 < bottom <= 0


def test_labels_of_a_heat_map_do_not_overlap():
    out, labels = drawing.Output(), ["k-sparse", "untrained weights", "winner-take-all"]
    out.use_style()
    figure = heatmaps.draw_heat(out, np.zeros((1, 3)), ["a"], labels, "kind", "y", None, plt.Normalize(0, 1))
    figure.canvas.draw()
    boxes = [label.get_window_extent() for label in figure.axes[0].get_xticklabels()]
    plt.close(figure)
    assert all(left.x1 < right.x0 for left, right in zip(boxes, boxes[1:]))


def test_a_narrow_figure_for_a_paper_is_as_wide_as_a_column_and_no_higher_than_its_letters_need():
    drawing.Output(drawing.FILES).use_style()
    figure, _ = drawing.Output(drawing.FILES).new_axes(2.6, 4.1)
    assert figure.get_size_inches().tolist() == pytest.approx([3.25, 0.8 * 4.1])


@pytest.mark.parametrize("width, end", [(3.25, ""), (6.75, "_wide")])
def test_figures_of_a_paper_have_the_width_of_one_column_or_of_both_and_letters_of_8_points(tmp_path, width, end):
    out = drawing.Output(drawing.FILES, tmp_path, ("pdf", "svg"), width)
    draw(tmp_path, product((10, 25), (0.0, 0.001)), out)
    pdf = (tmp_path / f"accuracy{end}.pdf").read_bytes()
    box = re.search(rb"/MediaBox \[ 0 0 ([0-9.]+) ", pdf)
    assert float(box[1]) == pytest.approx(72 * width)
    assert f'width="{72 * width:g}pt"' in (tmp_path / f"accuracy{end}.svg").read_text()
    figure, axes = out.new_axes()
    axes.plot([0, 1], [0, 1], label="a")
    axes.plot([0, 1], [1, 0], label="b")
    place_legend(axes)
    texts = [axes.xaxis.label, *axes.get_xticklabels(), *axes.get_legend().get_texts(), axes.title]
    plt.close(figure)
    assert {text.get_fontsize() for text in texts} == {8}


def test_legends_are_read_by_rows(tmp_path):
    out = drawing.Output()
    out.use_style()
    figure, axes = out.new_axes(5, 3)
    for i in range(7):
        axes.plot([0], [0], label=f"line {i} " + 12 * "x")
    place_legend(axes)
    figure.canvas.draw()
    boxes = [(-round(text.get_window_extent().y0), text.get_window_extent().x0, text.get_text()[:6]) for text in axes.get_legend().get_texts()]
    plt.close(figure)
    assert [text for _, _, text in sorted(boxes)] == [f"line {i}" for i in range(7)]


def test_l0_is_drawn_only_where_it_is_not_k(tmp_path):
    as_k = [trial(k, 0.0, seed, results={"l0_training": k * 1.002}) for k in (10, 25) for seed in (0, 1)]
    assert "l0_training" not in names(draw(tmp_path, as_k)["reconstruction"])
    assert "l0_training" in names(draw(tmp_path, product((10, 25)))["reconstruction"])


LONG = "kind = batch-topk, train.learning_rate = 0.0003, sparsity_weight = 0.001, optimizer = adamw, seed = {}"


@pytest.mark.parametrize("settings", [[LONG.format(i) for i in range(7)], ["x" * 150], [f"k = {k}" for k in (2, 5, 10)]])
@pytest.mark.parametrize("where", ["page", "files"])
def test_names_of_settings_may_be_long(settings, where, tmp_path):
    codes = SimpleNamespace(each=[SimpleNamespace(name=name, code=np.ones((20, 8)), density=np.linspace(0, 1, 8)) for name in settings])
    out = drawing.Output(where, tmp_path, ("svg",))
    out.use_style()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        figures = unit_figures(out, SimpleNamespace(x="k", x_name="k", x_title="k"), codes)
    assert names(figures) == ["unit_density", "units_on_off", "unit_means"]
    assert all(name in figures[1].alt for name in settings)


def test_long_names_of_a_legend_are_broken_and_keep_inside_the_figure_of_a_column():
    out = drawing.Output(drawing.FILES)
    out.use_style()
    figure, axes = out.new_axes()
    for k in (4, 8, 16):
        axes.plot([1, 2], label=f"k = {k}, hidden = 64, alpha = 2, tied = no, rate = 0.03")
    place_legend(axes)
    figure.canvas.draw()
    legend = axes.get_legend().get_window_extent()
    assert 0 <= legend.x0 and legend.x1 <= figure.bbox.x1 and legend.y1 <= figure.bbox.y1
    assert axes.get_position().width > 0.7
    plt.close(figure)
