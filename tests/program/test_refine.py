"""Values of k that a race adds around its leader: grid.race_refine."""

import re
import shutil

import h5py
import numpy as np
import pytest
from ksweep_report.results.race_outcome import ending
from ksweep_report.results.reading import read_sweep
from runs import column, ksweep, results_hash, run, run_through_kills, trial_files, write_sweep
from test_race import RACE, set_attribute, spoil

# The more units, the better: the leader has the largest k, and its neighbour is soon known to be worse.
REFINED = RACE | {"model.k": "1, 4, 16", "train.learning_rate": "1e-2", "train.seed": "0..9", "grid.race_start": 4, "grid.race_refine": "yes",
                  "results.save": None}
GIVEN = 3
STAGES = ("race_stage_joined", "race_stage_left", "race_look_stage")


def decisions(folder):
    with h5py.File(folder / "sweep.h5") as file:
        return ({name: str(value) for name, value in file.attrs.items() if name.startswith("race_")}
                | {name: file[name][()].tobytes() for name in file if name.startswith("race_")})


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    folder = tmp_path_factory.mktemp("refine")
    sweep = write_sweep(folder, REFINED)
    run(sweep, folder / "out")
    return sweep, folder / "out"


def test_values_of_k_join_between_the_leader_and_its_neighbour(finished):
    k, joined = column(finished[1], "k")[column(finished[1], "race_trial")], column(finished[1], "race_stage_joined")
    assert k[:4].tolist() == [1, 4, 16, 8] and joined[:4].tolist() == [0, 0, 0, 1]
    assert (np.diff(joined) >= 0).all() and len(set(k)) == len(k)


def test_they_are_trained_with_the_same_seeds_and_stored_like_others(finished):
    k, seeds, done = (column(finished[1], name) for name in ("k", "seed", "status"))
    assert set(seeds[(k == 8) & (done == 1)]) >= set(range(4))
    assert len(trial_files(finished[1])) == np.sum(done == 1)
    assert len(read_sweep(finished[1] / "sweep.h5")) == np.sum(done == 1)


def test_verify_decides_the_same_and_finds_another_stage(finished, tmp_path):
    folder = shutil.copytree(finished[1], tmp_path / "out")
    right = ksweep("verify", folder, "--sample", 0)
    assert right.returncode == 0, right.stdout + right.stderr

    def later(file):
        stages = file["race_stage_joined"][()]
        stages[-1] += 1
        file["race_stage_joined"][()] = stages
    spoil(folder, later)
    wrong = ksweep("verify", folder, "--sample", 0)
    assert wrong.returncode == 2 and "joined in other stages" in wrong.stdout, wrong.stdout + wrong.stderr


def test_verify_finds_a_value_that_should_not_have_been_added(finished, tmp_path):
    folder = shutil.copytree(finished[1], tmp_path / "out")
    spoil(folder, set_attribute("race_refine", "no"))
    assert ksweep("verify", folder, "--sample", 0).returncode == 2


@pytest.mark.parametrize("ranks", [2, 3])
def test_any_number_of_ranks_adds_the_same(finished, tmp_path, ranks):
    run(finished[0], tmp_path / "out", ranks=ranks)
    assert results_hash(tmp_path / "out") == results_hash(finished[1])
    assert decisions(tmp_path / "out") == decisions(finished[1])


def test_killed_and_resumed_it_adds_the_same(finished, tmp_path):
    n_all = len(trial_files(finished[1]))
    run_through_kills(finished[0], tmp_path / "out", range(5, n_all - 1, 6))
    assert trial_files(tmp_path / "out").keys() == trial_files(finished[1]).keys()
    assert decisions(tmp_path / "out") == decisions(finished[1])


def test_a_finished_race_is_done_and_its_values_are_of_no_other_grid(finished):
    before = trial_files(finished[1])
    again = run(*finished)
    assert trial_files(finished[1]) == before and "other grids" not in again.stderr
    assert f"({len(column(finished[1], 'race_trial')) - GIVEN} added)" in ksweep("status", finished[1]).stdout


def test_plan_says_that_values_may_be_added_and_at_what_cost(finished, tmp_path):
    plan = ksweep("plan", finished[0], "--output", tmp_path).stdout
    assert "values of k may be added: of the 13 that lie between" in plan and "takes about 4 steps of two" in plan
    assert "(the first 4 seeds of each setting" in plan and "3 settings over" in plan
    after = ksweep("plan", finished[0], "--output", finished[1]).stdout
    added = len(column(finished[1], "race_trial")) - GIVEN
    assert f"{GIVEN + added} settings ({added} with values of k that were added)" in after and "(the first 4 seeds of each" in after
    values = re.search(r"model\.k = ([\d, ]+)", after)[1].split(", ")
    assert "0 to do" in after and values == sorted(values, key=int) and len(values) == GIVEN + added


def minutes_asked(plan):
    hours, minutes = re.search(r"--time=(\d+):(\d+)", plan).groups()
    return 60 * int(hours) + int(minutes)


def test_the_time_limit_of_plan_has_room_for_added_values(finished, tmp_path):
    long = ["--set", "train.epochs=100000", "--output", tmp_path]
    refined = ksweep("plan", finished[0], *long).stdout
    plain = ksweep("plan", finished[0], *long, "--set", "grid.race_refine=no").stdout
    assert "more for values of k that the race may add" in refined and "more for values" not in plain
    assert minutes_asked(refined) > 1.5 * minutes_asked(plain) > 0


def test_a_spent_budget_says_what_would_have_joined(finished, tmp_path):
    done = run(finished[0], tmp_path / "out", "--budget", "1e-9")
    assert "the budget of 1e-9 core-hours is spent, and k = 8 would have joined the race next;" in done.stdout
    status = ksweep("status", tmp_path / "out").stdout
    assert "; the budget of 1e-9 core-hours is spent; values of k may be added" in status
    race = read_sweep(tmp_path / "out" / "sweep.h5").race
    assert ending(race) == "its budget of 1e-9 core-hours is spent, and with a larger one it may still add values of k"


def test_prune_counts_what_is_stored(finished, tmp_path):
    said = ksweep("prune", finished[1], "--dry-run").stdout
    assert f"; {len(trial_files(finished[1]))} trials of the grid kept" in said


@pytest.mark.parametrize("changes, message", [
    ({"grid.race_refine": "maybe"}, "grid.race_refine = maybe is neither yes nor no"),
    ({"model.k": 4, "train.learning_rate": "1e-2, 1e-3"}, "grid.race_refine = yes, but model.k has one value"),
    ({"train.learning_rate": "1e-2, 1e-3, 1e-4", "grid.zip": "model.k, train.learning_rate"}, "Take model.k out of the zip"),
])
def test_a_race_that_cannot_add_values_is_refused(tmp_path, changes, message):
    done = ksweep("run", write_sweep(tmp_path, REFINED | changes), "--output", tmp_path / "out")
    assert done.returncode == 1 and message in done.stderr, done.stderr
