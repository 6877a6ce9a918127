"""Every key of a sweep file changes the numbers that it names, with each kind of model and of probe that it means something to, and no others.

The keys are those that `ksweep plan --keys` tells.  A case of one is a changed value; it is tried with every model (keys of the probe: with
every probe of some models), once with and once without the change.  What the case does not say to move must keep its bits.
"""

import itertools
import math
import re
import zlib
from dataclasses import dataclass, field

import h5py
import numpy as np
import pytest
from runs import TINY, column, ksweep, run, write_sweep
from safetensors_files import write_safetensors

# --- what is trained ---

RULES = ("k-sparse", "batch-topk", "matryoshka-batch-topk", "wta", "jump-relu", "plain")
NOT_JOINT = ("matryoshka-batch-topk", "jump-relu")
GREEDY = {"model.layers": "40-8"}
JOINT = {"model.layers": "16-8", "model.training": "joint", "train.initial_scale": 0.4}  # so that the small code hardly ever dies
MODELS = {"rbm": {"model.kind": "rbm"}, "rbm, greedy": {"model.kind": "rbm"} | GREEDY,
          "random": {"model.kind": "random"}, "random, stacked": {"model.kind": "random"} | GREEDY, "raw": {"model.kind": "raw"},
          "classifier": {"model.kind": "classifier", "model.layers": "16"}}
for rule in RULES:
    MODELS |= {rule: {"model.kind": rule}, f"{rule}, greedy": {"model.kind": rule} | GREEDY}
    MODELS |= {} if rule in NOT_JOINT else {f"{rule}, joint": {"model.kind": rule} | JOINT}
BASE = {"data.train": 150, "data.validation": 50, "data.test": 60, "model.hidden": 16, "model.k": 2, "model.alpha": 1, "model.activation": "relu",
        "model.prefixes": 3,
        "train.epochs": 2, "train.batch": 25, "train.k_start": 0, "train.learning_rate": 0.01, "probe.l2": 1e-3, "probe.tolerance": 1e-3}

PROBES = ("softmax", "svm", "knn", "centroid", "kmeans", "sparse", "fine-tune")
PROBED = ("k-sparse", "k-sparse, greedy", "k-sparse, joint", "random, stacked", "raw")
# Enough samples that two probes hardly have all figures in common.
FINE = {"data.train": 300, "data.validation": 200, "data.test": 200, "probe.l2": 0, "probe.epochs": 6, "probe.batch": 25, "probe.learning_rate": 0.02}
READINGS = {f"{model}: {probe}": MODELS[model] | FINE | {"probe.kind": probe} for model in PROBED for probe in PROBES
            if (model, probe) != ("raw", "fine-tune")} | {"classifier": MODELS["classifier"]}


def models(*kinds, forms=("", ", greedy", ", joint")):
    return {kind + form for kind in kinds for form in forms} & MODELS.keys()


def readings(*probes):
    return {name for name in READINGS if name.partition(": ")[2] in probes}


ALL = set(MODELS)
AUTOENCODERS, SEPARATE = models(*RULES), models(*RULES, forms=("", ", greedy"))
SINGLE, JOINTLY = models(*RULES, forms=("",)), models(*RULES, forms=(", joint",))
LARGEST, JUMP = models("k-sparse", "batch-topk", "matryoshka-batch-topk"), models("jump-relu")
JOINABLE = SEPARATE - models(*NOT_JOINT)
RBMS, UNTRAINED, PIXELS, CLASSIFIER = models("rbm"), models("random", forms=("", ", stacked")), {"raw"}, {"classifier"}
TRAINED = AUTOENCODERS | RBMS | CLASSIFIER
CODING = readings(*PROBES)

# --- what moves ---


@dataclass(frozen=True)
class Effect:
    """At least one of some numbers moves; others keep their bits."""
    moved: tuple
    kept: tuple = ()


WEIGHTS_OF = ("weights_sha256", "train_loss_curve", "dead_units_curve")
RECONSTRUCTION = ("validation_mse", "test_mse", "l0_training")
CODES_OF = ("l0_encoding", "dead_units_encoding")
FIGURES_OF = ("validation_accuracy", "validation_accuracy_per_class", "test_confusion", "train_accuracy", "probe_gradient", "probe_iterations")

