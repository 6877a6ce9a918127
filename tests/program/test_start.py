"""Trials that start from a file of weights (model.start_from): from exactly the function that it holds, whatever the format and the scaling; they are
recognised by its content; what cannot start is refused before any training."""

import json
import shutil

import numpy as np
import pytest
from exported import read_tensors
from runs import column, kill_all, ksweep, results_hash, run, start, wait_until, write_sweep
from safetensors_files import write_safetensors
from trained import MODERN, RECIPE, SCALE, TIED, Trained

AT_ONCE = {"train.epochs": 0, "train.k_schedule": 0}
JUMP = {"model.kind": "jump-relu", "model.threshold_start": 0.1, "model.bandwidth": 0.1}
BATCH = {"model.kind": "batch-topk"}
UNTIED = SCALE | {"model.activation": "linear"}

# name: what is trained and exported, and the formats that can say it
WINNERS = {
    "topk": (MODERN | SCALE, ["sae-lens", "sparsify", "safetensors"]),
    "without pre_bias": (SCALE, ["sae-lens", "sparsify", "safetensors"]),
    "tied": (TIED | SCALE, ["sae-lens", "safetensors"]),
    "dropout": (MODERN | SCALE | {"model.dropout": 0.9, "model.k": 12}, ["sparsify", "safetensors"]),
    "batch-topk": (MODERN | SCALE | BATCH, ["sae-lens", "safetensors"]),
    "jump-relu": (MODERN | SCALE | JUMP, ["sae-lens", "safetensors"]),
    "linear": (UNTIED, ["safetensors"]),
}
MEASURED = ("validation_fvu", "test_fvu", "l0_training")


@pytest.fixture(scope="module")
def winners(tmp_path_factory):
    """Trains each of WINNERS when it is first asked for."""
    kept = {}

    def get(name, whole=False):
        if (name, whole) not in kept:
            kept[name, whole] = Trained(tmp_path_factory.mktemp("winner"), WINNERS[name][0], whole)
        return kept[name, whole]
    return get


def keys_of(winner, name, changes):
    return RECIPE | {"data.set": winner.samples_file} | WINNERS[name][0] | AT_ONCE | changes


def exported(winner, form, output):
    done = winner.export(form, output)
    assert done.returncode == 0, done.stderr
    return output


@pytest.mark.parametrize("whole", [False, True])
@pytest.mark.parametrize("name, form", [(name, form) for name, (_, forms) in WINNERS.items() for form in forms])
def test_a_trial_starts_from_the_function_that_was_exported(winners, tmp_path, name, form, whole):
    winner = winners(name, whole)
    exported(winner, form, tmp_path / "weights")
    run(write_sweep(tmp_path, keys_of(winner, name, {"model.start_from": "weights"})), tmp_path / "out")
    for quantity in MEASURED:
        assert column(tmp_path / "out", quantity)[0] == pytest.approx(winner.measured(quantity), rel=1e-5)


@pytest.mark.parametrize("name", ["topk", "without pre_bias", "jump-relu"])
def test_the_function_is_the_same_with_another_scaling(winners, tmp_path, name):
    winner = winners(name)
    exported(winner, "sae-lens", tmp_path / "weights")
    changes = {"model.start_from": "weights", "data.normalise": "none, scale", "data.scale": "3"}
    run(write_sweep(tmp_path, keys_of(winner, name, changes)), tmp_path / "out")
    for quantity in ("validation_fvu", "test_fvu"):
        assert column(tmp_path / "out", quantity) == pytest.approx([winner.measured(quantity)] * 2, rel=1e-5)


def test_training_goes_on_from_there(winners, tmp_path):
    winner = winners("topk")
    exported(winner, "sae-lens", tmp_path / "weights")
    changes = {"model.start_from": "none, weights", "train.epochs": 1, "train.learning_rate": 1e-9}
    run(write_sweep(tmp_path, keys_of(winner, "topk", changes)), tmp_path / "out")
    random, continued = column(tmp_path / "out", "validation_fvu")
    assert continued == pytest.approx(winner.measured("validation_fvu"), rel=1e-4) and random > 2 * continued


def write_arrays(path, arrays):
    (name, first), *others = ((name, array.astype("f4")) for name, array in arrays.items())
    write_safetensors(path, first, name=name, more=dict(others))


def id_of(folder):
    return column(folder, "trial_id")[0]


