"""A dozen mini-batches of every kind of model and of every key of [model] and [train], and fine-tuning: what the program leaves is what
reference.py computes.

Where two numbers are so close that rounding would choose between them, the reference itself fails: no trial here has such a near-tie.
"""

import functools

import numpy as np
import pytest
import reference
import reference_rules
from runs import column, run, weights_of, write_sweep

N_INPUTS, N_CLASSES = 30, 4
N_ROWS = {"train": 150, "test": 200}   # of the training set 20 are for validation and 20 for nothing

# All keys that the reference looks at: 110 samples are 5 mini-batches of 20 and one of 10.
BASE = {"data.train": 110, "data.validation": 20, "data.test": 200,
        "model.kind": "k-sparse", "model.hidden": 50, "model.k": 8, "model.alpha": 1, "model.activation": "linear", "model.tied": "no",
        "model.penalty": "none", "model.sparsity_weight": 0, "model.sparsity_target": 0.05, "model.sparsity_decay": 0.9,
        "model.lifetime": 0.05, "model.dropout": 0, "model.input_noise": 0, "model.decoder": "linear", "model.pre_bias": "no",
        "model.unit_norm": "no", "model.aux_units": 50, "model.aux_weight": 0, "model.cd_steps": 1, "model.persistent": "no",
        "model.visible_bias": "drawn",
        "model.targets": "inputs", "model.attraction": 0.5, "model.repulsion": 0,
        "model.clusters": 3, "model.layers": "none", "model.training": "greedy", "model.output": "softmax", "model.biases": "trained",
        "train.epochs": 2, "train.steps_per_epoch": 0, "train.batch": 20, "train.optimizer": "sgd", "train.learning_rate": 0.02,
        "train.reduction": "mean", "train.learning_rate_schedule": "constant", "train.warmup": 0, "train.momentum": 0.9, "train.weight_decay": 0,
        "train.momentum_start": 0.5, "train.momentum_schedule": 0, "train.weight_average": 0,
        "train.k_start": 0, "train.k_schedule": 0, "train.initial_scale": 0.2, "train.initial_weights": "normal", "train.seed": 3,
        "probe.kind": "centroid", "probe.epochs": 2, "probe.batch": 20, "probe.learning_rate": 0.01, "probe.dropout": 0,
        "probe.input_noise": 0, "probe.k": 0, "probe.weight_average": 0, "probe.weight_decay": 0, "probe.max_norm": 0, "probe.features_rate": 1}

ADAM, DECAY = {"train.optimizer": "adam", "train.learning_rate": 0.01}, {"train.weight_decay": 0.1}
ADAMW, SIGNUM, WARMUP = ADAM | {"train.optimizer": "adamw"}, ADAM | {"train.optimizer": "signum"}, {"train.warmup": 0.4}
RELU, SIGMOID = {"model.activation": "relu"}, {"model.activation": "sigmoid"}
TIED, PRE_BIAS, UNIT_NORM = {"model.tied": "yes"}, {"model.pre_bias": "yes"}, {"model.unit_norm": "yes"}
MANY = {"model.k": 25}   # so many that of linear units some are negative
BATCH_TOPK, WTA, PLAIN = {"model.kind": "batch-topk"}, {"model.kind": "wta", "model.lifetime": 0.2}, {"model.kind": "plain"}
L1 = {"model.penalty": "l1", "model.sparsity_weight": 0.05}
TARGET = {"model.penalty": "kl", "model.sparsity_weight": 0.3, "model.sparsity_target": 0.1}
KL = SIGMOID | TARGET
DROPOUT, NOISE = {"model.dropout": 0.3}, {"model.input_noise": 0.25}
AUX = RELU | {"model.aux_weight": 0.5, "model.aux_units": 12, "model.k": 2}
CLASSES = {"model.targets": "classes", "model.attraction": 0.4, "model.repulsion": 0.3}
CLUSTERS = CLASSES | {"model.targets": "clusters", "model.clusters": 4, "train.epochs": 3}
RBM = {"model.kind": "rbm"}
PERSISTENT, MEAN = RBM | {"model.persistent": "yes"}, {"model.visible_bias": "mean"}
AVERAGE, RISING = {"train.weight_average": 0.8}, {"train.momentum_schedule": 0.6, "train.momentum_start": 0.3}
STACK, DEEP = {"model.layers": "30-16"}, {"model.layers": "25-15"}
GLOROT = {"train.initial_weights": "glorot", "train.initial_scale": 1}
JOINT = GLOROT | {"model.layers": "40-16", "model.training": "joint"}
CLASSIFIER = GLOROT | RELU | {"model.kind": "classifier", "model.layers": "25"}
FINE_TUNE = {"probe.kind": "fine-tune", "probe.epochs": 4, "probe.batch": 15, "probe.learning_rate": 0.05}

