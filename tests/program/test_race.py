"""Settings that race over the seeds: who leaves, that nothing but stored results decides it, and what the program says of it."""

import hashlib
import re
import shutil
import signal

import h5py
import numpy as np
import pytest
from ksweep_report.results.answer import find_answer
from ksweep_report.results.grid import Grid
from ksweep_report.results.reading import read_sweep
from runs import PATIENCE_S, column, ksweep, results_hash, run, run_through_kills, start, trial_files, wait_until, write_sweep

# A learning rate of next to nothing loses surely; the two values of k are as good.
RACE = {"model.k": "12, 13", "train.learning_rate": "1e-9, 1e-2", "train.seed": "5, 0..6:2, 7", "report.metric": "fvu",
        "grid.search": "race", "grid.race_start": 3, "train.epochs": 20, "probe.kind": "centroid", "probe.tolerance": None,
        "results.save": "weights"}
N_SETTINGS, N_SEEDS = 4, 6
SEEDS = [5, 0, 2, 4, 6, 7]   # in the order written
COLUMNS = ("race_trial", "race_left_after", "race_leader_then", "race_difference", "race_difference_low", "race_difference_high", "race_look",
           "race_look_leader", "race_look_difference", "race_look_difference_low", "race_look_difference_high")


def race_of(folder):
    """All that sweep.h5 says of the race, as bits."""
    with h5py.File(folder / "sweep.h5") as file:
        facts = {name: str(value) for name, value in file.attrs.items() if name.startswith("race_")}
        return facts | {name: file[name][()].tobytes() for name in COLUMNS}


def settings_of(folder):
    """(learning rate, k) -> the seeds that it was trained with."""
    found = {}
    for rate, k, seed, status in zip(*(column(folder, name) for name in ("learning_rate", "k", "seed", "status"))):
        found.setdefault((rate, k), []).extend([int(seed)] if status else [])
    return found


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    folder = tmp_path_factory.mktemp("race")
    sweep = write_sweep(folder, RACE)
    done = run(sweep, folder / "out")
    return sweep, folder / "out", done


def test_a_setting_that_is_clearly_worse_leaves_and_is_trained_no_more(finished):
    settings = settings_of(finished[1])
    assert len(settings) == N_SETTINGS
    for (rate, k), seeds in settings.items():
        if rate < 1e-3:
            assert seeds == SEEDS[:3], f"k = {k}, learning rate {rate}"
    assert len(trial_files(finished[1])) == sum(map(len, settings.values())) < N_SETTINGS * N_SEEDS


def test_sweep_h5_says_who_left_when_and_by_how_much(finished):
    folder = finished[1]
    left, trials = column(folder, "race_left_after"), column(folder, "race_trial")
    losers = column(folder, "learning_rate")[trials] < 1e-3
    assert (left[losers] == 3).all() and losers.sum() == 2
    assert (column(folder, "race_difference_low")[losers] > 0).all()
    mean, leader = column(folder, "race_difference"), column(folder, "race_leader_then")
    fvu, seeds = column(folder, "validation_fvu"), slice(0, 3)
    for setting in np.flatnonzero(losers):
        ours, theirs = (fvu[trials[one]:][seeds] for one in (setting, leader[setting]))
        assert mean[setting] == pytest.approx(np.mean(ours - theirs))


def test_sweep_h5_has_the_bounds_of_every_decision(finished):
    folder = finished[1]
    looks, low, left = (column(folder, name) for name in ("race_look", "race_look_difference_low", "race_left_after"))
    assert looks.tolist() == list(range(3, int(race_of(folder)["race_rounds"]) + 1))
    assert np.array_equal(low[0][left == 3], column(folder, "race_difference_low")[left == 3])
    assert np.isnan(low[1:][:, left == 3]).all() and np.isnan(low[-1][int(race_of(folder)["race_leader"])])


