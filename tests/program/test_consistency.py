"""How alike the dictionaries of a setting's seeds are: pairs that a sweep computes after its trainings, by the built program."""

import itertools
import re
import shutil

import h5py
import numpy as np
import pytest
from runs import column, kill_all, ksweep, lasting, results_hash, run, start, trial_files, wait_until, write_sweep
from scipy.optimize import linear_sum_assignment
from test_resume import cut, flip

# No labels; so few samples for so many units that some are dead, of every seed another number.
KEYS = {"data.set": "superposition", "data.features": 40, "data.dimensions": 16, "data.true_l0": 3,
        "data.train": 300, "data.validation": 60, "data.test": 60,
        "model.hidden": 30, "model.k": "1, 3", "model.activation": "relu", "model.tied": "no", "model.unit_norm": "yes",
        "train.epochs": 3, "train.learning_rate": 0.01, "train.seed": "0..2"}
SAVED = {"results.save": "weights"}
COLUMNS = ("consistency", "consistency_by_chance", "reappearing_units")
REAPPEARS_ABOVE = 0.7


def pair_files(folder):
    """{name: bytes} of OUT/pairs."""
    return {path.name: path.read_bytes() for path in folder.glob("pairs/??/*.h5")}


def by_training(folder):
    """{(k, seed): (consistency, by chance, reappearing units)}."""
    axes = zip(column(folder, "k").tolist(), column(folder, "seed").tolist())
    return dict(zip(axes, zip(*(column(folder, name).tolist() for name in COLUMNS))))


def datasets(folder, *names):
    """{trial id: {name: array}} of stored trials, what they have of these."""
    found = {}
    for path in folder.glob("trials/??/*.h5"):
        with h5py.File(path) as file:
            found[path.stem] = {name: file[name][()] for name in names if name in file}
    return found


def training_times(folder):
    """{trial id: s}: no two trainings take the same time to the last bit."""
    found = {}
    for path in folder.glob("trials/??/*.h5"):
        with h5py.File(path) as file:
            scalars = dict(zip(file["scalars"].attrs["names"].decode().split(","), file["scalars"][()].tolist()))
            found[path.stem] = scalars["train_time_s"]
    return found


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    """A sweep that keeps weights."""
    folder = tmp_path_factory.mktemp("saved")
    run(write_sweep(folder, KEYS | SAVED), folder / "out")
    return folder / "out"


@pytest.fixture(scope="module")
def unsaved(tmp_path_factory):
    """The same on two ranks, without weights in the end."""
    folder = tmp_path_factory.mktemp("unsaved")
    run(write_sweep(folder, KEYS), folder / "out", ranks=2)
    return folder / "out"


def live_directions(weights):
    rows = weights["decoder"][weights["active"] > 0].astype(float)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def matched(left, right):
    """Cosines of the best one-to-one assignment."""
    cosines = left @ right.T
    return cosines[linear_sum_assignment(cosines, maximize=True)]


def expected(folder):
    """{(k, seed): (consistency, reappearing units)} from stored weights."""
    weights = datasets(folder, "decoder", "active")
    ids, settings = column(folder, "trial_id"), zip(column(folder, "k").tolist(), column(folder, "seed").tolist())
    live = {setting: live_directions(weights[trial]) for setting, trial in zip(settings, ids)}
    found = {}
    for k, seed in live:
        matches = [matched(live[k, seed], live[k, other]) for other in range(3) if other != seed]
        found[k, seed] = (np.mean([cosines.mean() for cosines in matches]),
                          np.mean([np.sum(cosines > REAPPEARS_ABOVE) / len(live[k, seed]) for cosines in matches]))
    assert len({len(directions) for directions in live.values()}) > 2, "all have as many live units: the test would not see a wrong number"
    return found


def test_consistency_is_the_mean_cosine_of_the_best_assignment_of_live_units(saved):
    wanted = {training: mcc for training, (mcc, _) in expected(saved).items()}
    assert {training: found[0] for training, found in by_training(saved).items()} == pytest.approx(wanted, abs=1e-5)
    assert 0.1 < min(wanted.values()) and max(wanted.values()) < 0.95


