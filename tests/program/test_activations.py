"""Activations of a trained network as a data set, `ksweep data activations`: what is written, read back, and refused."""

import json
import struct

import h5py
import numpy as np
import pytest
from runs import ksweep, run, write_sweep

CLASSIFIER = {"model.kind": "classifier", "model.layers": "12-7", "model.activation": "relu", "model.hidden": None, "model.k": None,
              "results.save": "weights", "probe.tolerance": None}


def only_trial(folder):
    path, = folder.glob("trials/*/*.h5")
    return path


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """A results folder of one classifier with its weights."""
    folder = tmp_path_factory.mktemp("classifier")
    run(write_sweep(folder, CLASSIFIER), folder / "out")
    return folder / "out"


def written(results, output, *words):
    """The arrays of a safetensors file, read as its format says, and what the command said."""
    done = ksweep("data", "activations", results, "--trial", only_trial(results).stem, "--output", output, *words)
    assert done.returncode == 0, done.stderr
    content = (output / "activations.safetensors").read_bytes()
    length, = struct.unpack("<Q", content[:8])
    header = json.loads(content[8:8 + length])
    types = {"F32": "<f4", "I32": "<i4"}
    arrays = {name: np.frombuffer(content[8 + length:][slice(*entry["data_offsets"])], types[entry["dtype"]]).reshape(entry["shape"])
              for name, entry in header.items() if name != "__metadata__"}
    return arrays, header["__metadata__"], done.stdout


def samples_of(folder):
    done = ksweep("data", "export", "digits", "--npy", "--output", folder, "--set", "data.train=200", "--set", "data.validation=50",
                  "--set", "data.test=100")
    assert done.returncode == 0, done.stderr
    return {path.stem: np.load(path) for path in folder.glob("*.npy")}


@pytest.mark.parametrize("layer, words", [(2, []), (1, ["--layer", "1"]), (3, ["--layer", "3", "--threads", "2"])])
def test_activations_are_those_of_the_stored_weights(trained, tmp_path, layer, words):
    found, notes, said = written(trained, tmp_path / "acts", *words)
    samples = samples_of(tmp_path / "samples")
    with h5py.File(only_trial(trained)) as file:
        for part in ("train", "test"):
            values = samples[f"x_{part}"].astype("f8")
            for number in range(1, layer + 1):
                values = values @ file[f"weights_{number}"][()] + file[f"biases_{number}"][()]
                values = values if number == 3 else np.maximum(values, 0)
            assert found[f"x_{part}"].shape == values.shape and np.abs(found[f"x_{part}"] - values).max() < 1e-4
            assert (found[f"y_{part}"] == samples[f"y_{part}"]).all()
    assert notes == {"trial": only_trial(trained).stem, "layer": str(layer)} and f"of layer {layer}" in said


def test_a_sweep_trains_on_them_with_their_labels_and_test_part(trained, tmp_path):
    written(trained, tmp_path / "acts")
    sweep = write_sweep(tmp_path, {"data.set": tmp_path / "acts", "data.train": 150, "data.validation": 50, "data.test": None, "model.hidden": 6})
    run(sweep, tmp_path / "out")
    with h5py.File(tmp_path / "out" / "sweep.h5") as file:
        assert (file["test_confusion"][0].sum(), file["test_accuracy"][0] > 0.1) == (100, True)


def test_the_training_samples_can_be_named_alone(trained, tmp_path):
    found, _, _ = written(trained, tmp_path / "acts")
    done = ksweep("data", "export", f"{tmp_path}/acts/activations.safetensors:x_train", "--npy", "--output", tmp_path / "alone")
    assert done.returncode == 0, done.stderr
    counts = {part: len(np.load(tmp_path / "alone" / f"x_{part}.npy")) for part in ("train", "test")}
    assert sum(counts.values()) == len(found["x_train"]) and counts["test"] > 0


@pytest.mark.parametrize("words, message", [
    (["--layer", "4"], "--layer 4 is out of range: trial "),
    (["--trial", "0123456789abcdex"], "holds no trial 0123456789abcdex: which network"),
])
def test_what_is_not_there_is_refused_and_nothing_written(trained, tmp_path, words, message):
    given = words if "--trial" in words else ["--trial", only_trial(trained).stem, *words]
    done = ksweep("data", "activations", trained, *given, "--output", tmp_path / "acts")
    assert done.returncode == 1 and message in done.stderr and not (tmp_path / "acts").exists()


def test_files_are_not_replaced(trained, tmp_path):
    written(trained, tmp_path)
    before = (tmp_path / "activations.safetensors").read_bytes()
    done = ksweep("data", "activations", trained, "--trial", only_trial(trained).stem, "--layer", "1", "--output", tmp_path)
    assert done.returncode == 1 and "is there already" in done.stderr
    assert (tmp_path / "activations.safetensors").read_bytes() == before


def test_a_trial_without_weights_says_how_to_store_them(tmp_path):
    run(write_sweep(tmp_path, CLASSIFIER | {"results.save": None}), tmp_path / "out")
    done = ksweep("data", "activations", tmp_path / "out", "--trial", only_trial(tmp_path / "out").stem, "--output", tmp_path / "acts")
    assert done.returncode == 1 and "are not stored" in done.stderr and "results.save = weights" in done.stderr