def test_the_report_chooses_the_leader_and_shows_its_bounds(finished):
    grid = Grid(read_sweep(finished[1] / "sweep.h5"))
    answer = find_answer(grid)
    chosen = answer.chosen or answer.best
    assert grid.race.setting_of(chosen.rows) == grid.race.leader
    [other] = [setting for setting in range(N_SETTINGS) if grid.race.is_in(setting) and setting != grid.race.leader] or [None]
    if other is not None:
        assert grid.race.last_difference(other).high == column(finished[1], "race_look_difference_high")[-1][other]


def test_the_best_trial_is_the_leaders_and_the_table_tells_who_left(finished, tmp_path):
    folder = finished[1]
    table = ksweep("status", folder, "--table").stdout
    assert table.count("(left after 3)") == 2 and "(3/6)" not in table and "(6/6)" not in table
    with h5py.File(folder / "sweep.h5") as file:
        trials = file["trial_id"].asstr()[()]
    first = column(folder, "race_trial")[int(race_of(folder)["race_leader"])]
    k, rate = column(folder, "k")[first], column(folder, "learning_rate")[first]
    of_leader = trials[(column(folder, "k") == k) & (column(folder, "learning_rate") == rate)]
    said = ksweep("weights", folder, "--best", "--format", "sae-lens", "--output", tmp_path / "best")
    assert any(trial in said.stdout + said.stderr for trial in of_leader), said.stdout + said.stderr


def test_the_report_finds_nothing_missing(finished):
    sweep = read_sweep(finished[1] / "sweep.h5")
    assert sweep.race.has_ended and sweep.race.n_settings == N_SETTINGS and sweep.race.n_out == 2
    assert len(sweep) == len(trial_files(finished[1]))


def test_a_finished_race_is_done(finished):
    sweep, folder, done = finished
    before = trial_files(folder)
    assert "the race ended after" in done.stdout
    again = run(sweep, folder)
    assert trial_files(folder) == before and "the race ended after" in again.stdout
    status = ksweep("status", folder).stdout
    assert f"of {N_SETTINGS} settings left the race after" in status and ", 0 left" in status and "failed" not in status


@pytest.mark.parametrize("ranks", [2, 3])
def test_any_number_of_ranks_decides_the_same(finished, tmp_path, ranks):
    run(finished[0], tmp_path / "out", ranks=ranks)
    assert results_hash(tmp_path / "out") == results_hash(finished[1])
    assert race_of(tmp_path / "out") == race_of(finished[1])


def test_killed_and_resumed_it_decides_the_same(finished, tmp_path):
    n_all = len(trial_files(finished[1]))
    run_through_kills(finished[0], tmp_path / "out", range(1, n_all - 1, 3))
    assert trial_files(tmp_path / "out").keys() == trial_files(finished[1]).keys()
    assert race_of(tmp_path / "out") == race_of(finished[1])


def stops_in_a_round(sweep, folder):
    """Whether the run was stopped: else it was faster."""
    process = start("run", sweep, "--output", folder, "--threads", 1, "--quiet")
    wait_until(lambda: len(trial_files(folder)) >= 2, "two trials")
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=PATIENCE_S)
    return process.returncode == 75


def test_stopped_in_a_round_it_goes_on(finished, tmp_path):
    out = next((out for out in (tmp_path / f"out-{i}" for i in range(10)) if stops_in_a_round(finished[0], out)), None)
    assert out, "each of ten runs was faster than its stop"
    assert " of at most " in ksweep("status", out).stdout
    assert ksweep("verify", out, "--sample", 0).returncode == 0
    run(finished[0], out)
    assert race_of(out) == race_of(finished[1])


def test_results_of_the_whole_grid_decide_the_same_and_are_kept(finished, tmp_path):
    run(finished[0], tmp_path / "out", "--set", "grid.search=all")
    before = trial_files(tmp_path / "out")
    assert len(before) == N_SETTINGS * N_SEEDS
    run(finished[0], tmp_path / "out")
    assert trial_files(tmp_path / "out") == before
    ours, theirs = race_of(tmp_path / "out"), race_of(finished[1])
    assert {name: ours[name] for name in ours} == theirs