CASES = {
    "k-sparse": {}, "k-sparse-relu": MANY | RELU, "k-sparse-sigmoid": SIGMOID, "tied": TIED, "tied-relu": MANY | TIED | RELU,
    "all-kept": {"model.k": 50}, "k-falls": {"train.k_start": 20, "train.k_schedule": 1, "train.epochs": 3},
    "batch-topk": BATCH_TOPK, "batch-topk-relu-tied": BATCH_TOPK | MANY | RELU | TIED,
    "wta": WTA | RELU, "wta-linear-tied": WTA | TIED, "wta-sigmoid": WTA | SIGMOID,
    "plain": PLAIN, "plain-relu": PLAIN | RELU, "plain-sigmoid-tied": PLAIN | SIGMOID | TIED,
    "decoder-sigmoid": {"model.decoder": "sigmoid"}, "decoder-relu-tied": {"model.decoder": "relu"} | TIED,
    "decoder-plain": {"model.decoder": "sigmoid"} | PLAIN | RELU,
    "l1": L1, "l1-plain-relu": L1 | PLAIN | RELU, "kl": KL, "kl-plain": KL | PLAIN, "kl-wta": KL | WTA,
    "dropout": DROPOUT | SIGMOID, "dropout-linear": DROPOUT, "dropout-relu-tied": DROPOUT | RELU | MANY | TIED,
    "dropout-plain": DROPOUT | PLAIN | RELU,
    "dropout-batch-topk": DROPOUT | BATCH_TOPK | SIGMOID, "dropout-wta": DROPOUT | WTA | SIGMOID,
    "noise": NOISE, "noise-plain-tied": NOISE | PLAIN | TIED, "noise-dropout": NOISE | DROPOUT | PLAIN,
    "aux": AUX, "aux-batch-topk": AUX | BATCH_TOPK, "aux-pre_bias-unit_norm": AUX | PRE_BIAS | UNIT_NORM | {"model.aux_units": 16},
    "aux-l1-tied": AUX | L1 | TIED | {"model.aux_units": 18},
    "pre_bias": PRE_BIAS, "pre_bias-plain-tied": PRE_BIAS | PLAIN | TIED,
    "unit_norm": UNIT_NORM, "unit_norm-plain-tied": UNIT_NORM | PLAIN | TIED, "unit_norm-decay-adam": UNIT_NORM | DECAY | ADAM,
    "adam": ADAM, "adam-plain-decay": ADAM | PLAIN | RELU | DECAY, "adam-tied-momentum": ADAM | TIED | {"train.momentum": 0.5},
    "adamw-decay": ADAMW | DECAY, "adamw-plain-tied": ADAMW | DECAY | PLAIN | TIED, "adamw-unit_norm": ADAMW | DECAY | UNIT_NORM,
    "signum-decay": SIGNUM | DECAY, "signum-plain": SIGNUM | PLAIN | RELU, "joint-adamw": ADAMW | DECAY | JOINT,
    "classifier-signum": SIGNUM | CLASSIFIER, "rbm-adamw": ADAMW | RBM | DECAY,
    "warmup": WARMUP | {"train.seed": 5}, "warmup-linear-schedule": WARMUP | {"train.learning_rate_schedule": "linear"},
    "classifier-warmup": WARMUP | CLASSIFIER | ADAM,
    "momentum-rises": RISING, "classifier-momentum-rises": RISING | CLASSIFIER, "rbm-momentum-rises": RISING | RBM,
    "average": AVERAGE, "average-adam-tied": AVERAGE | ADAM | TIED, "average-clusters": AVERAGE | CLUSTERS, "average-stack": AVERAGE | STACK,
    "average-rbm": AVERAGE | RBM, "average-joint": AVERAGE | JOINT, "average-classifier": AVERAGE | CLASSIFIER,
    "mean": MEAN, "mean-sigmoid": MEAN | {"model.decoder": "sigmoid"}, "mean-rbm": MEAN | RBM, "mean-stack-rbm": MEAN | RBM | STACK,
    "persistent": PERSISTENT, "persistent-two-steps": PERSISTENT | {"model.cd_steps": 2}, "persistent-stack-average": PERSISTENT | STACK | AVERAGE,
    "no-momentum": {"train.momentum": 0}, "decay": DECAY,
    "linear-schedule": {"train.learning_rate_schedule": "linear"}, "cosine-schedule-adam": {"train.learning_rate_schedule": "cosine"} | ADAM,
    "uniform-weights": {"train.initial_weights": "uniform"}, "glorot-weights": GLOROT,
    "classes": CLASSES, "classes-noise-wta": CLASSES | NOISE | WTA | RELU, "clusters": CLUSTERS,
    "clusters-alpha": CLUSTERS | RELU | {"model.alpha": 2}, "clusters-plain": CLUSTERS | PLAIN,
    "kl-rbm": TARGET | RBM | {"train.seed": 4}, "kl-rbm-decay": TARGET | RBM | {"model.sparsity_decay": 0.6}, "kl-stack-rbm": TARGET | RBM | STACK,
    "kl-persistent": TARGET | PERSISTENT, "dropout-rbm": DROPOUT | RBM, "dropout-rbm-two-steps": DROPOUT | RBM | {"model.cd_steps": 2},
    "dropout-kl-rbm": DROPOUT | TARGET | RBM, "dropout-persistent": DROPOUT | PERSISTENT | {"model.cd_steps": 2},
    "dropout-stack-rbm": DROPOUT | RBM | STACK, "rbm": RBM, "rbm-two-steps": RBM | {"model.cd_steps": 2} | DECAY, "rbm-adam": RBM | ADAM,
    "stack": STACK, "stack-alpha": STACK | RELU | {"model.alpha": 2.5, "model.k": 5}, "stack-plain": STACK | PLAIN | SIGMOID | TIED,
    "stack-batch-topk": STACK | BATCH_TOPK | {"model.alpha": 1.5}, "stack-wta": STACK | WTA | RELU | {"train.seed": 4}, "stack-rbm": STACK | RBM,
    "stack-decoder-noise-dropout": STACK | PLAIN | SIGMOID | NOISE | DROPOUT | {"model.decoder": "sigmoid"},
    "joint": JOINT, "joint-relu": JOINT | RELU | ADAM, "joint-batch-topk": JOINT | BATCH_TOPK | {"model.decoder": "sigmoid"},
    "joint-wta": JOINT | WTA | RELU, "joint-plain-l1": JOINT | PLAIN | L1 | RELU, "joint-kl": JOINT | KL | PLAIN,
    "joint-dropout-noise": JOINT | DROPOUT | NOISE | RELU, "joint-k-falls": JOINT | {"train.k_start": 14, "train.k_schedule": 1},
    "classifier": CLASSIFIER, "classifier-sigmoid": CLASSIFIER | {"model.output": "sigmoid"} | SIGMOID,
    "classifier-linear": CLASSIFIER | {"model.output": "linear"},
    "classifier-sum": CLASSIFIER | {"train.reduction": "sum", "train.learning_rate": 0.005},
    "classifier-steps": CLASSIFIER | {"train.steps_per_epoch": 4}, "classifier-deep-adam": CLASSIFIER | ADAM | DEEP,
    "classifier-dropout": CLASSIFIER | DROPOUT | DEEP, "classifier-noise": CLASSIFIER | NOISE,
    "classifier-no-biases": CLASSIFIER | {"model.biases": "zero"} | DECAY, "softmax-regression": GLOROT | {"model.kind": "classifier"},
    "fine-tune": FINE_TUNE | RELU, "fine-tune-k": FINE_TUNE | {"probe.k": 5}, "fine-tune-pre_bias": FINE_TUNE | PRE_BIAS | SIGMOID,
    "fine-tune-noise-dropout": FINE_TUNE | PLAIN | RELU | {"probe.dropout": 0.4, "probe.input_noise": 0.3},
    "fine-tune-stack": FINE_TUNE | STACK | SIGMOID | {"probe.dropout": 0.4}, "fine-tune-rbm": FINE_TUNE | RBM,
    "fine-tune-average": FINE_TUNE | RELU | {"probe.weight_average": 0.9}, "fine-tune-decay": FINE_TUNE | RELU | {"probe.weight_decay": 3},
    "fine-tune-max_norm": FINE_TUNE | RELU | {"probe.max_norm": 0.5},
    "fine-tune-features_rate": FINE_TUNE | RELU | {"probe.features_rate": 0.2}}