WEIGHTS = Effect(WEIGHTS_OF[:1])
KEPT_OF_SAMPLES = Effect(("l0_training",), WEIGHTS_OF)
CODES = Effect(("l0_encoding",), WEIGHTS_OF + RECONSTRUCTION)
CODES_OF_CODES = Effect(("l0_encoding",), WEIGHTS_OF)
ACTIVATIONS = Effect(FIGURES_OF, WEIGHTS_OF)
DECODED = Effect(("test_mse",), WEIGHTS_OF + CODES_OF + FIGURES_OF)
SAMPLES = Effect(FIGURES_OF, ("weights_sha256",))
OTHER_SAMPLES = Effect(("test_mse",))
TEST = Effect(("test_confusion",), WEIGHTS_OF + CODES_OF + ("validation_mse", "validation_accuracy", "probe_gradient"))
FIGURES = Effect(FIGURES_OF, WEIGHTS_OF + RECONSTRUCTION + CODES_OF)
OTHER_PROBE = Effect(FIGURES_OF, WEIGHTS_OF + RECONSTRUCTION)  # fine-tuning has no alpha
REFITTED = Effect(("test_confusion", "probe_gradient", "test_accuracy_per_class"),
                  FIGURES.kept + ("validation_accuracy", "validation_accuracy_per_class", "train_accuracy"))
ACCURACY_CURVES = Effect(("validation_accuracy_curve",), FIGURES.kept + FIGURES_OF)


@dataclass
class Case:
    key: str
    value: object
    effects: list  # of (effect, models or readings); with all others no number moves
    given: dict = field(default_factory=dict)  # other keys, with and without the change
    refused: set = frozenset()  # models or readings for which such a sweep is refused
    refusal: str = ""  # what the message names; the key unless given
    says: dict = field(default_factory=dict)  # columns that hold a value of their own where the effect is

    @property
    def subjects(self):
        return READINGS if self.key.startswith("probe.") else MODELS


def other_kinds(value):
    return {name for name, keys in MODELS.items() if keys["model.kind"] != value}


def other_probes(value):
    return {name for name in CODING if not name.endswith(f": {value}")}


SUPERPOSITION = {"data.set": "superposition", "data.features": 30, "data.dimensions": 12, "data.true_l0": 3}
DOCUMENTS = {"data.set": "documents.npy", "data.skip_positions": 0}
DEAD_UNITS = {"model.hidden": 40, "model.k": 1, "train.epochs": 6, "train.learning_rate": 0.1}  # some units surely die
L1 = {"model.penalty": "l1", "model.sparsity_weight": 0.01}
KL = {"model.penalty": "kl", "model.sparsity_weight": 0.1, "model.activation": "sigmoid"}
L0 = {"model.sparsity_weight": 0.5, "model.bandwidth": 0.05}
SGD = {"train.optimizer": "sgd"}
OPTIMISERS = ("sgd", "adam", "adamw", "signum")
CLASSES, CLUSTERS = {"model.targets": "classes"}, {"model.targets": "clusters", "train.epochs": 3}