def test_a_trial_is_recognised_by_the_content_of_its_file(winners, tmp_path):
    winner = winners("topk")
    sweep = write_sweep(tmp_path, keys_of(winner, "topk", {"model.start_from": "none"}))
    for place, form in ("a", "sae-lens"), ("b", "sparsify"), ("c", "safetensors"):
        exported(winner, form, tmp_path / place)
        run(sweep, tmp_path / f"out-{place}", "--set", f"model.start_from={place}")
    assert id_of(tmp_path / "out-a") == id_of(tmp_path / "out-b") == id_of(tmp_path / "out-c")
    run(sweep, tmp_path / "out")
    assert id_of(tmp_path / "out") != id_of(tmp_path / "out-a")

    value = column(tmp_path / "out-a", "start_from")[0]
    assert value.startswith("a@") and len(value) == len("a@") + 16
    path = tmp_path / "c" / "weights.safetensors"
    arrays, _ = read_tensors(path)
    arrays["hidden_bias"][0] += 1
    write_arrays(path, arrays)
    run(sweep, tmp_path / "out-other", "--set", "model.start_from=c")
    assert id_of(tmp_path / "out-other") != id_of(tmp_path / "out-a")
    done = ksweep("plan", sweep, "--set", "model.start_from=c" + value[1:])
    assert done.returncode == 1 and f"not {value[2:]}: the trial would be another one" in done.stderr


def test_the_key_at_its_neutral_value_changes_no_id(winners, tmp_path):
    winner = winners("topk")
    run(write_sweep(tmp_path, keys_of(winner, "topk", AT_ONCE)), tmp_path / "a")
    run(write_sweep(tmp_path, keys_of(winner, "topk", {"model.start_from": "none"})), tmp_path / "b")
    assert id_of(tmp_path / "a") == id_of(tmp_path / "b")


def test_it_is_verified_from_its_file(winners, tmp_path):
    winner = winners("without pre_bias")
    exported(winner, "safetensors", tmp_path / "weights")
    sweep = write_sweep(tmp_path, keys_of(winner, "without pre_bias", {"model.start_from": "weights", "train.epochs": 2}))
    run(sweep, tmp_path / "out")
    done = ksweep("verify", tmp_path / "out", "--data-dir", tmp_path)
    assert done.returncode == 0 and "the same bits" in done.stdout, done.stdout + done.stderr


def test_ranks_start_from_the_same_weights(winners, tmp_path):
    winner = winners("topk")
    exported(winner, "safetensors", tmp_path / "weights")
    keys = keys_of(winner, "topk", {"model.start_from": "weights", "train.epochs": 2, "train.seed": "0..3"})
    run(write_sweep(tmp_path, keys), tmp_path / "one")
    run(write_sweep(tmp_path, keys), tmp_path / "two", ranks=2)
    assert list(column(tmp_path / "one", "weights_sha256")) == list(column(tmp_path / "two", "weights_sha256"))


def test_the_plan_shows_the_file_and_what_of_it_is_not_used(winners, tmp_path):
    winner = winners("batch-topk")
    exported(winner, "sae-lens", tmp_path / "weights")
    done = ksweep("plan", write_sweep(tmp_path, keys_of(winner, "batch-topk", {"model.start_from": "weights"})))
    assert done.returncode == 0, done.stderr
    assert "\nstart      weights@" in done.stdout and "its thresholds are not used: model.kind = batch-topk measures" in done.stdout


REFUSED = [
    ({"model.start_from": "nowhere"}, "model.start_from: nowhere: there is no such file or folder"),
    ({"model.hidden": 20}, "sae_weights.safetensors: has 24 units, and model.hidden = 20"),
    ({"data.set": "digits"}, "is of samples of 12 inputs, and those of data.set = digits have"),
    ({"data.normalise": "standardise"}, "what data.normalise = standardise does to them"),
    ({"model.tied": "yes", "model.unit_norm": None}, "model.tied = yes: its encoder and decoder are not one"),
    ({"model.kind": "rbm"}, "model.start_from = weights with model.kind = rbm: such a file holds one encoder"),
    ({"model.kind": "classifier"}, "model.start_from = weights with model.kind = classifier"),
    ({"model.layers": "24-8", "model.unit_norm": None}, "model.start_from = weights with model.layers = 24-8"),
    ({"model.training": "joint", "model.pre_bias": None, "model.visible_bias": None, "model.unit_norm": None},
     "model.start_from = weights with model.training = joint"),
]