def test_reappearing_units_are_the_share_of_live_units_with_an_alike_one_in_another_seed(saved):
    wanted = {training: share for training, (_, share) in expected(saved).items()}
    assert {training: found[2] for training, found in by_training(saved).items()} == pytest.approx(wanted, abs=1e-6)


def unit_vectors(random, count):
    rows = random.normal(size=(count, KEYS["data.dimensions"]))
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def test_consistency_by_chance_is_that_of_random_directions(saved):
    random = np.random.default_rng(1)
    counts = {trial: np.sum(weights["active"] > 0) for trial, weights in datasets(saved, "active").items()}
    ids, ks = column(saved, "trial_id"), column(saved, "k")
    for trial, k, by_chance in zip(ids, ks, column(saved, "consistency_by_chance")):
        others = [other for other, its in zip(ids, ks) if its == k and other != trial]
        draws = [np.mean([matched(*(unit_vectors(random, counts[each]) for each in (trial, other))).mean() for other in others])
                 for _ in range(50)]
        assert by_chance == pytest.approx(np.mean(draws), abs=6 * np.std(draws))


def test_every_pair_of_seeds_of_a_setting_has_a_file(saved):
    assert len(pair_files(saved)) == 2 * 3
    with h5py.File(next(saved.glob("pairs/??/*.h5"))) as file:
        mcc, upper, _ = file["mcc"][()]
        first, second = (file[name][()] for name in ("cosine_of_first", "cosine_of_second"))
        first, second = (np.sort(cosines[np.isfinite(cosines) & (cosines != 0)]) for cosines in (first, second))   # 0: without a partner
        assert mcc == upper == pytest.approx(first.mean(), abs=1e-6)
        assert first.tolist() == second.tolist()


def test_ranks_and_kept_weights_change_nothing(saved, unsaved):
    assert pair_files(unsaved) == pair_files(saved)
    assert by_training(unsaved) == by_training(saved) and results_hash(unsaved) == results_hash(saved)


def test_weights_are_dropped_after_the_comparison_unless_they_are_saved(saved, unsaved):
    names = ("encoder", "decoder", "hidden_bias", "visible_bias", "active")
    assert all(set(found) == set(names) for found in datasets(saved, *names).values())
    assert list(datasets(unsaved, *names).values()) == [{}] * 6


def test_a_second_run_changes_no_file(unsaved, tmp_path):
    before = trial_files(unsaved), pair_files(unsaved), by_training(unsaved)
    done = run(write_sweep(tmp_path, KEYS), unsaved)
    assert (trial_files(unsaved), pair_files(unsaved), by_training(unsaved)) == before
    assert "compared" not in done.stderr


@pytest.mark.parametrize("ranks", [None, 2])
def test_a_killed_run_is_resumed_without_training_anything_again(tmp_path, ranks):
    keys = lasting(0.2, KEYS | {"model.k": 3, "train.seed": "0..3"})
    sweep = write_sweep(tmp_path, keys)
    process = start("run", sweep, "--output", tmp_path / "out", "--threads", 1, ranks=ranks)
    wait_until(lambda: len(trial_files(tmp_path / "out")) >= 2 or process.poll() is not None, "two trials")
    kill_all(process)
    before = training_times(tmp_path / "out")
    run(sweep, tmp_path / "out", ranks=ranks)
    assert before and before.items() <= training_times(tmp_path / "out").items()
    run(sweep, tmp_path / "undisturbed")
    assert by_training(tmp_path / "out") == by_training(tmp_path / "undisturbed")
    assert pair_files(tmp_path / "out") == pair_files(tmp_path / "undisturbed") and len(pair_files(tmp_path / "out")) == 6