def spoil(folder, edit):
    """Edits sweep.h5 under a checksum that is right (src/store/FORMAT.md)."""
    path, mark = folder / "sweep.h5", b"\nksweep sweep sha256 "
    body = folder / "body.h5"
    body.write_bytes(path.read_bytes().rpartition(mark)[0])
    with h5py.File(body, "r+") as file:
        edit(file)
    content = body.read_bytes()
    path.write_bytes(content + mark + hashlib.sha256(content).hexdigest().encode() + b"\n")


def set_at(name, value):
    def edit(file):
        values = file[name][()]
        values[np.flatnonzero(file["race_left_after"][()] > 0)[0]] = value
        file[name][()] = values
    return edit


def set_look(file):
    values = file["race_look_difference_high"][()]
    values[0] += 1
    file["race_look_difference_high"][()] = values


def set_attribute(name, value):
    def edit(file):
        length = len(value)
        file.attrs.create(name, value, dtype=h5py.string_dtype("utf-8", length))
    return edit


@pytest.mark.parametrize("edit", [set_at("race_left_after", 4), set_at("race_left_after", -1), set_at("race_difference_low", -1.0),
                                  set_at("race_leader_then", 0), set_look, set_attribute("race_end", "going on"), set_attribute("race_rounds", "1")])
def test_verify_finds_a_decision_that_the_results_do_not_give(finished, tmp_path, edit):
    folder = shutil.copytree(finished[1], tmp_path / "out")
    right = ksweep("verify", folder, "--sample", 0)
    assert right.returncode == 0, right.stdout
    spoil(folder, edit)
    wrong = ksweep("verify", folder, "--sample", 0)
    assert wrong.returncode == 2 and "its race" in wrong.stdout, wrong.stdout + wrong.stderr


@pytest.mark.parametrize("name, value", [("race_tolerance", "1e-9"), ("race_error", "0.04"), ("race_start", "2")])
def test_verify_finds_rules_that_the_sweep_text_does_not_give(finished, tmp_path, name, value):
    folder = shutil.copytree(finished[1], tmp_path / "out")
    spoil(folder, set_attribute(name, value))
    wrong = ksweep("verify", folder, "--sample", 0)
    assert wrong.returncode == 2, wrong.stdout + wrong.stderr
    assert f"{name} = {value}" in wrong.stdout and "but its sweep text asks for by fvu, race_start = 3, race_error = 0.05" in wrong.stdout


def test_verify_knows_rules_from_the_command_line(finished, tmp_path):
    run(finished[0], tmp_path / "out", "--set", "grid.race_error=0.1", "--set", "grid.race_tolerance=0.001")
    right = ksweep("verify", tmp_path / "out", "--sample", 0)
    assert right.returncode == 0, right.stdout


def test_a_spent_budget_begins_no_new_round(finished, tmp_path):
    done = run(finished[0], tmp_path / "out", "--budget", "1e-9")
    assert "the budget of 1e-9 core-hours is spent" in done.stdout
    assert all(seeds == SEEDS[:3] for seeds in settings_of(tmp_path / "out").values())
    assert ksweep("verify", tmp_path / "out", "--sample", 0).returncode == 0
    assert race_of(tmp_path / "out")["race_end"] == "budget spent"
    run(finished[0], tmp_path / "out")
    assert max(map(len, settings_of(tmp_path / "out").values())) > 3


def test_settings_that_share_a_training_leave_one_by_one(tmp_path):
    changes = {"probe.kind": "softmax", "probe.l2": "1e-3, 10", "train.learning_rate": "1e-2", "model.k": "12",
               "probe.tolerance": 1e-3, "report.metric": "accuracy"}
    run(write_sweep(tmp_path, RACE | changes), tmp_path / "out")
    l2, done = column(tmp_path / "out", "probe_l2_requested"), column(tmp_path / "out", "status") == 1
    n_seeds = {strength: int(np.sum(done[l2 == strength])) for strength in (1e-3, 10)}
    assert n_seeds[10] == 3 and n_seeds[1e-3] == 3 and race_of(tmp_path / "out")["race_end"] == "one left"


