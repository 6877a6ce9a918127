"""Trained autoencoders for other programs, `ksweep weights`: loaded by independent code, they do with samples as their files hold them what the
sweep measured; what a format cannot say is refused."""

import json
import resource
import subprocess

import h5py
import numpy as np
import pytest
import rederive
from exported import LOADERS, largest, relu
from runs import PATIENCE_S, column, command, environment, ksweep, run, write_sweep

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
    "batch-topk": (MODERN | SCALE | {"model.kind": "batch-topk"}, ["sae-lens", "safetensors"]),
    "batch-topk of samples as they are": ({"model.kind": "batch-topk"}, ["sae-lens", "safetensors"]),
    "matryoshka": (MODERN | SCALE | {"model.kind": "matryoshka-batch-topk", "model.prefixes": 3}, ["sae-lens", "safetensors"]),
    "jump-relu": (MODERN | SCALE | {"model.kind": "jump-relu", "model.threshold_start": 0.1, "model.bandwidth": 0.1}, ["sae-lens", "safetensors"]),
    "l1": (SCALE | {"model.kind": "plain", "model.k": None, "model.penalty": "l1", "model.sparsity_weight": 0.01}, ["sae-lens", "safetensors"]),
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


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """Trains each of TRIALS when it is first asked for."""
    kept = {}

    def get(name, whole=False):
        if (name, whole) not in kept:
            changes, _ = TRIALS[name]
            kept[name, whole] = Trained(tmp_path_factory.mktemp("trained"), changes, whole)
        return kept[name, whole]
    return get


def unexplained(samples, reconstructions):
    return ((samples - reconstructions) ** 2).sum() / ((samples - samples.mean(axis=0)) ** 2).sum()


def check(trial, autoencode, origin):
    """What is loaded finds on samples as they are what the sweep measured on the samples that it scaled."""
    by_threshold = "_by_threshold" if np.isfinite(trial.measured("threshold")) else ""
    for part in ("validation", "test"):
        samples = trial.part(part)
        codes, reconstructions = autoencode(samples)
        expected = trial.measured(f"{part}_fvu{by_threshold}")
        assert abs(unexplained(samples, reconstructions) - expected) < 1e-6 * max(1, expected)
        assert origin["measured"][f"{part}_fvu"] == expected
        if part == "validation":
            expected = trial.measured("l0_by_threshold" if by_threshold else "l0_training")
            assert abs((codes != 0).sum(axis=1).mean() - expected) < 1e-6
            assert origin["measured"]["validation_l0"] == expected


@pytest.mark.parametrize("name, form", [(name, form) for name, (_, forms) in TRIALS.items() for form in forms])
def test_what_is_loaded_finds_what_was_measured(trained, tmp_path, name, form):
    trial = trained(name)
    check(trial, *trial.load(form, tmp_path / "exported"))


@pytest.mark.parametrize("name", ["topk", "topk of samples as they are", "batch-topk"])
def test_whole_numbers_are_taken_as_the_file_holds_them(trained, tmp_path, name):
    trial = trained(name, whole=True)
    assert trial.weights["sample_divisor"] == 255 and trial.part("test").max() > 100
    check(trial, *trial.load("sae-lens", tmp_path / "exported"))


@pytest.mark.parametrize("name", ["topk", "untied, scaled", "jump-relu"])
@pytest.mark.parametrize("whole", [False, True])
def test_codes_and_reconstructions_are_those_of_the_stored_weights(trained, tmp_path, name, whole):
    trial = trained(name, whole)
    autoencode, origin = trial.load("safetensors", tmp_path / "exported")
    samples, weights = trial.part("test"), trial.weights
    codes, reconstructions = autoencode(samples)

    inputs = trial.scaled(samples)
    pre = (inputs - weights["visible_bias"] * (name != "untied, scaled")) @ weights["encoder"].T + weights["hidden_bias"]
    own = relu(pre) * (pre > weights["thresholds"]) if name == "jump-relu" else relu(largest(pre, 3))
    assert (own > 0).any()
    assert np.abs(codes * origin["code_unit"] - own).max() < 1e-6 * np.abs(own).max()
    expected = own @ weights["decoder"] + weights["visible_bias"]
    assert np.abs(trial.scaled(reconstructions) - expected).max() < 1e-6 * np.abs(expected).max()


def test_the_mean_and_the_factor_are_stored_with_the_weights(trained):
    trial = trained("topk")
    samples = np.load(trial.folder.parent / "samples.npy")
    folder = trial.folder.parent / "raw"
    trial.part("test")
    train = np.load(folder / "x_train.npy").astype("f8")
    assert len(train) < len(samples)
    mean = train.mean(axis=0)
    assert np.abs(trial.weights["sample_mean"] - mean).max() < 1e-5
    assert trial.weights["sample_factor"][0] == pytest.approx(N_INPUTS ** 0.5 / np.linalg.norm(train - mean, axis=1).mean(), rel=1e-6)
    assert trial.weights["sample_divisor"][0] == 1
    assert set(trial.long_names) == {"sample_mean", "sample_factor", "sample_divisor"}


def test_the_files_say_where_they_come_from(trained, tmp_path):
    trial = trained("batch-topk")
    _, origin = trial.load("safetensors", tmp_path / "exported")
    assert (origin["trial"], origin["sweep"], origin["data_set"]) == (trial.id, "tiny", str(trial.samples_file))
    assert origin["keys"]["model.kind"] == "batch-topk" and origin["keys"]["model.k"] == 3 and origin["keys"]["data.normalise"] == "scale"
    assert origin["threshold"] == trial.measured("threshold") and origin["data_hash"] == column(trial.folder, "data_hash")[0]
    assert np.allclose(origin["mean"], trial.weights["sample_mean"]) and np.allclose(origin["factor"], trial.weights["sample_factor"])
    assert "ksweep" in origin["trained_by"] and "ksweep" in origin["exported_by"]


