"""Recipes of sparse autoencoders on activations, by the built program: every measured number is computed again with NumPy from the weights that are
stored and the samples that are exported, and every key of a recipe does what it says."""

import h5py
import numpy as np
import pytest
import rederive
from runs import column, ksweep, run, weights_of, write_sweep

N_TRAIN, N_VALIDATION, N_TEST, N_INPUTS, BATCH = 300, 90, 100, 16, 50
SEED = 3

DATA = {"data.set": "superposition", "data.features": 40, "data.dimensions": N_INPUTS, "data.true_l0": 3, "data.noise": 0.05,
        "data.train": N_TRAIN, "data.validation": N_VALIDATION, "data.test": N_TEST}
RECIPE = DATA | {"model.activation": "relu", "model.tied": "no", "model.pre_bias": "yes", "model.unit_norm": "yes", "model.visible_bias": "mean",
                 "model.hidden": 24, "model.k": 3, "train.epochs": 4, "train.batch": BATCH, "train.learning_rate": 0.01, "train.k_start": 0,
                 "train.seed": SEED, "results.save": "weights", "results.consistency": "no"}


@pytest.fixture(scope="module")
def parts(tmp_path_factory):
    """{part: samples in double}, as exported and split."""
    folder = tmp_path_factory.mktemp("exported")
    words = [word for key, value in DATA.items() if key != "data.set" for word in ("--set", f"{key}={value}")]
    done = ksweep("data", "export", "superposition", "--npy", "--output", folder, *words)
    assert done.returncode == 0, done.stderr
    given, test = (np.load(folder / f"x_{part}.npy").astype(float) for part in ("train", "test"))
    train_rows, validation_rows = rederive.split(SEED, N_TRAIN + N_VALIDATION, N_VALIDATION, N_TRAIN)
    return {"train": given[train_rows], "validation": given[validation_rows], "test": test}


class Trained:
    """A trial: its keys, columns of sweep.h5, and weights."""

    def __init__(self, folder, index):
        with h5py.File(folder / "sweep.h5") as file:
            trial = file["trial_id"].asstr()[index]
            self.columns = {name: values[index] for name, values in file.items() if values.ndim and values.dims[0] and
                            values.dims[0][0].name == "/trial"}
        self.weights = {name: values.astype(float) for name, values in weights_of(folder, trial).items()}
        with h5py.File(next(folder.glob(f"trials/??/{trial}.h5"))) as file:
            self.active = file["active"][()]

    def __getitem__(self, name):
        return self.columns[name]

    def activations(self, samples):
        net = self.weights
        return np.maximum(0, (samples - net["visible_bias"]) @ net["encoder"].T + net["hidden_bias"])

    def decode(self, code):
        return code @ self.weights["decoder"] + self.weights["visible_bias"]

    def code_of_sample(self, samples):
        """The k largest of each."""
        values = self.activations(samples)
        return values * (values >= np.sort(values, axis=1)[:, [-int(self["k"])]])

    def code_by_rule(self, samples):
        """Of batch-topk: the k largest a sample of each mini-batch, and [the samples of each mini-batch], in the order of epoch 0."""
        order = rederive.order_of_epoch(SEED, len(samples), 0)
        code, batches = np.zeros((len(samples), len(self.active))), np.split(order, range(BATCH, len(samples), BATCH))
        for batch in batches:
            values = self.activations(samples[batch])
            code[batch] = values * (values >= np.sort(values, axis=None)[-int(self["k"]) * len(batch)])
        return code, batches


def sweep_of(folder, **changes):
    run(write_sweep(folder, RECIPE | changes), folder / "out")
    done = column(folder / "out", "status").tolist()
    assert done == [1] * len(done)
    return [Trained(folder / "out", index) for index in range(len(done))]


@pytest.fixture(scope="module")
def trials(tmp_path_factory):
    """Few units that are often active, and many of which some are dead."""
    return sweep_of(tmp_path_factory.mktemp("trials"), **{"model.hidden": "8, 60", "model.k": "1, 6"})


@pytest.fixture(scope="module")
def batch_topk(tmp_path_factory):
    return sweep_of(tmp_path_factory.mktemp("batch_topk"), **{"model.kind": "batch-topk", "model.k": "1, 3"})


def fvu(samples, reconstructions):
    return np.sum((samples - reconstructions) ** 2) / np.sum((samples - samples.mean(axis=0)) ** 2)


def norms(rows):
    return np.linalg.norm(rows, axis=1)