@pytest.mark.parametrize("command", ["plan", "run"])
@pytest.mark.parametrize("changes, message", REFUSED)
def test_what_cannot_start_is_refused_before_any_training(winners, tmp_path, command, changes, message):
    winner = winners("topk")
    exported(winner, "sae-lens", tmp_path / "weights")
    sweep = write_sweep(tmp_path, keys_of(winner, "topk", {"model.start_from": "weights"} | changes))
    done = ksweep(command, sweep, "--output", tmp_path / "out")
    assert done.returncode == 1 and message in done.stderr, done.stderr
    assert "tiny.cfg:" in done.stderr and not list(tmp_path.glob("out/trials/*/*"))


def test_weights_that_are_no_numbers_are_refused(winners, tmp_path):
    winner = winners("topk")
    path = exported(winner, "safetensors", tmp_path / "weights") / "weights.safetensors"
    arrays, _ = read_tensors(path)
    arrays["decoder"][2, 3] = np.nan
    write_arrays(path, arrays)
    done = ksweep("plan", write_sweep(tmp_path, keys_of(winner, "topk", {"model.start_from": "weights"})))
    assert done.returncode == 1 and f"decoder: number {2 * 12 + 3} (counted from 0) is nan" in done.stderr


def test_a_file_that_is_cut_short_is_refused(winners, tmp_path):
    winner = winners("topk")
    path = exported(winner, "safetensors", tmp_path / "weights") / "weights.safetensors"
    path.write_bytes(path.read_bytes()[:-100])
    done = ksweep("plan", write_sweep(tmp_path, keys_of(winner, "topk", {"model.start_from": "weights"})))
    assert done.returncode == 1 and "tiny.cfg:" in done.stderr and "cut short" in done.stderr
    assert "its numbers cannot be trusted" in done.stderr and "sample" not in done.stderr  # which are read from other files


def test_files_with_the_same_weights_are_refused_in_one_grid(winners, tmp_path):
    winner = winners("topk")
    for place, form in ("a", "sae-lens"), ("b", "safetensors"):
        exported(winner, form, tmp_path / place)
    done = ksweep("plan", write_sweep(tmp_path, keys_of(winner, "topk", {"model.start_from": "a, b"})))
    assert done.returncode == 1 and "is planned twice: model.start_from = a and model.start_from = b hold the same weights" in done.stderr


def test_a_baseline_beside_such_trials_starts_as_ever(winners, tmp_path):
    winner = winners("topk")
    exported(winner, "safetensors", tmp_path / "weights")
    keys = keys_of(winner, "topk", {"model.kind": "k-sparse, random", "model.start_from": "weights"})
    run(write_sweep(tmp_path, keys), tmp_path / "out")
    assert [value.partition("@")[0] for value in column(tmp_path / "out", "start_from")] == ["weights", "none"]


def test_sae_lens_folders_without_their_settings_are_refused(winners, tmp_path):
    winner = winners("topk")
    exported(winner, "sae-lens", tmp_path / "weights")
    shutil.move(tmp_path / "weights" / "cfg.json", tmp_path / "cfg.json")
    sweep = write_sweep(tmp_path, keys_of(winner, "topk", {"model.start_from": "weights"}))
    done = ksweep("plan", sweep)
    assert done.returncode == 1 and "cfg.json: there is no such file beside sae_weights.safetensors" in done.stderr
    config = json.loads((tmp_path / "cfg.json").read_text()) | {"normalize_activations": "layer_norm"}
    (tmp_path / "weights" / "cfg.json").write_text(json.dumps(config))
    done = ksweep("plan", sweep)
    assert done.returncode == 1 and "normalize_activations" in done.stderr


def test_a_killed_training_goes_on_with_the_same_bits(winners, tmp_path):
    winner = winners("topk")
    exported(winner, "safetensors", tmp_path / "weights")
    keys = {"model.start_from": "weights", "train.epochs": 40000, "train.learning_rate": 1e-4}
    sweep = write_sweep(tmp_path, keys_of(winner, "topk", keys))
    run(sweep, tmp_path / "whole")
    out = tmp_path / "killed"
    process = start("run", sweep, "--output", out, "--threads", 1, "--quiet", "--checkpoint-interval", 1)
    wait_until(lambda: list(out.glob("checkpoints/??/*.ckpt")) or process.poll() is not None, "a checkpoint")
    kill_all(process)
    assert not list(out.glob("trials/??/*.h5"))
    run(sweep, out)
    assert column(out, "resumed_epoch")[0] > 0
    assert results_hash(out) == results_hash(tmp_path / "whole")