CASES = [
    Case("data.set", "digits", [(WEIGHTS, ALL - PIXELS), (SAMPLES, PIXELS)]),
    Case("data.train", 140, [(WEIGHTS, TRAINED), (SAMPLES, UNTRAINED | PIXELS)]),
    Case("data.validation", 60, [(WEIGHTS, TRAINED), (SAMPLES, UNTRAINED | PIXELS)]),
    Case("data.test", 40, [(TEST, ALL)]),
    Case("data.test_part", "last", [(WEIGHTS, TRAINED), (SAMPLES, UNTRAINED | PIXELS)]),
    Case("data.scale", 100, [(WEIGHTS, TRAINED), (SAMPLES, UNTRAINED | PIXELS)]),
    Case("data.patch", 4, [(WEIGHTS, ALL - PIXELS - CLASSIFIER), (SAMPLES, PIXELS)], refused=CLASSIFIER, refusal="has no labels"),
    Case("data.grey", "yes", [(WEIGHTS, ALL - PIXELS), (SAMPLES, PIXELS)]),
    *(Case(key, value, [(WEIGHTS, AUTOENCODERS | RBMS), (OTHER_SAMPLES, UNTRAINED)], given=SUPERPOSITION, refused=CLASSIFIER, refusal="has no labels")
      for key, value in {"data.features": 40, "data.dimensions": 14, "data.true_l0": 5, "data.frequency_exponent": 2, "data.noise": 0.5}.items()),
    Case("data.skip_positions", 1, [(WEIGHTS, AUTOENCODERS | RBMS), (OTHER_SAMPLES, UNTRAINED)], given=DOCUMENTS, refused=CLASSIFIER,
         refusal="has no labels"),
    *(Case("data.normalise", value, [(WEIGHTS, TRAINED), (SAMPLES, UNTRAINED | PIXELS)]) for value in ("standardise", "contrast", "whiten")),

    *(Case("model.kind", value, [(WEIGHTS, other_kinds(value))], refused=JOINTLY if value in NOT_JOINT else set())
      for value in (*RULES, "rbm", "random", "raw", "classifier")),
    Case("model.hidden", 20, [(WEIGHTS, SINGLE | {"rbm", "random"})]),
    Case("model.k", 4, [(WEIGHTS, LARGEST), (KEPT_OF_SAMPLES, UNTRAINED)]),
    Case("model.k", 4, [(WEIGHTS, JUMP), (KEPT_OF_SAMPLES, UNTRAINED)], given=L0 | {"model.penalty": "l0"}, refused=AUTOENCODERS - JUMP,
         refusal="model.penalty"),
    Case("model.alpha", 6, [(WEIGHTS, LARGEST & SEPARATE - SINGLE),  # stacks: each layer is trained on the codes of the one below
                            (CODES, LARGEST & (SINGLE | JOINTLY) | {"random"}), (CODES_OF_CODES, {"random, stacked"})], given={"model.k": 1}),
    Case("model.activation", "sigmoid", [(WEIGHTS, AUTOENCODERS - JUMP | CLASSIFIER), (ACTIVATIONS, UNTRAINED)], refused=JUMP),
    Case("model.activation", "linear", [(WEIGHTS, AUTOENCODERS - JUMP), (ACTIVATIONS, UNTRAINED)],
         given={"model.k": 12, "model.lifetime": 0.5, "train.epochs": 3}, refused=CLASSIFIER | JUMP),
    Case("model.tied", "no", [(WEIGHTS, SEPARATE | UNTRAINED)]),
    Case("model.penalty", "l1", [(WEIGHTS, AUTOENCODERS)], given={"model.sparsity_weight": 0.01}),
    Case("model.penalty", "kl", [(WEIGHTS, AUTOENCODERS - JUMP | RBMS)], given=KL | {"model.penalty": "none"}, refused=JUMP,
         refusal="model.activation"),
    Case("model.penalty", "l0", [(WEIGHTS, JUMP)], given=L0, refused=AUTOENCODERS - JUMP),
    Case("model.sparsity_weight", 0.02, [(WEIGHTS, AUTOENCODERS)], given=L1),
    Case("model.sparsity_weight", 0.02, [(WEIGHTS, AUTOENCODERS - JUMP | RBMS)], given=KL, refused=JUMP, refusal="model.activation"),
    Case("model.sparsity_target", 0.2, [(WEIGHTS, AUTOENCODERS - JUMP | RBMS)], given=KL, refused=JUMP, refusal="model.activation"),
    Case("model.sparsity_decay", 0.2, [(WEIGHTS, RBMS)], given=KL, refused=JUMP, refusal="model.activation"),
    Case("model.lifetime", 0.2, [(WEIGHTS, models("wta"))]),
    Case("model.dropout", 0.5, [(WEIGHTS, AUTOENCODERS - JUMP | RBMS | CLASSIFIER)]),
    Case("model.input_noise", 0.3, [(WEIGHTS, AUTOENCODERS | CLASSIFIER)]),
    *(Case("model.decoder", value, [(WEIGHTS, AUTOENCODERS), (DECODED, UNTRAINED)]) for value in ("relu", "sigmoid")),
    Case("model.pre_bias", "yes", [(WEIGHTS, SEPARATE)], refused=JOINTLY),
    Case("model.visible_bias", "mean", [(WEIGHTS, SEPARATE | RBMS)], refused=JOINTLY),
    Case("model.unit_norm", "yes", [(WEIGHTS, SEPARATE)], refused=JOINTLY),
    Case("model.aux_units", 1, [(WEIGHTS, LARGEST & SEPARATE)], given=DEAD_UNITS | {"model.aux_weight": 1}, refused=JOINTLY,
         refusal="model.aux_weight"),
    Case("model.aux_weight", 1, [(WEIGHTS, LARGEST & SEPARATE)], given=DEAD_UNITS, refused=JOINTLY),
    Case("model.dead_after", 25, [(WEIGHTS, LARGEST & SEPARATE)], given=DEAD_UNITS | {"model.aux_weight": 1}, refused=JOINTLY,
         refusal="model.aux_weight"),
    Case("model.aux_loss", "normalised", [(WEIGHTS, LARGEST & SEPARATE)], given=DEAD_UNITS | {"model.aux_weight": 1, "model.dead_after": 25},
         refused=JOINTLY, refusal="model.aux_weight"),
    Case("model.multi_topk", 0.5, [(WEIGHTS, models("k-sparse", "batch-topk") & SEPARATE)], refused=models("k-sparse", "batch-topk") & JOINTLY),
    Case("model.prefixes", 2, [(WEIGHTS, models("matryoshka-batch-topk"))]),
    Case("model.threshold_start", 0.05, [(WEIGHTS, JUMP)]),
    Case("model.bandwidth", 0.05, [(WEIGHTS, JUMP)]),
    Case("model.cd_steps", 2, [(WEIGHTS, RBMS)]),
    Case("model.persistent", "yes", [(WEIGHTS, RBMS)]),
    *(Case("model.targets", value, [(WEIGHTS, SEPARATE)], refused=JOINTLY) for value in ("classes", "clusters")),
    Case("model.attraction", 0.9, [(WEIGHTS, SEPARATE)], given=CLASSES, refused=JOINTLY, refusal="model.targets"),
    Case("model.repulsion", 0.3, [(WEIGHTS, SEPARATE)], given=CLASSES, refused=JOINTLY, refusal="model.targets"),
    Case("model.attraction", 0.9, [(WEIGHTS, SEPARATE)], given=CLUSTERS, refused=JOINTLY, refusal="model.targets"),
    Case("model.repulsion", 0.3, [(WEIGHTS, SEPARATE)], given=CLUSTERS, refused=JOINTLY, refusal="model.targets"),
    Case("model.clusters", 3, [(WEIGHTS, SEPARATE)], given=CLUSTERS, refused=JOINTLY, refusal="model.targets"),
    Case("model.layers", "12-8", [(WEIGHTS, ALL - PIXELS)]),
    Case("model.training", "joint", [(WEIGHTS, JOINABLE)], refused=SEPARATE - JOINABLE),
    Case("model.training", "greedy", [(WEIGHTS, JOINTLY)]),
    Case("model.start_from", "weights.safetensors", [(WEIGHTS, SINGLE)], refused=RBMS | CLASSIFIER | AUTOENCODERS - SINGLE),
    *(Case("model.output", value, [(WEIGHTS, CLASSIFIER)]) for value in ("sigmoid", "linear")),
    Case("model.biases", "zero", [(WEIGHTS, CLASSIFIER)]),

    Case("train.epochs", 3, [(WEIGHTS, TRAINED)], given={"train.learning_rate_schedule": "constant"}),
    Case("train.samples", 200, [(WEIGHTS, TRAINED - CLASSIFIER)]),
    Case("train.steps_per_epoch", 6, [(WEIGHTS, CLASSIFIER)]),
    Case("train.batch", 30, [(WEIGHTS, TRAINED)]),
    *(Case("train.optimizer", value, [(WEIGHTS, TRAINED)]) for value in ("sgd", "signum")),
    Case("train.optimizer", "adamw", [(WEIGHTS, TRAINED)], given={"train.weight_decay": 0.01}),  # without, it is adam
    *(Case("train.learning_rate", 0.02, [(WEIGHTS, TRAINED)], given={"train.optimizer": value}) for value in OPTIMISERS),
    Case("train.reduction", "sum", [(WEIGHTS, CLASSIFIER)], given=SGD),
    *(Case("train.learning_rate_schedule", value, [(WEIGHTS, TRAINED)]) for value in ("constant", "cosine")),
    Case("train.warmup", 0.5, [(WEIGHTS, TRAINED)]),
    Case("train.cooldown", 0.5, [(WEIGHTS, TRAINED)]),
    Case("train.learning_rate_scaling", "units", [(WEIGHTS, SEPARATE)], refused=JOINTLY),
    *(Case("train.momentum", 0.5, [(WEIGHTS, TRAINED)], given={"train.optimizer": value}) for value in OPTIMISERS),
    *(Case("train.weight_decay", 0.01, [(WEIGHTS, TRAINED)], given={"train.optimizer": value}) for value in OPTIMISERS),
    Case("train.k_start", 7, [(WEIGHTS, LARGEST)]),
    Case("train.k_schedule", 1, [(WEIGHTS, LARGEST)], given={"train.k_start": 7}),
    Case("train.initial_scale", 0.02, [(WEIGHTS, TRAINED | UNTRAINED)]),
    *(Case("train.initial_weights", value, [(WEIGHTS, TRAINED | UNTRAINED)]) for value in ("uniform", "glorot")),
    Case("train.seed", "another", [(WEIGHTS, TRAINED | UNTRAINED), (SAMPLES, PIXELS)]),
    Case("train.momentum_start", 0.2, [(WEIGHTS, TRAINED)], given=SGD | {"train.momentum_schedule": 0.5}),
    Case("train.momentum_schedule", 0.5, [(WEIGHTS, TRAINED)], given=SGD),
    Case("train.momentum_schedule", 0.5, [], refused=TRAINED),  # of adam
    Case("train.weight_average", 0.5, [(WEIGHTS, TRAINED)]),

    *(Case("probe.kind", value, [(OTHER_PROBE, other_probes(value) - ({"raw"} if value == "fine-tune" else set()))],
           refused={name for name in READINGS if name.startswith("raw: ") and value == "fine-tune"}) for value in PROBES),
    Case("probe.every", 1, [(ACCURACY_CURVES, (CODING - readings("fine-tune") | CLASSIFIER) - {
        name for name in CODING if name.startswith(("random", "raw"))})]),
    Case("probe.l2", 0.02, [(FIGURES, readings("softmax"))], says={"probe_l2": 0.02}),
    Case("probe.tolerance", 0.1, [(FIGURES, readings("softmax"))]),
    Case("probe.c", 0.02, [(FIGURES, readings("svm"))], says={"probe_c": 0.02}),
    Case("probe.neighbours", 41, [(FIGURES, readings("knn"))], says={"probe_neighbours": 41}),
    Case("probe.metric", "cosine", [(FIGURES, readings("knn", "centroid", "kmeans"))]),
    Case("probe.units", 1, [(FIGURES, readings("sparse"))]),
    Case("probe.standardise", "yes", [(FIGURES, readings("softmax", "svm"))]),
    Case("probe.refit", "yes", [(REFITTED, CODING - readings("kmeans"))]),
    Case("probe.epochs", 2, [(FIGURES, readings("fine-tune"))]),
    Case("probe.batch", 10, [(FIGURES, readings("fine-tune"))]),
    Case("probe.learning_rate", 0.1, [(FIGURES, readings("fine-tune"))]),
    Case("probe.dropout", 0.5, [(FIGURES, readings("fine-tune"))]),
    Case("probe.input_noise", 0.5, [(FIGURES, readings("fine-tune"))]),
    Case("probe.k", 2, [(FIGURES, readings("fine-tune"))]),
    Case("probe.weight_average", 0.98, [(FIGURES, readings("fine-tune"))]),
    Case("probe.weight_decay", 5, [(FIGURES, readings("fine-tune"))]),
    Case("probe.max_norm", 0.1, [(FIGURES, readings("fine-tune"))]),
    Case("probe.features_rate", 0, [(FIGURES, readings("fine-tune"))]),
]