def errors_of(trial, parts):
    """What is measured of reconstructions from the k largest activations."""
    samples = {part: parts[part] for part in ("validation", "test")}
    codes = {part: trial.code_of_sample(of_part) for part, of_part in samples.items()}
    test, outputs = samples["test"], trial.decode(codes["test"])
    spread = np.sum((test - parts["train"].mean(axis=0)) ** 2)
    return {"test_fvu": fvu(test, outputs), "validation_fvu": fvu(samples["validation"], trial.decode(codes["validation"])),
            "test_mse": np.mean((test - outputs) ** 2), "validation_mse": np.mean((samples["validation"] - trial.decode(codes["validation"])) ** 2),
            "test_fraction_of_variance_explained": 1 - np.sum((test - outputs) ** 2) / spread,
            "test_cosine": np.mean(np.sum(test * outputs, axis=1) / norms(test) / norms(outputs)),
            "test_norm_ratio": np.mean(norms(outputs) / norms(test)), "l0_training": np.mean(np.sum(codes["validation"] > 0, axis=1))}


def activity_of(trial, parts):
    counts = np.sum(trial.code_of_sample(parts["validation"]) > 0, axis=0)
    bins = np.where(counts == 0, 0, np.clip(25 + np.floor(4 * np.log10(np.maximum(counts, 1) / N_VALIDATION)), 1, 24)).astype(int)
    return {"dead_units_validation": np.sum(counts == 0), "always_on_units": np.sum(2 * counts > N_VALIDATION),
            "density_histogram": np.bincount(bins, minlength=25).tolist(), "active": counts.tolist()}


def directions_of(trial):
    live = trial.weights["decoder"][trial.active > 0]
    cosines = (live @ live.T / norms(live) / norms(live)[:, None])[~np.eye(len(live), dtype=bool)].reshape(len(live), -1)
    return {"mean_decoder_cosine": np.mean(np.abs(cosines)), "largest_decoder_cosine": np.mean(cosines.max(axis=1))}


def found(trial, names):
    return {name: trial[name] for name in names}


def test_errors_are_those_of_the_stored_weights_on_the_exported_samples(trials, parts):
    for trial in trials:
        wanted = errors_of(trial, parts)
        assert found(trial, wanted) == pytest.approx(wanted, abs=1e-5)
        assert 0.02 < trial["test_fvu"] < 1 and trial["validation_fvu_curve"][3] == pytest.approx(trial["validation_fvu"], abs=1e-6)


def test_units_have_decoders_of_length_one(trials):
    for trial in trials:
        assert norms(trial.weights["decoder"]) == pytest.approx(1, abs=1e-5)


def test_activity_of_units_is_counted_on_the_validation_part(trials, parts):
    for trial in trials:
        wanted = activity_of(trial, parts)
        assert trial.active.tolist() == wanted.pop("active")
        assert {name: np.asarray(trial[name]).tolist() for name in wanted} == wanted
    assert max(trial["dead_units_validation"] for trial in trials) > 0 and max(trial["always_on_units"] for trial in trials) > 0


def test_cosines_of_decoders_are_those_of_live_units(trials):
    for trial in trials:
        wanted = directions_of(trial)
        assert found(trial, wanted) == pytest.approx(wanted, abs=1e-5)


def test_batch_topk_is_measured_by_its_rule(batch_topk, parts):
    for trial in batch_topk:
        codes = {part: trial.code_by_rule(parts[part])[0] for part in ("validation", "test")}
        wanted = {f"{part}_fvu_by_rule": fvu(parts[part], trial.decode(code)) for part, code in codes.items()}
        wanted["l0_by_rule"] = np.mean(np.sum(codes["validation"] > 0, axis=1))
        assert found(trial, wanted) == pytest.approx(wanted, abs=1e-5)


def test_batch_topk_is_measured_by_the_mean_of_the_smallest_kept_activations(batch_topk, parts):
    for trial in batch_topk:
        code, batches = trial.code_by_rule(parts["train"])
        threshold = np.mean([code[batch][code[batch] > 0].min() for batch in batches])
        assert trial["threshold"] == pytest.approx(threshold, rel=1e-5)
        kept = {part: trial.activations(parts[part]) for part in ("validation", "test")}
        kept = {part: values * (values > trial["threshold"]) for part, values in kept.items()}
        wanted = {f"{part}_fvu_by_threshold": fvu(parts[part], trial.decode(code)) for part, code in kept.items()}
        wanted["l0_by_threshold"] = np.mean(np.sum(kept["validation"] > 0, axis=1))
        assert found(trial, wanted) == pytest.approx(wanted, abs=1e-5)


def test_other_rules_have_no_threshold(trials):
    assert all(np.isnan(trial[name]) for trial in trials for name in ("threshold", "l0_by_threshold", "test_fvu_by_threshold"))


# Keys of recipes.

