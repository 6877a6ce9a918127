"""Trained autoencoders for other programs, `ksweep weights`: loaded by independent code, they do with samples as their files hold them what the
sweep measured; what a format cannot say is refused."""

import json
import resource
import subprocess
import sys
import types

import numpy as np
import pytest
import real_loaders
from exported import largest, load_dictionary_learning, read_tensors, relu, write_for_dictionary_learning
from runs import PATIENCE_S, column, command, environment, ksweep, run, write_sweep
from trained import MODERN, N_INPUTS, RECIPE, TRIALS, Trained, unexplained, write_samples


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


@pytest.fixture
def torch(monkeypatch):
    """PyTorch, with a stand-in for what the documented lines import beside it."""
    module = pytest.importorskip("torch")
    package, reader = types.ModuleType("safetensors"), types.ModuleType("safetensors.torch")
    reader.load_file = lambda path: {name: module.tensor(array, dtype=module.float32) for name, array in read_tensors(path)[0].items()}
    monkeypatch.setitem(sys.modules, "safetensors", package)
    monkeypatch.setitem(sys.modules, "safetensors.torch", reader)
    return module


@pytest.mark.parametrize("name", [name for name in TRIALS if real_loaders.can_be_said("dictionary_learning", name)])
def test_the_documented_lines_make_the_same_autoencoder_for_dictionary_learning(trained, torch, tmp_path, name):
    trial = trained(name)
    trial.load("safetensors", tmp_path / "exported")
    check(trial, *load_dictionary_learning(write_for_dictionary_learning(tmp_path / "exported", tmp_path / "pickle")))


@pytest.mark.parametrize("name", ["linear", "sigmoid"])
def test_the_documented_lines_refuse_what_dictionary_learning_has_not(trained, torch, tmp_path, name):
    trained(name).load("safetensors", tmp_path / "exported")
    with pytest.raises(AssertionError, match="dictionary_learning has no others"):
        write_for_dictionary_learning(tmp_path / "exported", tmp_path / "pickle")
    assert not (tmp_path / "pickle").exists()


@pytest.mark.parametrize("changed, agrees", [(1, True), (1.001, False)])
def test_the_check_of_real_loaders_sees_a_difference(trained, tmp_path, changed, agrees):
    trial = trained("topk")
    own, _ = trial.load("safetensors", tmp_path / "exported")
    found = real_loaders.compare(trial, lambda samples: [part * changed for part in own(samples)], own)
    assert real_loaders.agrees(*found) == agrees


def test_the_check_of_real_loaders_says_which_are_missing(monkeypatch, capsys):
    monkeypatch.setattr(real_loaders, "PROGRAMS", {"no_such_program": None})
    assert real_loaders.main() == 77
    output = capsys.readouterr()
    assert "NOT TESTED: no_such_program" in output.err and output.out == "Nothing was tested.\n"


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
        assert done.returncode == 1 and "no finished trial has a value of" in done.stderr
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