DONE = 1   # in sweep.h5
COLUMNS = ["train_loss_curve", "l0_curve", "dead_units_curve", "k_curve", "validation_mse_curve", "output_error_curve",
           "train_accuracy", "validation_accuracy", "test_accuracy", "probe_iterations"]

# Against the largest number of an array.  Found were up to 1.3e-6, mostly 3e-7; float32 rounds by 6e-8.
TOLERANCE = 3e-6


def random_set(n_rows, means, random):
    """(samples from 0 to 1, labels): classes that overlap."""
    labels = np.arange(n_rows) % N_CLASSES
    return (0.4 * means[labels] + 0.6 * random.random((n_rows, N_INPUTS))).astype(np.float32), labels


@functools.cache
def sets():
    """{part: (samples, labels)}."""
    random = np.random.default_rng(20)
    means = random.random((N_CLASSES, N_INPUTS))
    return {part: random_set(n_rows, means, random) for part, n_rows in N_ROWS.items()}


def numbers_of(keys):
    """What the reference expects of a trial: {name: array}."""
    in_double = {part: (samples.astype(float), labels) for part, (samples, labels) in sets().items()}
    weights, curves = reference.train(keys, *in_double["train"])
    numbers = weights | {f"{name}_curve": values for name, values in curves.items()}
    if keys["probe.kind"] == "fine-tune":
        hits, best_epoch = reference.fine_tuned(keys, weights, in_double["train"], in_double["test"])
        numbers |= {f"{part}_accuracy": share for part, share in hits.items()} | {"probe_iterations": best_epoch}
    return {name: np.atleast_1d(values) for name, values in numbers.items()}