@pytest.mark.parametrize("n_samples, by_epoch", [(120, [120]), (300, [300]), (750, [300, 600, 750])])
def test_a_training_of_so_many_samples_ends_within_an_epoch(tmp_path, n_samples, by_epoch):
    trial, = sweep_of(tmp_path, **{"train.samples": n_samples})
    for name in ("samples_curve", "train_loss_curve", "validation_mse_curve", "validation_fvu_curve", "l0_curve", "dead_units_curve"):
        assert np.isfinite(trial[name]).sum() == len(trial[name]) == len(by_epoch), name
    assert trial["samples_curve"].tolist() == by_epoch
    assert trial["epochs_done"] == pytest.approx(n_samples / N_TRAIN)


@pytest.mark.parametrize("schedule", ["constant", "linear", "cosine"])
def test_as_many_samples_as_whole_epochs_have_are_the_same_training(tmp_path, schedule):
    keys = {"train.learning_rate_schedule": schedule, "train.warmup": 0.2, "train.cooldown": 0.3}
    epochs, samples = tmp_path / "epochs", tmp_path / "samples"
    epochs.mkdir(), samples.mkdir()
    sweep_of(epochs, **keys, **{"train.epochs": 2})
    sweep_of(samples, **keys, **{"train.samples": 2 * N_TRAIN})
    assert column(epochs / "out", "weights_sha256").tolist() == column(samples / "out", "weights_sha256").tolist()


def test_within_an_epoch_only_what_was_trained_on_counts(tmp_path, parts):
    """Without learning, the loss and the dead units of the first 120 samples follow from the weights."""
    trial, = sweep_of(tmp_path, **{"train.samples": 120, "train.learning_rate": 0, "model.hidden": 60, "model.k": 1})
    seen = parts["train"][rederive.order_of_epoch(SEED, N_TRAIN, 0)[:120]]
    code = trial.code_of_sample(seen)
    dead, of_all = np.sum(~code.any(axis=0)), np.sum(~trial.code_of_sample(parts["train"]).any(axis=0))
    assert trial["dead_units"] == dead > of_all
    assert trial["train_loss"] == pytest.approx(0.5 * np.mean(np.sum((seen - trial.decode(code)) ** 2, axis=1)), rel=1e-5)


def test_the_bias_begins_at_the_mean_of_the_training_part(tmp_path, parts):
    mean, drawn = sweep_of(tmp_path, **{"model.visible_bias": "mean, drawn", "train.epochs": 0})
    assert mean.weights["visible_bias"] == pytest.approx(parts["train"].mean(axis=0), abs=1e-6)
    assert np.abs(drawn.weights["visible_bias"] - parts["train"].mean(axis=0)).max() > 0.01


def test_cooldown_touches_the_last_steps_alone(tmp_path):
    without, halves, all_of_it = sweep_of(tmp_path, **{"train.cooldown": "0, 0.5, 1", "train.learning_rate_schedule": "constant"})
    assert without["validation_mse_curve"][:2].tolist() == halves["validation_mse_curve"][:2].tolist()
    assert without["validation_mse_curve"][2] != halves["validation_mse_curve"][2]
    assert without["validation_mse_curve"][0] != all_of_it["validation_mse_curve"][0]


def test_learning_rates_are_scaled_by_the_number_of_units(tmp_path):
    """sqrt(2^14 / 1024) is 4."""
    scaled, fourfold = tmp_path / "scaled", tmp_path / "fourfold"
    scaled.mkdir(), fourfold.mkdir()
    sweep_of(scaled, **{"model.hidden": 1024, "train.learning_rate": 0.001, "train.learning_rate_scaling": "units"})
    sweep_of(fourfold, **{"model.hidden": 1024, "train.learning_rate": 0.004})
    assert column(scaled / "out", "weights_sha256").tolist() == column(fourfold / "out", "weights_sha256").tolist()


def test_no_number_of_aux_units_means_half_the_inputs(tmp_path):
    auxiliary = {"model.hidden": 60, "model.k": 1, "model.aux_weight": 0.03125, "model.dead_after": 50, "model.aux_units": "0, 8, 4"}
    sweep_of(tmp_path, **auxiliary)
    by_units = dict(zip(column(tmp_path / "out", "aux_units").tolist(), column(tmp_path / "out", "weights_sha256").tolist()))
    assert by_units[0] == by_units[N_INPUTS // 2] != by_units[4]


def test_units_count_as_dead_after_so_many_samples(tmp_path):
    auxiliary = {"model.hidden": 60, "model.k": 1, "model.aux_weight": 0.03125, "model.aux_units": 4, "model.dead_after": f"0, {N_TRAIN}, 50"}
    sweep_of(tmp_path, **auxiliary)
    by_patience = dict(zip(column(tmp_path / "out", "dead_after").tolist(), column(tmp_path / "out", "weights_sha256").tolist()))
    assert by_patience[0] == by_patience[N_TRAIN] != by_patience[50]
