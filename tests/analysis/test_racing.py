"""What the report says of a sweep whose settings raced over the seeds."""

import numpy as np
import pytest
from ksweep_report.pages import headline
from ksweep_report.results import answer as answers
from ksweep_report.results.grid import Grid
from ksweep_report.results.race import race_of
from ksweep_report.results.reading import read_sweep
from sample_sweeps import MISSING, product, write_sweep

RACE = {"race_end": "one left", "race_settings": "2", "race_out": "1", "race_rounds": "5"}


def raced(folder, **changes):
    """Two settings, of which the first has three of five seeds."""
    trials = product((10, 25), seeds=range(5))
    trials[3]["status"] = trials[4]["status"] = MISSING
    return read_sweep(write_sweep(folder / "sweep.h5", trials, attributes=RACE | changes))


def test_what_a_finished_race_did_not_train_is_not_missing(tmp_path):
    sweep = raced(tmp_path)
    assert len(sweep) == 8 and not np.any(sweep.status == MISSING)
    assert headline.progress(sweep) == ""


def test_what_a_race_may_still_train_is_missing(tmp_path):
    sweep = raced(tmp_path, race_end="going on")
    assert headline.progress(sweep) == "8 of 10 trials done, 2 missing"


@pytest.mark.parametrize("end, words", [("one left", "found by a race, which 1 of 2 settings left early"),
                                        ("going on", "of a race that goes on, which 1 of 2 settings left early")])
def test_the_answer_says_that_it_was_a_race(tmp_path, end, words):
    grid = Grid(raced(tmp_path, race_end=end))
    assert headline.headline(grid, answers.find_answer(grid), True)[1].endswith("; " + words)


def test_a_sweep_without_a_race_has_none(tmp_path):
    grid = Grid(read_sweep(write_sweep(tmp_path / "sweep.h5", product((10, 25)))))
    assert grid.sweep.race is None
    assert "race" not in headline.headline(grid, answers.find_answer(grid), True)[1]


@pytest.mark.parametrize("changes", [{"race_out": "-1"}, {"race_settings": "many"}, {"race_rounds": ""}])
def test_a_race_that_does_not_say_how_it_went_is_none(changes):
    assert race_of(RACE | changes) is None
