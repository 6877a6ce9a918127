"""What FORMAT.md promises to a third party: split, order and initial weights from the keys, results from saved weights."""

import hashlib
import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import rederive
from ksweep_report.results.network import keep_largest
from reference_layers import softmax
from reference_rules import ACTIVATIONS
from runs import PATIENCE_S, column, ksweep, run, weights_of, write_sweep

ROOT = Path(__file__).resolve().parents[2]

PURPOSE = {number: name for name, number in rederive.PURPOSES.items()}
SIZES = {"train": 250, "test": 100}
N_TRAIN, N_VALIDATION = 200, 50   # TINY of runs.py


@pytest.fixture(scope="module")
def digits(tmp_path_factory):
    """A folder of the synthetic digits as IDX files: (folder, {"train": (samples, labels), "test": …})."""
    folder = tmp_path_factory.mktemp("digits") / "set"
    done = ksweep("data", "digits", "--output", folder, "--train", SIZES["train"], "--test", SIZES["test"])
    assert done.returncode == 0, done.stderr
    parts = {}
    for part, name in ("train", "train"), ("test", "t10k"):
        pixels = np.frombuffer((folder / f"{name}-images-idx3-ubyte").read_bytes()[16:], np.uint8)
        labels = np.frombuffer((folder / f"{name}-labels-idx1-ubyte").read_bytes()[8:], np.uint8)
        parts[part] = pixels.reshape(len(labels), -1).astype(np.float32) / np.float32(255), labels
    return folder, parts


def trained(folder, digits, **keys):
    """Runs one trial that keeps its weights: ({name: array}, {column: its value})."""
    keys = {name.replace("__", "."): value for name, value in keys.items()}
    sweep = write_sweep(folder, {"data.set": digits[0], "model.k": 4, "results.save": "weights", "train.seed": 3} | keys)
    run(sweep, folder / "out")
    names = ["test_mse", "test_accuracy", "weights_sha256", "train_loss", "status"]
    return weights_of(folder / "out"), {name: column(folder / "out", name)[0] for name in names}


def layer(weights, number):
    """The arrays of one layer of a stack, by the names that one layer alone has."""
    return {name.removesuffix(f"_{number}"): values for name, values in weights.items() if name.endswith(f"_{number}")}


def assert_equal_bits(found, expected):
    assert found.keys() == expected.keys()
    for name, values in expected.items():
        assert found[name].dtype == values.dtype == np.float32 and found[name].shape == values.shape, name
        assert found[name].tobytes() == values.tobytes(), name


def hash_of(weights):
    whole = hashlib.sha256()
    for name in ("encoder", "decoder", "hidden_bias", "visible_bias"):
        whole.update(weights.get(name, np.zeros(0)).astype("<f4").tobytes())
    return whole.hexdigest()


# Known answers.

def known_answers():
    text = (ROOT / "src" / "store" / "FORMAT.md").read_text()
    return re.search(r"\*\*Known answers\*\*.*?```\n(.*?)```", text, re.DOTALL)[1]


def test_the_document_has_the_known_answers_of_the_program():
    printed = subprocess.run([os.environ["KSWEEP_KNOWN_ANSWERS"]], capture_output=True, text=True, check=True).stdout
    assert known_answers() == printed