# --- one sweep of all of it ---


def keys_of_the_program():
    """{full name: default} of all keys of which a grid may have several values."""
    found = {}
    for section, text in re.findall(r"^\[(\w+)\]\n(.*?)(?=^\[|\Z)", ksweep("plan", "--keys").stdout, re.M | re.S):
        for name, default in re.findall(r"^  (\w+) .*?^ +default (\S+);", text, re.M | re.S):
            found[f"{section}.{name}"] = default
    return found


KEYS = keys_of_the_program()
ANOTHER = 1_000_000_000  # added to a seed that is to differ


def pictures(folder):
    """Coloured pictures of ten classes, no test part among them, whole numbers from 0 to 255."""
    random = np.random.default_rng(0)
    n, shape = 1300, (3, 8, 8)
    labels = random.integers(0, 10, n)
    classes = random.uniform(0, 255, (10, *shape)) * (random.uniform(size=(10, *shape)) < 0.3)
    noisy = classes[labels] * random.uniform(0, 1, (n, 1, 1, 1)) + random.normal(0, 60, (n, *shape))
    np.save(folder / "documents.npy", random.normal(size=(300, 3, 12)))
    encoder = random.normal(size=(BASE["model.hidden"], math.prod(shape))).astype("f4") / 10
    write_safetensors(folder / "weights.safetensors", encoder, name="encoder", more={
        "decoder": encoder, "hidden_bias": np.zeros(len(encoder), "f4"), "visible_bias": np.zeros(math.prod(shape), "f4")})
    np.savez(folder / "pictures.npz", x=np.clip(noisy, 0, 255).astype(np.uint8), y=labels)
    return folder / "pictures.npz"


