import csv
import re

import numpy as np
import pytest
from ksweep_report.figures import drawing
from ksweep_report.figures.catalogue import draw_all
from ksweep_report.pages import frontier as pages_frontier
from ksweep_report.pages import headline
from ksweep_report.pages.frontier import frontier
from ksweep_report.pages.summary_tex import write_latex
from ksweep_report.pages.tables import write_csv
from ksweep_report.reports import write_report
from ksweep_report.results.answer import find_answer
from ksweep_report.results.effects import Effects
from ksweep_report.results.grid import Grid
from ksweep_report.results.reading import read_sweep
from ksweep_report.results.statistics import t_interval
from ksweep_report.results.tradeoff import lines_of, pointers_of, steps_of
from sample_sweeps import activations, trial, write_sweep

KS = (4, 8, 16, 32, 64)


def grid_of(tmp_path, trials, metric="", measured=False):
    return Grid(read_sweep(write_sweep(tmp_path / "sweep.h5", trials, measured=measured)), metric=metric)


def shown(grid):
    return frontier(grid, find_answer(grid))


def plain(text):
    return text.replace("\u00a0", " ")


def test_where_more_is_always_better_the_largest_k_is_not_the_answer(tmp_path):
    grid = grid_of(tmp_path, activations(KS))
    answer = find_answer(grid)
    what, numbers = headline.headline(grid, answer, True)
    assert answer.chosen is None and what == "A frontier, not a best k, as variance unexplained only falls with k"
    assert re.fullmatch(r"test 22\.\d\d % at k = 4 to 3\.\d{3} % \[3\.\d{3}, 3\.\d{3}\] at k = 64, 6 seeds; "
                        r"c_dec and GT-MCC point at k = 16", plain(numbers)), numbers


def test_an_unfinished_sweep_says_so_far(tmp_path):
    grid = grid_of(tmp_path, activations(KS))
    assert headline.headline(grid, find_answer(grid), False)[0] == "A frontier so far, not a best k, as variance unexplained only falls with k"


def test_a_labelled_sweep_has_a_frontier_only_if_it_is_asked_for(tmp_path):
    assert shown(grid_of(tmp_path, activations(KS, seeds=(0, 1)), measured=True)) is None
    assert shown(grid_of(tmp_path, activations(KS, seeds=range(5)), "fvu", True)) is not None


def exact(fvu_of, l0_of=lambda x: float(x), xs=KS, seeds=(0, 1, 2), x="k", **columns):
    """Trials whose variance unexplained is exactly a function of x, times 1 + seed / 100."""
    def results(value, seed):
        return {"validation_fvu": fvu_of(value) * (1 + seed / 100), "test_fvu": fvu_of(value) * (1 + seed / 100), "l0_training": l0_of(value),
                "dead_units": np.nan, **{name: law(value) for name, law in columns.items()}}
    return [trial(**{x: value}, seed=seed, hidden=100, results=results(value, seed)) for value in xs for seed in seeds]


def test_a_doubling_is_what_it_buys_by_seed(tmp_path):
    grid = grid_of(tmp_path, exact(lambda k: 1 / k))
    step = steps_of(grid, lines_of(grid))[0]
    assert step.change.mean == pytest.approx(np.mean([-(1 + seed / 100) / 8 for seed in range(3)])) and step.change.n == 3
    assert (step.per_doubling.mean, step.per_doubling.low, step.per_doubling.high) == pytest.approx((-0.5, -0.5, -0.5))


def test_a_step_that_is_no_doubling_is_scaled_to_one(tmp_path):
    grid = grid_of(tmp_path, exact(lambda k: 1 / k, xs=(10, 40)))
    assert steps_of(grid, lines_of(grid))[0].per_doubling.mean == pytest.approx(-0.5)


def by_weight(l0):
    """JumpReLU-like: a weight has no L0 of its own."""
    return exact(lambda weight: 1 / l0(weight), l0, (0.001, 0.01, 0.1, 1.0, 10.0), x="weight")


def test_intervals_of_steps_hold_together(tmp_path):
    grid = Grid(read_sweep(write_sweep(tmp_path / "sweep.h5", activations((4, 8, 16, 32)), measured=False)))
    steps = steps_of(grid, lines_of(grid))
    one = t_interval(grid.pairs(steps[0].first, steps[0].second, grid.metric.judging), comparisons=3)
    assert len(steps) == 3 and (steps[0].change.low, steps[0].change.high) == pytest.approx((one.low, one.high))


def test_where_x_is_no_k_doublings_are_of_measured_l0(tmp_path):
    grid = grid_of(tmp_path, by_weight(lambda weight: 4 / weight ** 0.5))
    assert grid.x == "sparsity_weight" and steps_of(grid, lines_of(grid))[0].per_doubling.mean == pytest.approx(-0.5)
    answer = find_answer(grid)
    assert answer.only_improves and answer.best.setting["sparsity_weight"] == 0.001
    assert headline.headline(grid, answer, True)[0] == "A frontier, not a best λ, as variance unexplained only falls with L0"