@functools.cache
def expected(case):
    return numbers_of(BASE | CASES[case])


def difference(found, wanted):
    """Against the largest number wanted."""
    assert found.shape == wanted.shape
    return np.abs(found - wanted).max() / max(np.abs(wanted).max(), 1e-30)


@pytest.fixture(scope="module", params=["naive", "portable", None], ids=["naive", "portable", "best"])
def trained(request, tmp_path_factory):
    """What the program left of each case, of one sweep in which all keys advance together: {case: (weights, columns of sweep.h5)}."""
    folder = tmp_path_factory.mktemp("replay")
    np.savez(folder / "set.npz", **{f"{kind}_{part}": array for part, pair in sets().items() for kind, array in zip("xy", pair)})
    values = {key: [str((BASE | changes)[key]) for changes in CASES.values()] for key in BASE}
    axes = [key for key, of_cases in values.items() if len(set(of_cases)) > 1]
    keys = {key: ", ".join(of_cases if key in axes else of_cases[:1]) for key, of_cases in values.items()}
    sweep = write_sweep(folder, keys | {"data.set": folder / "set.npz", "grid.zip": ", ".join(axes), "results.save": "weights"})
    run(sweep, folder / "out", *(["--isa", request.param] if request.param else []))
    columns = {name: column(folder / "out", name) for name in COLUMNS}
    ids = column(folder / "out", "trial_id")
    assert len(ids) == len(CASES) and (column(folder / "out", "status") == DONE).all()
    return {case: (weights_of(folder / "out", ids[i]), {name: np.atleast_1d(values[i]) for name, values in columns.items()})
            for i, case in enumerate(CASES)}


@pytest.mark.parametrize("case", CASES)
def test_a_trial_leaves_what_the_reference_computes(trained, case):
    weights, columns = trained[case]
    wanted = expected(case)
    assert weights.keys() == wanted.keys() - columns.keys()
    found = weights | {name: values[~np.isnan(values)] for name, values in columns.items() if name in wanted}
    off = {name: difference(found[name], values) for name, values in wanted.items()}
    assert {name: by for name, by in off.items() if not by < TOLERANCE} == {}


def differs(numbers, others):
    return numbers.keys() != others.keys() or any(
        values.shape != others[name].shape or not difference(values, others[name]) < 100 * TOLERANCE for name, values in numbers.items())


@pytest.mark.parametrize("case", CASES)
def test_each_key_of_a_case_moves_what_is_expected_of_it(case, monkeypatch):
    wanted, changes = expected(case), CASES[case]
    for module in reference, reference_rules:   # what is not compared with the program may have near-ties, and diverge
        monkeypatch.setattr(module, "require_clear", lambda *_: None)
    with np.errstate(all="ignore"):
        without = {key: numbers_of(BASE | {other: value for other, value in changes.items() if other != key}) for key in changes}
    assert [key for key, numbers in without.items() if not differs(numbers, wanted)] == []