def settings_of(case, name, seed):
    """Without and with the change."""
    without = BASE | {"train.seed": seed} | case.subjects[name] | case.given
    return without, without | {case.key: seed + ANOTHER if case.key == "train.seed" else case.value}


def write_settings(folder, data, settings):
    """A sweep file of these settings: every key in which they differ is an axis, and all axes are zipped."""
    defaults = KEYS | {"data.set": data}
    named = dict.fromkeys(key for setting in settings for key in ("data.set", *setting))
    values = {key: [str(setting.get(key, defaults[key])) for setting in settings] for key in named}
    keys = {key: ", ".join(texts) if len(set(texts)) > 1 else texts[0] for key, texts in values.items()}
    axes = ", ".join(key for key, texts in values.items() if len(set(texts)) > 1)
    return write_sweep(folder, dict.fromkeys(TINY) | keys | {"grid.zip": axes or None})


@dataclass
class Pair:
    """A case with one model, and the numbers {column: value} of its trials: without and with the change, or of the one trial that both are."""
    case: Case
    name: str
    trials: list

    @property
    def seed(self):
        """The pair's own, which tells whose the trials are; further cases leave it as it is."""
        text = f"{self.case.key} = {self.case.value} with {self.name}, given {sorted(self.case.given.items())}"
        return zlib.crc32(text.encode()) % ANOTHER

    def moved(self):
        """Names of the columns that differ; NaN equals NaN."""
        first, last = self.trials[0], self.trials[-1]
        return {name for name in first.keys() | last.keys() if np.asarray(first.get(name)).tobytes() != np.asarray(last.get(name)).tobytes()}

    def __str__(self):
        return f"{self.case.key} = {self.case.value} with {self.name}"


