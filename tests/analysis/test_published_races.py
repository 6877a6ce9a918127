"""Races beside their full grids on the published page, and races among other published results."""

import pytest
from ksweep_report.base.errors import ReportError
from ksweep_report.published.contents import read_contents
from ksweep_report.published.readme import page_text
from ksweep_report.results.pairing import compare
from ksweep_report.results.reading import read_sweep
from ksweep_report.pages.comparison import warnings_of
from race_samples import raced_trials, write_race
from sample_sweeps import edited, write_sweep
from test_published import ONE_ROW, published, row_of

TABLES = ONE_ROW + '[[race]]\nname = "mine-race"\ngrid = "mine-all"\nsays = "It says so."\n'
GRID = {10: [0.90, 0.91, 0.90, 0.91, 0.90, 0.91], 25: [0.95, 0.96, 0.95, 0.97, 0.95, 0.96], 40: [0.94, 0.95, 0.95, 0.96, 0.94, 0.95]}
RACED = {10: [*GRID[10][:4], None, None], 25: GRID[25], 40: GRID[40]}
LEFT = (-0.0525, -0.08, -0.02)
CLOSE = (-0.008, -0.02, 0.004)


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "published").mkdir()
    (tmp_path / "published" / "tables.toml").write_text(TABLES)
    (tmp_path / "mine-race.cfg").write_text("# Question: which k?  3 trials.\ntitle = Mine\n[grid]\nsearch = race\n")
    return tmp_path


def write_race_of(path, values=RACED, leader=1, loser=0, **more):
    looks = [(4, leader, {loser: LEFT, 2: CLOSE}), (6, leader, {2: CLOSE})]
    return write_race(path, values, left={loser: (4, leader, LEFT)}, looks=looks, leader=leader, end="seeds used", **more)


def page_of(folder, race=RACED, grid=GRID, **more):
    write_race_of(folder / "published" / "mine-race.h5", race, **more)
    write_sweep(folder / "published" / "mine-all.h5", raced_trials(grid))
    return page_text(read_contents(folder))


def test_both_answers_and_what_they_took_stand_in_one_line(folder):
    page = page_of(folder)
    line = row_of(page, "[mine-race](#mine-race)")
    assert line[:7] == ["[mine-race](#mine-race)", "3", "k = 25", "k = 25", "yes", "18", "16"]
    assert line[-1] == "90 %"   # of a grid in which a larger k takes longer
    assert "**Question.** Which k?" in page and "**What it says.** It says so." in page


def test_settings_stand_in_the_order_of_the_finish(folder):
    page = page_of(folder)
    rows = [row_of(page, f"k = {k}", nth=-1) for k in (25, 40, 10)]
    places = [page.rindex(f"| k = {k} |") for k in (25, 40, 10)]
    assert places == sorted(places)
    assert rows[0][2] == "6" and rows[0][4:] == ["6", "leads", "–"]
    assert rows[2][2] == "6" and rows[2][4:] == ["4, left the race", "−5.25", "[−8.00, −2.00]"]
    assert "Found by a race of 3 settings: 1 left early, 16 of 18 trials trained, all seeds are used." in page


@pytest.mark.parametrize("leader, loser, said", [(2, 0, "not told apart from k = 25"), (2, 1, "no: k = 25 left after 4 seeds")])
def test_another_answer_is_named(folder, leader, loser, said):
    assert row_of(page_of(folder, leader=leader, loser=loser), "[mine-race](#mine-race)")[4] == said


def test_the_answer_of_a_full_grid_is_the_least_where_less_is_better(folder):
    lost, close = (0.05, 0.02, 0.08), (0.04, -0.01, 0.09)
    raced = {10: GRID[10], 25: [*GRID[25][:4], None, None], 40: GRID[40]}
    write_race(folder / "published" / "mine-race.h5", raced, left={1: (4, 0, lost)}, looks=[(4, 0, {1: lost, 2: close}), (6, 0, {2: close})],
               leader=0, end="seeds used", race_metric="fvu", race_better="smaller")
    write_sweep(folder / "published" / "mine-all.h5", raced_trials(GRID))
    for name in ("mine-race", "mine-all"):
        with edited(folder / "published" / f"{name}.h5") as file:
            file["validation_fvu"] = file["validation_accuracy"][()]
    assert row_of(page_text(read_contents(folder)), "[mine-race](#mine-race)")[2:5] == ["k = 10", "k = 10", "yes"]


def test_numbers_that_are_not_those_of_the_grid_are_counted(folder):
    assert "All 16 trials of the race have to the last bit the same validation accuracy in the full grid." in page_of(folder)
    assert "15 of 16 trials of the race have to the last bit" in page_of(folder, RACED | {40: [0.5, *GRID[40][1:]]})


def test_without_results_it_is_not_run(folder):
    assert row_of(page_text(read_contents(folder)), "[mine-race](#mine-race)")[2:4] == ["not run", "not run"]


def test_results_that_are_no_race_or_no_grid_are_named(folder):
    with pytest.raises(ReportError, match="mine-all.h5: lacks settings"):
        page_of(folder, grid={10: GRID[10]})
    write_sweep(folder / "published" / "mine-race.h5", raced_trials(GRID))
    with pytest.raises(ReportError, match="mine-race.h5: is of no race"):
        read_page = read_contents(folder)
        page_text(read_page)


def test_a_race_is_taken_with_its_decisions(folder):
    (folder / "mine-race").mkdir()
    write_race_of(folder / "mine-race" / "sweep.h5")
    assert published("--jobs", folder, "--take", folder / "mine-race").returncode == 0
    race = read_sweep(folder / "published" / "mine-race.h5").race
    assert race.left_after(0) == 4 and race.looks.tolist() == [4, 6] and race.last_difference(2).high == CLOSE[2]


def test_a_lucky_setting_that_left_is_not_chosen_for_a_row(folder):
    lucky = RACED | {10: [0.99] * 4 + [None] * 2}
    tables = ONE_ROW.replace("where = { k = 25 }", "where = {}").replace('label = "k = 25"', 'label = "best"')
    (folder / "published" / "tables.toml").write_text(tables)
    write_race_of(folder / "published" / "mine.h5", lucky)
    page = page_text(read_contents(folder))
    assert row_of(page, "best")[4:] != [] and "k = 25 (of 10, 25, 40)" in page and "Found by a race of 3 settings" in page
    assert "4, left the race" in page


def test_a_comparison_with_a_race_says_that_seeds_are_unequal(tmp_path):
    paths = [tmp_path / name / "sweep.h5" for name in ("all", "race")]
    for path in paths:
        path.parent.mkdir()
    write_sweep(paths[0], raced_trials(GRID))
    write_race_of(paths[1])
    found = compare([read_sweep(path) for path in paths])
    of_race, of_seeds = warnings_of(found)
    assert of_race.startswith("race is a race, which 1 of its 3 settings left early")
    assert "the same seeds of 1 of 3 settings" in of_seeds and "(4 to 6 a setting)" in of_seeds and "by the 4 seeds that all" in of_seeds
    for pair in found.each[0].pairs:
        assert pair.difference.mean == 0 == pair.other.mean - pair.first.mean


def test_a_comparison_of_equal_seeds_warns_of_nothing(tmp_path):
    paths = [tmp_path / name / "sweep.h5" for name in ("one", "two")]
    for path in paths:
        path.parent.mkdir()
        write_sweep(path, raced_trials(GRID))
    assert warnings_of(compare([read_sweep(path) for path in paths])) == []
