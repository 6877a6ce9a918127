"""What the report says of a sweep whose settings raced over the seeds."""

import csv

import numpy as np
import pytest
from ksweep_report.base.errors import ReportError
from ksweep_report.figures import race_lanes
from ksweep_report.figures.drawing import Output
from ksweep_report.pages import headline, racing, reach, settings_table, tables
from ksweep_report.pages.methods import methods
from ksweep_report.reports import write_report
from ksweep_report.results import answer as answers
from ksweep_report.results.finish import cells_by_setting, order_of_finish
from ksweep_report.results.grid import Grid
from ksweep_report.results.reading import read_sweep
from ksweep_report.results.verdicts import ALIKE, LEFT, UNTESTABLE
from race_samples import write_race
from sample_sweeps import MISSING, edited, product, write_sweep

SEEDS = 8
# k = 10 left after four lucky seeds; k = 25 and 40 were told apart by nothing; k = 70 left later.
LUCKY, LEADER, OTHER, LATE = range(4)
VALUES = {10: [0.999] * 4 + [None] * 4, 25: [0.95 + 0.001 * i for i in range(SEEDS)], 40: [0.949 + 0.001 * (i % 3) for i in range(SEEDS)],
          70: [0.90 + 0.001 * i for i in range(6)] + [None] * 2}
LEFT_EARLY = {LUCKY: (4, LEADER, (-0.02, -0.03, -0.01)), LATE: (6, OTHER, (-0.05, -0.07, -0.03))}
LOOKS = [(4, LEADER, {LUCKY: LEFT_EARLY[LUCKY][2], OTHER: (-0.001, -0.01, 0.008), LATE: (-0.05, -np.inf, np.inf)}),
         (5, LEADER, {OTHER: (-0.002, -0.01, 0.006), LATE: (-0.05, -0.11, 0.01)}),
         (6, OTHER, {LEADER: (-0.001, -0.008, 0.006), LATE: LEFT_EARLY[LATE][2]}),
         (7, LEADER, {OTHER: (-0.002, -0.008, 0.004)}), (8, LEADER, {OTHER: (-0.0025, -0.0075, 0.0025)})]


@pytest.fixture(name="path")
def file_of_race(tmp_path):
    return write_race(tmp_path / "sweep.h5", VALUES, LEFT_EARLY, LOOKS, LEADER, "seeds used")


@pytest.fixture(name="grid")
def grid_of_race(path):
    return Grid(read_sweep(path))


def going_on(folder, **changes):
    """After six rounds: the seventh seed of one setting is there already."""
    values = VALUES | {25: VALUES[25][:7] + [None], 40: VALUES[40][:6] + [None] * 2}
    return read_sweep(write_race(folder / "sweep.h5", values, LEFT_EARLY, LOOKS[:2] + [(6, OTHER, LOOKS[2][2])], OTHER, "going on", **changes))


def cell_of(grid, k):
    return next(cell for cell in grid.cells if grid.x_of(cell) == k)


def drawn(grid):
    out = Output()
    out.use_style()
    return race_lanes.race_figure(out, grid)


def test_what_a_finished_race_did_not_train_is_not_missing(path):
    sweep = read_sweep(path)
    assert len(sweep) == 26 and not np.any(sweep.status == MISSING)
    assert headline.progress(sweep) == ""


def test_of_a_running_race_only_trials_of_settings_that_are_in_it_are_missing(tmp_path):
    assert headline.progress(going_on(tmp_path)) == "23 of 26 trials done, 3 missing"


def test_a_setting_that_left_with_lucky_seeds_is_not_the_best(grid):
    answer = answers.find_answer(grid)
    assert grid.x_of(answer.chosen) == 25
    assert [grid.x_of(cell) for cell in answer.best_of_x] == [25, 40] and not answer.passed_over


def test_the_leader_is_the_best_though_others_have_more_or_luckier_seeds(tmp_path):
    grid = Grid(going_on(tmp_path))
    assert grid.x_of(answers.find_answer(grid).chosen) == 40   # k = 25 has a seed more and a better mean


def test_results_of_the_whole_grid_do_not_bring_back_a_setting_that_left(tmp_path):
    values = VALUES | {10: [0.999] * SEEDS, 70: [0.99] * SEEDS}
    grid = Grid(read_sweep(write_race(tmp_path / "sweep.h5", values, LEFT_EARLY, LOOKS, LEADER, "seeds used")))
    assert grid.x_of(answers.find_answer(grid).chosen) == 25


def test_by_another_metric_the_best_is_of_those_in_the_race_and_nothing_is_judged(path):
    grid = Grid(read_sweep(path), metric="mse")
    answer = answers.find_answer(grid)
    assert grid.x_of(answer.best) in (25, 40)
    judged = [answers._judged_by_race(grid, answer.best, cell_of(grid, k)) for k in (10, 40)]
    assert [each.verdict for each in judged] == [LEFT, UNTESTABLE] and not any(each.n_pairs for each in judged)