def test_the_reader_gives_the_known_answers():
    stream = 7, PURPOSE[6], 3, 11
    train, validation = rederive.split(3, 60000, 500, 1000)
    net, upper = (rederive.autoencoder(3, 784, 10, tied=False, position=i) for i in (0, 1))
    glorot = {"distribution": "glorot", "scale": 1, "tied": False}
    dense = rederive.dense_layers(3, [784, 30, 10], "glorot", 1)
    numbers = [rederive.words(6, *stream), rederive.uniforms(3, *stream), rederive.normals(3, *stream),
               rederive.permutation(10, *stream), rederive.test_rows(30), rederive.test_rows(30, np.arange(30) // 10),
               validation[:5], train[:5],
               *(train[rederive.order_of_epoch(3, 1000, epoch)][:5] for epoch in (0, 1)),
               net["encoder"][0, :3], net["encoder"][1, :3], net["decoder"][0, :3], net["hidden_bias"][:3], net["visible_bias"][:3],
               upper["encoder"][0, :3], rederive.autoencoder(3, 784, 10, "uniform")["encoder"][0, :3],
               rederive.autoencoder(3, 784, 10, **glorot)["encoder"][0, :3],
               rederive.autoencoder(3, 784, 10, **glorot, unit_norm=True)["decoder"][0, :3], dense[0][0, :3], dense[1][0, :3]]

    def text(values):
        digits = {"f4": 9, "f8": 17}.get(values.dtype.str[1:])
        return " ".join(f"{float(value):.{digits}g}" if digits else str(int(value)) for value in values)
    assert [text(values) for values in numbers] == [line.split(": ")[1] for line in known_answers().splitlines()]


def test_large_seeds_and_indices_have_streams_of_their_own():
    seen = {tuple(rederive.words(4, seed, "split", 0, index)) for seed in (0, 2 ** 40, 2 ** 53 - 1) for index in (0, 2 ** 40)}
    assert len(seen) == 6


# Initial weights, bit for bit.

@pytest.mark.parametrize("changes, expected", [
    ({"model__kind": "random"}, {}),
    ({"model__kind": "random", "model__tied": "no"}, {"tied": False}),
    ({"model__kind": "random", "train__initial_weights": "uniform", "train__initial_scale": 0.05},
     {"distribution": "uniform", "scale": 0.05}),
    ({"model__tied": "no", "train__epochs": 0, "train__initial_weights": "glorot", "train__initial_scale": 1},
     {"distribution": "glorot", "scale": 1, "tied": False}),
    ({"model__tied": "no", "train__epochs": 0, "model__unit_norm": "yes"}, {"tied": False, "unit_norm": True}),
    ({"model__kind": "rbm", "train__epochs": 0}, {})])
def test_initial_weights_of_an_autoencoder_are_derived_bit_for_bit(tmp_path, digits, changes, expected):
    weights, values = trained(tmp_path, digits, **({"model__tied": "yes"} | changes))
    assert_equal_bits(weights, rederive.autoencoder(3, 784, 16, **expected))
    assert values["weights_sha256"] == hash_of(weights)


def test_initial_weights_of_a_stack_are_derived_bit_for_bit(tmp_path, digits):
    weights, values = trained(tmp_path, digits, model__kind="random", model__layers="16-8", model__tied="no")
    expected = [rederive.autoencoder(3, 784, 16, tied=False), rederive.autoencoder(3, 16, 8, tied=False, position=1)]
    for number, one in enumerate(expected, 1):
        assert_equal_bits(layer(weights, number), one)
    assert values["weights_sha256"] == hashlib.sha256("".join(map(hash_of, expected)).encode()).hexdigest()


@pytest.mark.parametrize("keys, sizes", [({"model__kind": "classifier", "model__layers": "16", "model__activation": "relu"},
                                          [784, 16, 10]),
                                         ({"model__training": "joint", "model__layers": "16-8"}, [784, 16, 8, 16, 784])])
def test_initial_weights_of_dense_layers_are_derived_bit_for_bit(tmp_path, digits, keys, sizes):
    weights, values = trained(tmp_path, digits, train__epochs=0, train__initial_weights="glorot", train__initial_scale=1, **keys)
    expected, whole = {}, hashlib.sha256()
    for number, one in enumerate(rederive.dense_layers(3, sizes, "glorot", 1), 1):
        expected |= {f"weights_{number}": one, f"biases_{number}": np.zeros(one.shape[1], np.float32)}
    for values_of_layer in expected.values():
        whole.update(values_of_layer.tobytes())
    assert_equal_bits(weights, expected)
    assert values["weights_sha256"] == whole.hexdigest()


# Split and order: an epoch trained again.

PLAIN_SGD = {"train__optimizer": "sgd", "train__momentum": 0, "train__learning_rate_schedule": "constant"}


@pytest.mark.parametrize("steps", [0, 3])
def test_epochs_of_a_classifier_are_trained_again_from_the_keys_alone(tmp_path, digits, steps):
    weights, values = trained(tmp_path, digits, model__kind="classifier", model__layers="none", train__learning_rate=0.1,
                              train__epochs=2, train__steps_per_epoch=steps, **PLAIN_SGD)
    samples, labels = digits[1]["train"]
    rows = np.sort(rederive.split(3, len(samples), N_VALIDATION, N_TRAIN)[0])
    w, b = rederive.dense_layers(3, [784, 10])[0].astype(float), np.zeros(10)
    for epoch in range(2):
        order = rows[rederive.order_of_epoch(3, N_TRAIN, epoch, drawn=50 * steps)]
        for batch in np.split(order, len(order) // 50):
            delta = (softmax(samples[batch] @ w + b) - np.eye(10)[labels[batch]]) / len(batch)
            w, b = w - 0.1 * samples[batch].T @ delta, b - 0.1 * delta.sum(axis=0)
    assert np.abs(weights["weights_1"] - w).max() < 1e-6 and np.abs(weights["biases_1"] - b).max() < 1e-6


def test_an_epoch_of_an_autoencoder_is_trained_again_from_the_keys_alone(tmp_path, digits):
    weights, values = trained(tmp_path, digits, model__kind="plain", model__activation="linear", model__tied="no",
                              train__epochs=1, train__learning_rate=0.01, **PLAIN_SGD)
    samples = digits[1]["train"][0].astype(float)
    net = {name: array.astype(float) for name, array in rederive.autoencoder(3, 784, 16, tied=False).items()}
    rows = rederive.split(3, len(samples), N_VALIDATION, N_TRAIN)[0]
    for batch in np.split(rows[rederive.order_of_epoch(3, N_TRAIN, 0)], N_TRAIN // 50):
        x = samples[batch]
        code = x @ net["encoder"].T + net["hidden_bias"]
        error = (code @ net["decoder"] + net["visible_bias"] - x) / len(batch)
        delta = error @ net["decoder"].T
        steps = {"encoder": delta.T @ x, "decoder": code.T @ error, "hidden_bias": delta.sum(axis=0), "visible_bias": error.sum(axis=0)}
        net = {name: net[name] - 0.01 * step for name, step in steps.items()}
    for name, values_of_name in net.items():
        assert np.abs(weights[name] - values_of_name).max() < 1e-6, name


@pytest.mark.parametrize("labelled", [True, False])
def test_a_test_part_that_is_not_in_the_files_is_derived(tmp_path, digits, labelled):
    # In the order of their classes: the worst case of a split by position.
    samples, labels = digits[1]["train"]
    order = np.argsort(labels, kind="stable")
    arrays = {"x": samples[order]} | ({"y": labels[order].astype(np.int64)} if labelled else {})
    np.savez(tmp_path / "whole.npz", **arrays)
    rows = rederive.test_rows(len(order), arrays.get("y"))
    assert len(rows) == len(set(rows)) == len(order) // 6
    weights, values = trained(tmp_path, (tmp_path / "whole.npz", None), **{"data__train": 0, "data__validation": 0, "data__test": 0})
    x = arrays["x"][rows].astype(float)
    code = keep_largest(x @ weights["encoder"].T + weights["hidden_bias"], 4)
    back = code @ weights.get("decoder", weights["encoder"]) + weights["visible_bias"]
    assert np.mean((back - x) ** 2) == pytest.approx(values["test_mse"], rel=1e-5)


# Results from saved weights.

@pytest.mark.parametrize("kind, activation, decoder, tied", [("k-sparse", "relu", "sigmoid", "no"), ("k-sparse", "linear", "linear", "yes"),
                                                             ("plain", "sigmoid", "linear", "no"), ("rbm", "sigmoid", "sigmoid", "yes")])
def test_the_error_of_a_stack_follows_from_its_weights(tmp_path, digits, kind, activation, decoder, tied):
    keys = {} if kind == "rbm" else {"model__activation": activation, "model__decoder": decoder, "model__tied": tied}
    weights, values = trained(tmp_path, digits, model__kind=kind, model__layers="16-12-8", model__alpha=2,
                              train__epochs=3, train__learning_rate=0.005, **keys)
    layers = [layer(weights, number) for number in (1, 2, 3)]
    x = code = digits[1]["test"][0].astype(float)
    kept = {"k-sparse": (8, 8, 4)}.get(kind, (16, 12, 8))   # below alpha k, of the topmost k
    for net, k in zip(layers, kept):
        code = keep_largest(ACTIVATIONS[activation](code @ net["encoder"].T + net["hidden_bias"]), k)
    for position, net in reversed(list(enumerate(layers))):
        bounded = decoder if position == 0 or kind == "rbm" else "linear"
        code = ACTIVATIONS[bounded](code @ net.get("decoder", net["encoder"]) + net["visible_bias"])
    assert np.mean((code - x) ** 2) == pytest.approx(values["test_mse"], rel=1e-5)


def test_the_error_of_layers_trained_jointly_follows_from_their_weights(tmp_path, digits):
    weights, values = trained(tmp_path, digits, model__training="joint", model__layers="16-8", model__activation="relu",
                              train__epochs=3, train__optimizer="adam", train__initial_weights="glorot", train__initial_scale=1)
    x = code = digits[1]["test"][0].astype(float)
    for number in (1, 2, 3, 4):
        code = code @ weights[f"weights_{number}"] + weights[f"biases_{number}"]
        code = np.maximum(code, 0) if number < 4 else code
        code = keep_largest(code, 4) if number == 2 else code
    assert np.mean((code - x) ** 2) == pytest.approx(values["test_mse"], rel=1e-5)


def test_the_accuracy_of_a_classifier_follows_from_its_weights(tmp_path, digits):
    weights, values = trained(tmp_path, digits, model__kind="classifier", model__layers="16", model__activation="relu",
                              train__epochs=20, train__optimizer="adam", train__learning_rate=0.01,
                              train__initial_weights="glorot", train__initial_scale=1)
    samples, labels = digits[1]["test"]
    hidden = np.maximum(samples @ weights["weights_1"] + weights["biases_1"], 0)
    predicted = np.argmax(hidden @ weights["weights_2"] + weights["biases_2"], axis=1)
    assert values["test_accuracy"] > 0.5
    assert np.mean(predicted == labels) == pytest.approx(values["test_accuracy"], abs=1e-5)


KINDS = {"stack": {"model.layers": "16-8"}, "joint": {"model.layers": "16-8", "model.training": "joint"},
         "classifier": {"model.kind": "classifier", "model.layers": "16", "model.activation": "relu"}}


@pytest.mark.parametrize("kind", KINDS)
def test_weights_that_were_not_kept_are_trained_again_when_asked_for(tmp_path, kind):
    run(write_sweep(tmp_path, {"model.k": 4} | KINDS[kind]), tmp_path / "out")
    assert weights_of(tmp_path / "out") == {}
    before = column(tmp_path / "out", "weights_sha256")[0]
    sweep = write_sweep(tmp_path, {"model.k": 4, "results.save": "weights"} | KINDS[kind])
    for _ in range(2):
        run(sweep, tmp_path / "out")
        kept = next((tmp_path / "out").glob("trials/??/*.h5")).stat().st_mtime_ns
    assert len(weights_of(tmp_path / "out")) >= 4
    assert column(tmp_path / "out", "weights_sha256")[0] == before
    run(sweep, tmp_path / "out")
    assert next((tmp_path / "out").glob("trials/??/*.h5")).stat().st_mtime_ns == kept   # and no third time


@pytest.mark.parametrize("kind", KINDS)
def test_the_report_passes_over_weights_that_it_has_no_pictures_for(tmp_path, kind):
    run(write_sweep(tmp_path, {"model.k": 4, "results.save": "weights"} | KINDS[kind]), tmp_path / "out")
    done = subprocess.run([sys.executable, ROOT / "analysis" / "report", tmp_path / "out" / "sweep.h5", "--output", tmp_path / "report",
                           "--format", "html"], capture_output=True, text=True, timeout=PATIENCE_S)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "report" / "report.html").is_file() and not (tmp_path / "report" / "explorer.html").exists()