def columns_of_keys(file):
    for key in KEYS:
        names = [key.partition(".")[2], key.replace(".", "_"), key.replace(".", "_") + "_requested"]
        yield names[2] if names[2] in file else names[1] if names[1] in file else names[0]


def numbers_of_trials(folder):
    """[(seed, {column: value})] in the order of the sweep file, without what is no result."""
    with h5py.File(folder / "sweep.h5") as file:
        results = {name for name, values in file.items() if "DIMENSION_LIST" in values.attrs and values.dims[0][0].name == "/trial"
                   and values.attrs["reproducible"][0] == 1} - {*columns_of_keys(file), "trial_id", "specification", "data_hash"}
    columns = {name: column(folder, name) for name in results}
    return [(seed, {name: values[row] for name, values in columns.items()}) for row, seed in enumerate(column(folder, "seed"))]


def shape_of_samples(setting):
    """Nets on samples of different shapes are in different sweeps."""
    return tuple(setting.get(key) for key in ("data.set", "data.patch", "data.grey", "data.dimensions"))


def run_all(folder, settings):
    """Every setting as a trial: [(seed, {column: value})]."""
    data, found = pictures(folder), []
    for i, shape in enumerate(dict.fromkeys(map(shape_of_samples, settings))):
        of_shape = [setting for setting in settings if shape_of_samples(setting) == shape]
        run(write_settings(folder, data, of_shape), folder / f"shape-{i}")
        found += numbers_of_trials(folder / f"shape-{i}")
    return found


@pytest.fixture(scope="module")
def pairs(tmp_path_factory):
    """Of each section, because a sweep file has no room for all."""
    found = []
    for section in ("data", "model", "train", "probe"):
        new = [Pair(case, name, []) for case in CASES for name in case.subjects if case.key.startswith(section) and name not in case.refused]
        of_seed = {pair.seed: pair for pair in new}
        assert len(of_seed) == len(new), "two pairs have one seed"
        settings = [setting for pair in new for setting in settings_of(pair.case, pair.name, pair.seed)]
        for seed, numbers in run_all(tmp_path_factory.mktemp(section), settings):
            of_seed[seed % ANOTHER].trials.append(numbers)
        found += new
    return found