def test_differences_are_the_races_own_with_its_bounds(grid):
    answer = answers.find_answer(grid)
    [other] = answer.comparisons
    assert other.verdict == ALIKE and (other.difference.mean, other.difference.low, other.difference.high) == (-0.0025, -0.0075, 0.0025)
    late = answer.comparison_of(cell_of(grid, 70))
    assert late.verdict == LEFT and late.n_pairs == 6 and late.difference.low == -0.07
    assert all(each.p_adjusted is None for each in answer.comparisons + answer.rest)


def test_the_settings_table_says_when_a_setting_left(grid):
    rows = settings_table.settings(grid, answers.find_answer(grid))["rows"]
    assert [row["verdict"] for row in rows] == ["left after 4 seeds", "–", "not distinguishable", "left after 6 seeds"]
    assert not any(row["incomplete"] for row in rows)


@pytest.mark.parametrize("end, attributes, words", [
    ("one left", {}, "one setting was left"), ("within tolerance", {}, "those left cannot differ by more than the tolerance"),
    ("seeds used", {}, "all seeds are used"), ("budget spent", {"race_budget": "2.5"}, "its budget of 2.5 core-hours is spent")])
def test_the_answer_says_that_it_was_a_race_and_how_it_ended(tmp_path, end, attributes, words):
    grid = Grid(read_sweep(write_race(tmp_path / "sweep.h5", VALUES, LEFT_EARLY, LOOKS, LEADER, end, **attributes)))
    figures = headline.headline(grid, answers.find_answer(grid), True)[1]
    assert figures.endswith(f"; found by a race of 4 settings: 2 left early, 26 of 32 trials trained, {words}")


def test_the_answer_says_that_a_race_goes_on(tmp_path):
    grid = Grid(going_on(tmp_path))
    figures = headline.headline(grid, answers.find_answer(grid), False)[1]
    assert figures.endswith("; so far, of a race of 4 settings: 2 left early, 23 of 32 trials trained, it goes on after 6 seeds")


def test_the_page_says_which_intervals_account_for_the_racing(grid):
    answer = answers.find_answer(grid)
    said = " ".join(reach.reach(grid, answer))
    assert "Means of settings that a race has chosen are optimistic" in said and "The bounds of differences to the leader do" in said
    assert "--choose-by" not in said
    certain = " ".join(headline.certainty(grid, answer))
    assert "Not distinguishable: k\u00a0=\u00a040." in certain and "2 settings left the race" in certain and "Bonferroni" not in certain
    assert "4 settings raced over at most 8 seeds" in methods(grid, answer) and "sign-flip" not in methods(grid, answer)


def test_seeds_of_a_race_leave_none_to_report(path):
    with pytest.raises(ReportError, match="--choose-by other-seeds cannot be used with a race"):
        Grid(read_sweep(path), choose_by="other-seeds")


def test_variance_unexplained_that_only_falls_is_a_frontier_after_a_race_too(tmp_path):
    fvu = {10: 0.4, 25: 0.3, 40: 0.2, 70: 0.1}
    path = write_race(tmp_path / "sweep.h5", {k: [None if value is None else fvu[k] for value in values] for k, values in VALUES.items()},
                      {0: (4, 3, (0.3, 0.2, 0.4)), 1: (6, 3, (0.2, 0.1, 0.3)), 2: (6, 3, (0.1, 0.05, 0.2))}, LOOKS, 3, race_metric="fvu",
                      report_metric="fvu")
    with edited(path) as file:
        file["validation_fvu"] = file["validation_accuracy"][()]
        file["test_fvu"] = file["validation_accuracy"][()]
    answer = answers.find_answer(Grid(read_sweep(path)))
    assert answer.only_improves


def test_the_figure_has_a_lane_for_each_setting(grid):
    figure = drawn(grid)
    assert "Leader: k\u00a0=\u00a025." in figure.alt and "k\u00a0=\u00a070 after 6; k\u00a0=\u00a010 after 4" in figure.alt
    texts = [text for *_, text, _ in figure.marks]
    assert any("k\u00a0=\u00a010, 4 seeds" in text and text.endswith("left the race") for text in texts)
    assert any("leads after 6 seeds" in text and "k\u00a0=\u00a040" in text for text in texts)
    assert len(figure.marks) == 4 + 3 + 3 + 2 + 2   # a mark for each setting in the race at each decision


@pytest.mark.parametrize("n", [40, 90])
def test_the_figure_of_many_settings_has_room_for_their_names(tmp_path, n):
    values = {k: [0.9 - 0.001 * k] * 4 for k in range(1, n + 1)}
    bounds = {i: (-0.001 * i, -0.002 * i, -0.0001 * i) for i in range(1, n)}
    grid = Grid(read_sweep(write_race(tmp_path / "sweep.h5", values, {i: (4, 0, bound) for i, bound in bounds.items()}, [(4, 0, bounds)], 0)))
    figure = drawn(grid)
    assert figure.image.count("k\u00a0=\u00a0") >= min(n, race_lanes.MOST_LANES)
    assert (f"{n - race_lanes.MOST_LANES} further settings" in figure.caption) == (n > race_lanes.MOST_LANES)