def test_baselines_are_trained_beside_the_race_and_never_judged(tmp_path):
    changes = {"model.kind": "k-sparse, raw", "report.metric": "accuracy", "model.k": 12}
    run(write_sweep(tmp_path, RACE | changes), tmp_path / "out")
    kinds, statuses = column(tmp_path / "out", "kind"), column(tmp_path / "out", "status")
    assert "raw" not in set(kinds[column(tmp_path / "out", "race_trial")])
    n_rounds = int(race_of(tmp_path / "out")["race_rounds"])
    assert np.sum((kinds == "raw") & (statuses == 1)) >= n_rounds


def test_plan_tells_the_least_and_the_greatest_cost(finished, tmp_path):
    plan = ksweep("plan", finished[0], "--output", tmp_path / "none").stdout
    assert f"{N_SETTINGS} settings over at most {N_SEEDS} seeds by fvu" in plan
    costs = [float(cost) for cost in re.findall(r"([\d.e-]+) core-hours", plan[plan.index("in all at least"):])][:3]
    assert "(the first 3 seeds of each setting, if one is" in plan and "those of the whole grid" in plan and costs[0] < costs[2] < costs[1]
    assert "the race ended after" in ksweep("plan", finished[0], "--output", finished[1]).stdout
    careful = ksweep("plan", finished[0], "--output", tmp_path / "none", "--set", "grid.race_error=0.001").stdout
    assert "(the first 5 seeds of each setting" in careful  # after fewer, so small an error lets nobody leave


def test_ids_do_not_depend_on_the_race(finished, tmp_path):
    listed = [ksweep("plan", finished[0], "--list", "--output", tmp_path, "--set", f"grid.search={search}", "--set", "grid.race_error=0.2").stdout
              for search in ("race", "all")]
    ids = [[line.split()[0] for line in text[text.index("predicted  trial"):].splitlines()[1:]] for text in listed]
    assert ids[0] == ids[1] and len(ids[0]) == N_SETTINGS * N_SEEDS


@pytest.mark.parametrize("changes, message", [
    ({"grid.search": "racing"}, "grid.search = racing is neither all nor race"),
    ({"train.seed": 1}, "train.seed has one value"),
    ({"train.seed": "0, 1"}, "train.seed has 2 values, fewer than grid.race_start = 3"),
    ({"grid.race_start": "2.5"}, "is no whole number"),
    ({"grid.race_start": 1}, "is no number from 2"),
    ({"grid.race_error": 0}, "is no number from 1e-6 to 0.5"),
    ({"grid.race_tolerance": -1}, "is no number from 0"),
    ({"model.k": 12, "train.learning_rate": "1e-2"}, "it has no opponent"),
    ({"grid.exclude": "model.k=12 & train.seed=5"}, "a setting has 5 of the 6 values of train.seed"),
])
def test_what_cannot_race_is_refused_before_any_training(tmp_path, changes, message):
    done = ksweep("run", write_sweep(tmp_path, RACE | changes), "--output", tmp_path / "out")
    assert done.returncode == 1 and message in done.stderr, done.stderr
    assert not (tmp_path / "out").exists()


def test_options_that_do_not_go_with_a_race_are_refused(finished, tmp_path):
    shard = ksweep("run", finished[0], "--output", tmp_path / "out", "--shard", "1/2")
    assert shard.returncode == 1 and "--shard with grid.search = race" in shard.stderr
    budget = ksweep("run", finished[0], "--output", tmp_path / "out", "--budget", "1", "--set", "grid.search=all")
    assert budget.returncode == 1 and "--budget 1 without grid.search = race" in budget.stderr
    assert not (tmp_path / "out").exists()


def test_keys_of_a_race_without_one_are_noted(finished, tmp_path):
    plan = ksweep("plan", finished[0], "--output", tmp_path, "--set", "grid.search=all")
    assert "grid.race_start has no effect without grid.search = race" in plan.stdout


def test_the_progress_counts_what_is_still_possible(finished, tmp_path):
    done = ksweep("run", finished[0], "--output", tmp_path / "out", "--threads", 1)
    last = done.stderr.splitlines()[-1]
    n_trained = len(trial_files(finished[1]))
    assert f"{n_trained}/{n_trained} done" in last and f"of {N_SETTINGS} settings left the race" in last