def faults_of(pair):
    """What of the case is not so."""
    moved = pair.moved()
    effect = next((effect for effect, names in pair.case.effects if pair.name in names), None)
    if effect is None:
        return [f"{pair}: moves {', '.join(sorted(moved))}"] if moved else []
    says = {name: pair.trials[-1][name] for name in pair.case.says}
    return [fault for fault, found in [(f"{pair}: moves none of {', '.join(effect.moved)}", not moved & {*effect.moved}),
                                       (f"{pair}: moves {', '.join(sorted(moved & {*effect.kept}))}", moved & {*effect.kept}),
                                       (f"{pair}: {says} in place of {pair.case.says}", says != pair.case.says)] if found]


@pytest.mark.parametrize("key", KEYS)
def test_a_key_moves_the_numbers_that_it_names_and_no_others(pairs, key):
    of_key = [pair for pair in pairs if pair.case.key == key]
    assert of_key, f"{key} has no case: add one to CASES in {__file__}"
    faults = [fault for pair in of_key for fault in faults_of(pair)]
    assert not faults, "\n".join(faults)


def test_every_case_is_of_a_key():
    assert {case.key for case in CASES} - KEYS.keys() == set()


@pytest.mark.parametrize("case", [case for case in CASES if case.refused], ids=lambda case: f"{case.key} = {case.value}")
def test_a_key_that_a_model_cannot_have_is_refused(tmp_path, case):
    for name in case.refused:
        setting = settings_of(case, name, 0)[1]
        done = ksweep("plan", write_settings(tmp_path, pictures(tmp_path), [setting]))
        assert done.returncode == 1 and (case.refusal or case.key) in done.stderr, (name, done.stderr)


# --- what a pair of runs that differ in one key cannot tell ---

NOISY = AUTOENCODERS | CLASSIFIER
RULES_OF_STACK = ("k-sparse", "batch-topk", "plain")


@pytest.mark.parametrize("key", ["model.dropout", "model.input_noise"])
def test_every_epoch_draws_its_noise_anew(tmp_path, key):
    """Without a learning rate and with one mini-batch, an epoch's loss differs from the last one's by its noise alone."""
    still = {"data.train": 150, "train.batch": 150, "train.learning_rate": 0, "train.initial_scale": 0.1}
    settings = [BASE | MODELS[name] | still | {key: share, "train.seed": seed}
                for seed, name in enumerate(sorted(NOISY - (JUMP if key == "model.dropout" else set()))) for share in (0, 0.5)]
    run(write_settings(tmp_path, pictures(tmp_path), settings), tmp_path / "out")
    shares, curves = column(tmp_path / "out", key.partition(".")[2]), column(tmp_path / "out", "train_loss_curve")
    changes = np.abs(curves[:, 1] / curves[:, 0] - 1)
    assert len(changes) == len(settings)
    assert (changes[shares == 0] < 1e-9).all() and (changes[shares > 0] > 1e-6).all(), changes


def weights_of_layers(folder):
    """{kind: {name in the trial's file: weights}}"""
    found = {}
    for path in folder.glob("trials/??/*.h5"):
        with h5py.File(path) as file:
            kind = re.search(r"model\.kind = (.*)", file.attrs["specification"].decode())[1]
            found[kind] = {name: file[name][()] for name in ("encoder_1", "encoder_2")}
    return found


def test_a_rule_chooses_in_the_second_layer_of_a_stack_too(tmp_path):
    """k is all units of the first layer, where these rules are therefore one."""
    keys = BASE | {"data.set": pictures(tmp_path), "model.kind": ", ".join(RULES_OF_STACK), "model.layers": "4-16", "model.k": 4,
                   "train.initial_scale": 0.1, "results.save": "weights"}
    run(write_sweep(tmp_path, keys), tmp_path / "out")
    weights = weights_of_layers(tmp_path / "out")
    for one, other in itertools.combinations(RULES_OF_STACK, 2):
        apart = {name: np.abs(weights[one][name] - weights[other][name]).max() for name in ("encoder_1", "encoder_2")}
        assert apart["encoder_1"] < 1e-5 and apart["encoder_2"] > 1e-3, (one, other, apart)