@pytest.fixture(scope="module")
def grid(tmp_path_factory):
    folder = tmp_path_factory.mktemp("grid")
    sweep = write_sweep(folder, RECIPE | MODERN | {"data.set": write_samples(folder / "samples.npy"), "model.k": "1, 4, 2"})
    run(sweep, folder / "out")
    return folder / "out"


@pytest.mark.parametrize("metric, better", [("fvu", min), (None, min), ("accuracy", None)])
def test_the_best_is_that_of_the_sweeps_metric(grid, tmp_path, metric, better):
    if metric:
        again = RECIPE | MODERN | {"data.set": grid.parent / "samples.npy", "model.k": "1, 4, 2", "report.metric": metric}
        run(write_sweep(grid.parent, again), grid)
    done = ksweep("weights", grid, "--best", "--format", "safetensors", "--output", tmp_path / "best")
    if better is None:
        assert done.returncode == 1 and "no finished trial has a" in done.stderr
        return
    assert done.returncode == 0, done.stderr
    values = dict(zip(column(grid, "validation_fvu"), column(grid, "trial_id")))
    assert json.loads((tmp_path / "best" / "config.json").read_text())["ksweep"]["trial"] == values[better(values)]


STACK = {"model.layers": "8-4", "model.k": 2, "model.hidden": None}
REFUSED = [
    ("sae-lens", {"model.activation": "linear"}, "model.activation = linear: SAELens applies ReLU"),
    ("sparsify", {"model.activation": "linear"}, "model.activation = linear: sparsify applies ReLU"),
    ("sae-lens", {"model.decoder": "sigmoid"}, "model.decoder = sigmoid: SAELens reconstructs without"),
    ("sparsify", {"model.kind": "batch-topk"}, "model.kind = batch-topk: sparsify keeps the k largest"),
    ("sparsify", {"model.kind": "plain", "model.k": None}, "model.kind = plain: sparsify keeps the k largest"),
    ("safetensors", STACK, "model.layers = 8-4: only one encoder"),
    ("safetensors", STACK | {"model.training": "joint"}, "model.training = joint: only one encoder"),
    ("safetensors", {"model.kind": "rbm", "model.k": None, "model.alpha": None, "model.activation": None, "model.tied": None},
     "model.kind = rbm: only one encoder"),
    ("safetensors", {"data.normalise": "standardise"}, "data.normalise = standardise: what that does to a sample is not stored"),
    ("safetensors", {"data.normalise": "whiten"}, "data.normalise = whiten: what that does to a sample is not stored"),
    ("safetensors", {"data.normalise": "scale", "model.activation": "sigmoid", "model.kind": "plain", "model.k": None},
     "model.activation = sigmoid: with it, how the samples were scaled"),
    ("sae-lens", {"results.save": None}, "are not stored: there is nothing to export"),
]


@pytest.mark.parametrize("form, changes, message", REFUSED)
def test_what_a_format_cannot_say_is_refused_and_nothing_written(tmp_path, form, changes, message):
    trial = Trained(tmp_path, changes)
    done = trial.export(form, tmp_path / "exported")
    assert done.returncode == 1 and message in done.stderr and trial.id in done.stderr
    assert not list(tmp_path.glob("exported*"))


def test_a_classifier_is_refused(tmp_path):
    run(write_sweep(tmp_path, {"model.kind": "classifier", "model.layers": "12", "model.activation": "relu", "model.hidden": None, "model.k": None,
                               "results.save": "weights", "probe.tolerance": None}), tmp_path / "out")
    trial = column(tmp_path / "out", "trial_id")[0]
    done = ksweep("weights", tmp_path / "out", "--trial", trial, "--format", "sae-lens", "--output", tmp_path / "exported")
    assert done.returncode == 1 and "model.kind = classifier: only one encoder" in done.stderr and not (tmp_path / "exported").exists()


def test_a_folder_that_is_there_is_left_alone(trained, tmp_path):
    done = trained("topk").export("sae-lens", tmp_path)
    assert done.returncode == 1 and "is there already" in done.stderr and not list(tmp_path.iterdir())


def test_a_failed_write_leaves_nothing(trained, tmp_path):
    def no_large_files():
        resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
    words = command("weights", trained("topk").folder, "--best", "--format", "sae-lens", "--output", tmp_path / "in" / "exported")
    done = subprocess.run(words, capture_output=True, text=True, timeout=PATIENCE_S, env=environment(), preexec_fn=no_large_files)
    assert done.returncode == 1 and "ulimit -f" in done.stderr
    assert not list((tmp_path / "in").iterdir())


@pytest.mark.parametrize("words, message", [
    ([], "neither --trial nor --best was given"),
    (["--trial", "0", "--best"], "--trial and --best were both given"),
    (["--best", "--format", "saelens"], "--format saelens is not known: what to write is unclear. Did you mean sae-lens?"),
    (["--trial", "zz"], "holds no trial zz"),
])
def test_a_wrong_request_is_answered(trained, tmp_path, words, message):
    form = [] if "--format" in words else ["--format", "sae-lens"]
    done = ksweep("weights", trained("topk").folder, *words, *form, "--output", tmp_path / "exported")
    assert done.returncode == 1 and message in done.stderr and not (tmp_path / "exported").exists()