@pytest.mark.parametrize("damage", [cut, flip], ids=lambda damage: damage.__name__)
def test_a_damaged_pair_is_compared_again(tmp_path, damage):
    sweep = write_sweep(tmp_path, KEYS | SAVED | {"model.k": 3})
    run(sweep, tmp_path / "out")
    before, trials, found = pair_files(tmp_path / "out"), trial_files(tmp_path / "out"), by_training(tmp_path / "out")
    victim = next((tmp_path / "out").glob("pairs/??/*.h5"))
    victim.write_bytes(damage(victim.read_bytes()))
    run(sweep, tmp_path / "out")
    assert pair_files(tmp_path / "out") == before and trial_files(tmp_path / "out") == trials
    assert by_training(tmp_path / "out") == found


def test_a_damaged_pair_whose_weights_are_gone_is_told_and_compared_again_if_asked_for(tmp_path):
    run(write_sweep(tmp_path, KEYS | {"model.k": 3}), tmp_path / "out")
    before, found = pair_files(tmp_path / "out"), by_training(tmp_path / "out")
    victim = next((tmp_path / "out").glob("pairs/??/*.h5"))
    victim.write_bytes(flip(victim.read_bytes()))
    told = run(write_sweep(tmp_path, KEYS | {"model.k": 3}), tmp_path / "out").stderr
    assert f"{victim}: the file is damaged" in told and "1 pair of seeds not compared" in told
    assert "is compared again" not in told
    run(write_sweep(tmp_path, KEYS | {"model.k": 3, "results.consistency": "yes"}), tmp_path / "out")
    assert pair_files(tmp_path / "out") == before and by_training(tmp_path / "out") == found


def test_verify_checks_pairs_too(saved, tmp_path):
    shutil.copytree(saved, tmp_path / "out")
    assert ksweep("verify", tmp_path / "out", "--sample", 0).returncode == 0
    victim = next((tmp_path / "out").glob("pairs/??/*.h5"))
    victim.write_bytes(flip(victim.read_bytes()))
    done = ksweep("verify", tmp_path / "out", "--sample", 0)
    assert done.returncode != 0 and victim.name in done.stdout + done.stderr


def test_prune_removes_pairs_of_what_it_removes(tmp_path):
    run(write_sweep(tmp_path, KEYS | {"model.k": 3}), tmp_path / "out")
    run(write_sweep(tmp_path, KEYS | {"model.k": 3, "train.seed": "0, 1"}), tmp_path / "out")
    assert ksweep("prune", tmp_path / "out").returncode == 0
    assert len(trial_files(tmp_path / "out")) == 2 and len(pair_files(tmp_path / "out")) == 1


@pytest.mark.parametrize("value, n_pairs", [(None, 0), ("auto", 0), ("no", 0), ("yes", 1)])
def test_labelled_data_is_compared_if_asked_for(tmp_path, value, n_pairs):
    run(write_sweep(tmp_path, {"model.k": 4, "train.seed": "0, 1", "results.consistency": value}), tmp_path / "out")
    assert len(pair_files(tmp_path / "out")) == n_pairs
    assert np.isfinite(column(tmp_path / "out", "consistency")).tolist() == [bool(n_pairs)] * 2


def test_without_labels_nothing_is_compared_if_not_wanted(tmp_path):
    run(write_sweep(tmp_path, KEYS | {"results.consistency": "no"}), tmp_path / "out")
    assert not (tmp_path / "out" / "pairs").exists() and np.isnan(column(tmp_path / "out", "consistency")).all()


def test_finished_trials_without_weights_are_trained_again_only_if_it_is_asked_for(tmp_path):
    def go_on(consistency):
        return run(write_sweep(tmp_path, KEYS | {"model.k": 3, "results.consistency": consistency}), tmp_path / "out").stderr
    go_on("no")
    before, found = training_times(tmp_path / "out"), results_hash(tmp_path / "out")
    told = go_on("auto")
    assert "3 pairs of seeds not compared" in told and "results.consistency = yes trains these again" in told
    assert training_times(tmp_path / "out") == before and np.isnan(column(tmp_path / "out", "consistency")).all()
    assert "not compared" not in go_on("yes")
    assert not set(training_times(tmp_path / "out").items()) & set(before.items())
    assert results_hash(tmp_path / "out") == found and len(pair_files(tmp_path / "out")) == 3
    assert list(datasets(tmp_path / "out", "decoder").values()) == [{}] * 3


