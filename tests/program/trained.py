"""Autoencoders of every kind that `ksweep weights` exports, trained on a few samples, and what was measured of them."""

import h5py
import numpy as np
import rederive
from exported import LOADERS, relu
from runs import column, ksweep, run, write_sweep

N_INPUTS, N_VALIDATION = 12, 100
RECIPE = {"data.train": None, "data.validation": N_VALIDATION, "data.test": None, "model.hidden": 24, "model.k": 3, "model.alpha": 1,
          "model.activation": "relu", "model.tied": "no", "train.epochs": 40, "train.initial_scale": 0.3, "train.optimizer": "adam",
          "train.learning_rate": 3e-3, "probe.tolerance": None, "results.save": "weights", "results.consistency": "no"}
MODERN = {"model.pre_bias": "yes", "model.visible_bias": "mean", "model.unit_norm": "yes"}
SCALE = {"data.normalise": "scale"}
TIED = {"model.tied": "yes"}

# name: what is trained, and the formats that can say it
TRIALS = {
    "topk": (MODERN | SCALE, ["sae-lens", "sparsify", "safetensors"]),
    "topk of samples as they are": (MODERN, ["sae-lens", "sparsify", "safetensors"]),
    "tied": (TIED, ["sae-lens", "sparsify", "safetensors"]),
    "tied, scaled": (TIED | SCALE, ["sae-lens", "sparsify", "safetensors"]),
    "tied of unit norm, scaled": (TIED | SCALE | {"model.unit_norm": "yes"}, ["sae-lens", "sparsify", "safetensors"]),
    "untied, scaled": (SCALE, ["sae-lens", "sparsify", "safetensors"]),
    "topk with dropout": (MODERN | SCALE | {"model.dropout": 0.9, "model.k": 12}, ["sae-lens", "sparsify", "safetensors"]),
    "topk with alpha": (MODERN | SCALE | {"model.alpha": 2}, ["sae-lens", "sparsify", "safetensors"]),
    "batch-topk": (MODERN | SCALE | {"model.kind": "batch-topk"}, ["sae-lens", "safetensors"]),
    "batch-topk of samples as they are": ({"model.kind": "batch-topk"}, ["sae-lens", "safetensors"]),
    "matryoshka": (MODERN | SCALE | {"model.kind": "matryoshka-batch-topk", "model.prefixes": 3}, ["sae-lens", "safetensors"]),
    "jump-relu": (MODERN | SCALE | {"model.kind": "jump-relu", "model.threshold_start": 0.1, "model.bandwidth": 0.1}, ["sae-lens", "safetensors"]),
    "jump-relu of samples as they are": ({"model.kind": "jump-relu", "model.threshold_start": 0.1, "model.bandwidth": 0.1},
                                         ["sae-lens", "safetensors"]),
    "l1": (SCALE | {"model.kind": "plain", "model.k": None, "model.penalty": "l1", "model.sparsity_weight": 0.01}, ["sae-lens", "safetensors"]),
    "l1 with a pre-bias": (MODERN | SCALE | {"model.kind": "plain", "model.k": None, "model.penalty": "l1", "model.sparsity_weight": 0.01},
                           ["sae-lens", "safetensors"]),
    "winner takes all": (SCALE | {"model.kind": "wta", "model.k": None, "model.lifetime": 0.1}, ["sae-lens", "safetensors"]),
    "linear": (SCALE | {"model.activation": "linear"}, ["safetensors"]),
    "sigmoid": ({"model.kind": "plain", "model.k": None, "model.activation": "sigmoid", "model.decoder": "sigmoid"}, ["safetensors"]),
}


def write_samples(path, whole=False):
    """Samples of a few directions each, about a mean of several times their deviation; or whole numbers from 0 to 255."""
    random = np.random.default_rng(5)
    weights = relu(random.normal(size=(600, 30)) - 1)
    samples = weights @ random.normal(size=(30, N_INPUTS)) + random.normal(size=N_INPUTS) * 4
    if whole:
        samples = np.clip(np.round(samples * 8 + 100), 0, 255).astype("u1")
        samples[0, 0] = 255
    np.save(path, samples if whole else samples.astype("f4"))
    return path


class Trained:
    """The one trial of a sweep on such samples, and what it did with them."""

    def __init__(self, folder, changes, whole=False):
        self.folder, self.samples_file = folder / "out", write_samples(folder / "samples.npy", whole)
        run(write_sweep(folder, RECIPE | {"data.set": self.samples_file} | changes), self.folder)
        path, = self.folder.glob("trials/*/*.h5")
        self.id = path.stem
        with h5py.File(path) as file:
            self.weights = {name: file[name][()].astype("f8") for name in file if file[name].dtype.kind == "f"}
            self.long_names = {name: file[name].attrs["long_name"] for name in file if "long_name" in file[name].attrs}

    def part(self, name):
        """Its validation or test samples, as the file holds them."""
        folder = self.folder.parent / "raw"
        if not folder.exists():
            assert ksweep("data", "export", self.samples_file, "--npy", "--output", folder, "--set", "data.scale=1").returncode == 0
        if name == "test":
            return np.load(folder / "x_test.npy").astype("f8")
        rows = np.load(folder / "x_train.npy").astype("f8")
        return rows[rederive.split(0, len(rows), N_VALIDATION, len(rows) - N_VALIDATION)[1]]

    def scaled(self, samples):
        samples = samples / self.weights["sample_divisor"][0]
        return (samples - self.weights["sample_mean"]) * self.weights["sample_factor"][0] if "sample_mean" in self.weights else samples

    def measured(self, name):
        return column(self.folder, name)[0]

    def export(self, name, output, *words):
        return ksweep("weights", self.folder, *(words or ("--trial", self.id)), "--format", name, "--output", output)

    def load(self, name, output):
        done = self.export(name, output)
        assert done.returncode == 0, done.stderr
        return LOADERS[name](output)


def unexplained(samples, reconstructions):
    return ((samples - reconstructions) ** 2).sum() / ((samples - samples.mean(axis=0)) ** 2).sum()