def test_the_table_of_the_race_is_a_file_too(grid, tmp_path):
    tables.write_csv(grid, answers.find_answer(grid), type("None", (), {"axes": (), "interactions": ()}), tmp_path)
    rows = list(csv.DictReader((tmp_path / "race.csv").read_text(encoding="utf-8").splitlines()))
    assert [row["setting"] for row in rows] == ["k = 25", "k = 40", "k = 70", "k = 10"]
    assert rows[3]["left_after"] == "4" and rows[3]["leader_then"] == "k = 25" and float(rows[3]["difference_low"]) == -0.03
    assert rows[1]["left_after"] == "" and rows[1]["pairs"] == "8" and rows[0]["leads"] == "1"
    page = racing.race_table(grid)
    assert [row["left"] for row in page["rows"]] == ["–", "–", 6, 4] and page["rows"][2]["leader"] == "k\u00a0=\u00a040"


def test_the_page_shows_the_race(path, tmp_path):
    page = write_report(path, tmp_path / "report", formats=("html", "csv", "png")).read_text(encoding="utf-8")
    assert 'id="race"' in page and 'id="figure-race"' in page and 'href="tables/race.csv"' in page and "left after 4 seeds" in page
    assert (tmp_path / "report/figures/race.png").is_file()


def test_without_recorded_decisions_there_is_a_table_but_no_figure(tmp_path):
    grid = Grid(read_sweep(write_race(tmp_path / "sweep.h5", VALUES, LEFT_EARLY, (), LEADER, "seeds used", n_rounds=8)))
    assert drawn(grid) is None
    assert len(racing.race_table(grid)["rows"]) == 4
    assert answers.find_answer(grid).comparisons[0].verdict == UNTESTABLE


def test_a_sweep_without_a_race_has_none(tmp_path):
    grid = Grid(read_sweep(write_sweep(tmp_path / "sweep.h5", product((10, 25)))))
    assert grid.race is None and racing.race_table(grid) is None
    assert "race" not in headline.headline(grid, answers.find_answer(grid), True)[1]


@pytest.mark.parametrize("changes", [{"race_leader": "-1"}, {"race_rounds": "many"}, {"race_leader": "4"}])
def test_a_race_that_does_not_say_how_it_went_is_none(tmp_path, changes):
    assert read_sweep(write_race(tmp_path / "sweep.h5", VALUES, LEFT_EARLY, LOOKS, LEADER, **changes)).race is None


@pytest.mark.parametrize("name, value", [("race_trial", [0, 8, 16]), ("race_trial", [0, 8, 16, 32]), ("race_leader_then", [9, 0, 0, 0]),
                                         ("race_leader_then", [4, 0, 0, 0]), ("race_leader_then", [-2, 0, 0, 0]), ("race_look_leader", [0.5]),
                                         ("race_difference", [0.0])])
def test_a_race_whose_columns_do_not_fit_is_none(path, name, value):
    with edited(path) as file:
        del file[name]
        file[name] = np.array(value)
    assert read_sweep(path).race is None


@pytest.mark.parametrize("metric, sign", [("accuracy", -1), ("fvu", 1)])
def test_settings_that_left_together_stand_by_how_far_they_were_behind(tmp_path, metric, sign):
    def behind(by):
        return (sign * by, *sorted((sign * (by - 0.01), sign * (by + 0.01))))
    left = {LUCKY: (4, LEADER, behind(0.05)), LATE: (4, LEADER, behind(0.02))}
    looks = [(4, LEADER, {i: bound for i, (*_, bound) in left.items()} | {OTHER: (sign * 0.001, -0.01, 0.01)})]
    grid = Grid(read_sweep(write_race(tmp_path / "sweep.h5", VALUES, left, looks, LEADER, "seeds used", race_metric=metric)))
    assert order_of_finish(grid.race, cells_by_setting(grid)) == [LEADER, OTHER, LATE, LUCKY]


def test_a_race_that_added_a_value_of_k_says_which_and_draws_all_its_decisions(tmp_path):
    """The last setting, k = 70, joined after the second decision, and seeds are counted from the first ones again."""
    looks = LOOKS[:2] + [(4, OTHER, {LEADER: (-0.001, -0.008, 0.006), LATE: LEFT_EARLY[LATE][2]})]
    left = LEFT_EARLY | {LATE: (4, OTHER, LEFT_EARLY[LATE][2])}
    grid = Grid(read_sweep(write_race(tmp_path / "sweep.h5", VALUES, left, looks, OTHER, "seeds used", 4,
                                      stages=([0, 0, 0, 1], [0, -1, -1, 1], [0, 0, 1]))))
    assert grid.race.added == [LATE] and grid.race.departure(LATE) == 2 and grid.race.departure(LUCKY) == 0
    assert "Added by the race, in this order: k\u00a0=\u00a070." in racing.race_table(grid)["sentence"]
    assert "decision; half a lane" in drawn(grid).image
    order = order_of_finish(grid.race, cells_by_setting(grid))
    assert order == [OTHER, LEADER, LATE, LUCKY]