def test_a_saturated_grid_of_weights_is_pointed_out(tmp_path):
    """L0 of SAELens #719 at these weights."""
    measured = dict(zip((0.001, 0.01, 0.1, 1.0, 10.0), (364, 124, 36, 27, 26)))
    assert list(map(plain, shown(grid_of(tmp_path, by_weight(measured.get)))["flat"])) == [
        "The grid is saturated at one end: from λ = 0.1 to 10, L0 barely changes (L0 36 to 26), so that these values say one thing "
        "several times."]


def test_a_flat_grid_is_pointed_out_and_a_grid_of_k_is_none(tmp_path):
    flat = shown(grid_of(tmp_path, by_weight(lambda weight: 30 - 2 * np.log10(weight))))["flat"]
    assert plain(flat[0]).startswith("The grid is flat: from λ = 0.001 to 10, L0 barely changes (L0 36 to 28)")
    assert shown(grid_of(tmp_path, exact(lambda k: 1 / k)))["flat"] == []


def opinion(tmp_path, **columns):
    return plain(shown(grid_of(tmp_path, exact(lambda k: 1 / k, **columns)))["opinion"])


def peak(at):
    return lambda k: 1 - 0.1 * np.log2(k / at) ** 2


def test_quantities_that_point_at_one_k_agree(tmp_path):
    text = opinion(tmp_path, true_mcc=peak(16), mean_decoder_cosine=lambda k: 1 - peak(16)(k))
    assert "c_dec is smallest at k = 16" in text and "GT-MCC is highest at k = 16 (1, in 3 of 3 seeds)" in text and "They agree on k = 16." in text


def test_quantities_that_point_elsewhere_do_not(tmp_path):
    text = opinion(tmp_path, true_mcc=peak(8), mean_decoder_cosine=lambda k: 1 - peak(32)(k))
    assert text.endswith("They do not agree: they point from k = 8 to k = 32, 2 steps of the grid apart.")
    assert opinion(tmp_path, true_mcc=peak(8), consistency=peak(16)).endswith("They agree to within one step of the grid, from k = 8 to k = 16.")


def test_a_c_dec_that_falls_all_along_points_with_its_elbow_or_not_at_all(tmp_path):
    text = opinion(tmp_path, mean_decoder_cosine=lambda k: max(0.1, 0.5 - 0.2 * np.log2(k / 4)) - 1e-4 * np.log2(k))
    assert "c_dec falls over the whole grid, with its elbow at k = 16" in text
    text = opinion(tmp_path, mean_decoder_cosine=lambda k: 0.5 - 0.05 * np.log2(k))
    assert "c_dec is smallest at k = 64 (0.2, in 3 of 3 seeds, an end of the grid" in text and "No two of these single out a k" in text


def test_many_dead_units_where_others_point_are_said(tmp_path):
    text = opinion(tmp_path, true_mcc=peak(8), consistency=peak(8), dead_units_validation=lambda k: 40.0 if k < 16 else 0.0)
    assert "dead units are fewest, 0.0 % of all and at most a point more, at k = 16 to 64" in text
    assert "More units than need be are dead at k = 8" in text


def test_few_dead_units_on_both_sides_of_many_are_two_runs(tmp_path):
    grid = grid_of(tmp_path, exact(lambda k: 1 / k, dead_units_validation=lambda k: 40.0 if k == 8 else 0.0))
    found = pages_frontier.frontier(grid, find_answer(grid))
    assert plain(found["opinion"]).split("at most a point more, ")[1].startswith("at k = 4 and 16 to 64. ")
    label, cells = lines_of(grid)[0]
    assert pages_frontier._pointer_table(grid, [(label, cells, pointers_of(grid, cells))]) == (["dead units"], [["–", "4, 16–64"]])


def test_what_varies_less_than_seeds_do_points_at_nothing(tmp_path):
    def trials(step):
        return [dict(each, results=each["results"] | {"mean_decoder_cosine": 0.1 + step * (each["k"] != 16)
                                                      + 0.02 * ((each["k"] + each["seed"]) % 3)}) for each in exact(lambda k: 1 / k)]
    (tmp_path / "noise").mkdir()
    assert [pointer.quantity for pointer in pointers_of(grid_of(tmp_path, trials(1.0)), lines_of(grid_of(tmp_path, trials(1.0)))[0][1])] == [
        "mean_decoder_cosine"]
    noise = grid_of(tmp_path / "noise", trials(0.001))
    assert pointers_of(noise, lines_of(noise)[0][1]) == []


def test_a_step_that_barely_changes_l0_has_no_rate(tmp_path):
    grid = grid_of(tmp_path, by_weight(dict(zip((0.001, 0.01, 0.1, 1.0, 10.0), (364, 124, 36, 35, 12))).get))
    rates = [row["relative"] for row in shown(grid)["steps"]]
    assert [rate == "–" for rate in rates] == [False, True, False, False]


def figures_of(tmp_path, trials):
    """{name: figure} of the whole page."""
    out = drawing.Output()
    out.use_style()
    grid = grid_of(tmp_path, trials)
    drawn = draw_all(out, grid, find_answer(grid))
    return {figure.name: figure for figures in drawn.values() if isinstance(figures, list) for figure in figures}