def test_a_seed_that_is_added_to_kept_weights_is_compared_with_those_before(saved, tmp_path):
    def grow(seeds):
        run(write_sweep(tmp_path, KEYS | SAVED | {"train.seed": seeds}), tmp_path / "out")
        return trial_files(tmp_path / "out"), pair_files(tmp_path / "out")
    trials, pairs = grow("0, 1")
    assert len(pairs) == 2
    grown_trials, grown_pairs = grow("0..2")
    assert trials.items() < grown_trials.items() and pairs.items() < grown_pairs.items()
    assert grown_pairs == pair_files(saved) and by_training(tmp_path / "out") == by_training(saved)


def test_a_seed_that_is_added_when_weights_are_gone_is_told_and_trained_again_if_asked_for(saved, tmp_path):
    def grow(**changes):
        return run(write_sweep(tmp_path, KEYS | changes), tmp_path / "out").stderr
    assert "not compared" not in grow(**{"train.seed": "0, 1"})
    before = training_times(tmp_path / "out")
    assert "4 pairs of seeds not compared" in grow()
    assert before.items() < training_times(tmp_path / "out").items()
    assert "not compared" not in grow(**{"results.consistency": "yes"})
    assert by_training(tmp_path / "out") == by_training(saved) and pair_files(tmp_path / "out") == pair_files(saved)


def test_seeds_of_other_settings_are_not_compared(tmp_path):
    run(write_sweep(tmp_path, KEYS | {"model.k": "1, 2", "model.kind": "k-sparse, batch-topk, random", "train.seed": "0, 1"}), tmp_path / "out")
    with h5py.File(tmp_path / "out" / "sweep.h5") as file:
        settings = list(zip(file["kind"].asstr()[()], file["k"][()], np.isfinite(file["consistency"][()])))
    compared = {setting[:2] for setting in settings if setting[2]}
    assert len(pair_files(tmp_path / "out")) == len(compared)
    assert compared >= set(itertools.product(("k-sparse", "batch-topk"), (1, 2)))
    assert re.fullmatch(r"[0-9a-f]{16}\.h5", next(iter(pair_files(tmp_path / "out"))))


def test_merging_keeps_the_consistency_of_each_file_and_says_so(saved, tmp_path):
    words = "consistency is that of each file by itself"
    run(write_sweep(tmp_path, KEYS | {"train.seed": 3}), tmp_path / "alone")
    merged = ksweep("merge", tmp_path / "alone", saved, "--output", tmp_path / "all.h5")
    assert merged.returncode == 0 and words in merged.stdout, merged.stderr
    with h5py.File(tmp_path / "all.h5") as file, h5py.File(saved / "sweep.h5") as one:
        values = file["consistency"][()]
        assert np.array_equal(values[np.isfinite(values)], one["consistency"][()])
    assert words not in ksweep("merge", saved, "--output", tmp_path / "same.h5").stdout


@pytest.mark.parametrize("consistency", ["auto", "yes"])
def test_no_weights_are_kept_for_pairs_that_a_race_never_makes(tmp_path, consistency):
    changes = {"train.learning_rate": "1e-9, 0.01", "train.seed": "0..4", "model.k": 3, "grid.search": "race", "grid.race_start": 3,
               "report.metric": "fvu", "results.consistency": consistency}
    run(write_sweep(tmp_path, KEYS | changes), tmp_path / "out")
    assert (column(tmp_path / "out", "race_left_after") == 3).any()
    assert set(map(len, datasets(tmp_path / "out", "decoder").values())) == {0}
    before = training_times(tmp_path / "out")
    assert len(pair_files(tmp_path / "out")) == sum(n * (n - 1) // 2 for n in seeds_of_each_rate(tmp_path / "out"))
    run(write_sweep(tmp_path, KEYS | changes), tmp_path / "out")
    assert training_times(tmp_path / "out") == before


def seeds_of_each_rate(folder):
    return np.unique(column(folder, "learning_rate")[column(folder, "status") == 1], return_counts=True)[1]