def dotted_lines(figure):
    """Styles of what is dotted in the colour of a line."""
    styles = re.findall(r'style="([^"]*)"', figure.image)
    return [style for style in styles if "stroke-dasharray: 1.2,1.8" in style and "stroke: var(--line-" in style]


def test_each_line_has_its_own_level_of_chance(tmp_path):
    trials = [dict(each, results=each["results"] | {"consistency": 0.8, "consistency_by_chance": 0.3 if each["hidden"] == 512 else 0.4})
              for each in activations((4, 8, 16), (512, 2048), seeds=(0, 1, 2))]
    figure = figures_of(tmp_path, trials)["frontier_consistency"]
    assert "by chance" in figure.image and len(dotted_lines(figure)) == 2


def test_nothing_is_drawn_twice_and_no_figure_is_empty(tmp_path):
    none_dead = {"dead_units_validation": 0.0, "dead_units": 0.0}
    trials = [dict(each, results=each["results"] | none_dead) for each in activations((4, 8, 16), seeds=(0, 1))]
    drawn = figures_of(tmp_path, trials)
    assert not {"fvu", "test_fraction_of_variance_explained", "l0_training", "curve_validation_mse", "frontier_dead", "dead_units"} & drawn.keys()
    assert {"frontier", "frontier_c_dec", "test_mse"} <= drawn.keys()
    (tmp_path / "weights").mkdir()
    assert {"frontier", "fvu", "l0_training"} <= figures_of(tmp_path / "weights", by_weight(lambda weight: 4 / weight ** 0.5)).keys()


def test_numbers_beside_marks_that_are_too_near_are_left_out(tmp_path):
    measured = dict(zip((0.001, 0.01, 0.1, 1.0, 10.0), (200, 201, 100, 50, 20)))
    texts = re.findall(r"<text[^>]*font: 8\.33[^>]*>([^<]*)</text>", figures_of(tmp_path, by_weight(measured.get))["frontier"].image)
    assert sorted(texts) == ["0.001", "0.1", "1", "10"]


def test_with_nothing_but_reconstruction_nothing_points(tmp_path):
    text = plain(shown(grid_of(tmp_path, exact(lambda k: 1 / k)))["opinion"])
    assert text.startswith("Nothing that was measured beside reconstruction points at a k")


def test_the_probe_is_a_witness_where_there_are_labels(tmp_path):
    grid = grid_of(tmp_path, activations(KS, seeds=range(5)), "fvu", True)
    assert "validation_accuracy" in {pointer.quantity for pointer in pointers_of(grid, lines_of(grid)[0][1])}


def test_each_width_is_a_line_with_pointers_of_its_own(tmp_path):
    found = shown(grid_of(tmp_path, activations(KS, (512, 2048), seeds=range(5))))
    assert found["pointers"] == (["c_dec", "GT-MCC", "dead units"], [["hidden = 512", "16", "16", "16"], ["hidden = 2048", "16", "16", "16"]])
    assert len(found["steps"]) == 8 and found["steps"][0]["line"] == "hidden = 512"


def test_the_frontier_is_written_as_a_table(tmp_path):
    grid = grid_of(tmp_path, exact(lambda k: 1 / k))
    write_csv(grid, find_answer(grid), Effects(), tmp_path)
    rows = list(csv.DictReader((tmp_path / "frontier.csv").read_text().splitlines()))
    assert [(row["from"], row["to"], row["pairs"]) for row in rows] == [("4", "8", "3"), ("8", "16", "3"), ("16", "32", "3"), ("32", "64", "3")]
    assert float(rows[0]["per_doubling_mean"]) == pytest.approx(-0.5)
    assert [name for name in rows[0] if "95" in name] == [
        f"{name}_simultaneous95_{end}" for name in ("change", "per_doubling") for end in ("low", "high")]


def test_the_latex_table_compares_nothing_with_what_is_not_chosen(tmp_path):
    grid = grid_of(tmp_path, exact(lambda k: 1 / k))
    write_latex(grid, find_answer(grid), tmp_path)
    text = (tmp_path / "summary.tex").read_text()
    assert r"& L0 \\" in text and "textbf" not in text and "differ" not in text


def test_the_page_shows_the_frontier_first_and_its_table(tmp_path):
    sweep = write_sweep(tmp_path / "sweep.h5", activations(KS, seeds=(0, 1)), measured=False, leave_out=("test_accuracy_per_class", "test_confusion"))
    page = write_report(sweep, tmp_path / "out", ("html", "csv")).read_text(encoding="utf-8")
    assert re.findall(r'<section id="(\w+)">', page)[:2] == ["frontier", "settings"]
    assert all(f'id="figure-{name}"' in page for name in ("frontier", "frontier_dead", "frontier_c_dec", "frontier_true_mcc", "density_histogram"))
    assert "% per doubling of k" in page and "samples seen in training" in page
    assert not re.search("accuracy", page.split("<body>")[1].split("<script")[0].split('id="provenance"')[0].replace("Accuracy versus k", ""))
