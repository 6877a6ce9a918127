"""Small sweep files in the format of src/store/FORMAT.md, with made-up numbers that follow a known law."""

import contextlib
import hashlib
import itertools

import h5py
import numpy as np

MISSING, DONE, FAILED = 0, 1, 2
SCALARS = ("test_accuracy", "validation_accuracy", "train_accuracy", "train_loss", "validation_mse", "test_mse",
           "test_fraction_of_variance_explained", "l0_training", "l0_encoding", "dead_units", "probe_l2", "epochs_done",
           "train_time_s", "probe_time_s", "wall_time_s", "started_unix_s", "predicted_time_s", "rank", "threads")
N_CLASSES, N_EPOCHS, N_FILTERS, N_TEST, N_DENSITY_BINS = 10, 8, 100, 10_000, 25
SEAL_LENGTH = 86
NO_KEYS = ("status", "reason", "results")


def trial(k=25, weight=0.0, seed=0, kind="k-sparse", status=DONE, reason="", **more):
    """One planned trial; `more` are further keys, such as alpha or activation; of them `results` replaces made-up numbers."""
    return {"kind": kind, "k": k, "sparsity_weight": weight, "seed": seed, "status": status, "reason": reason, **more}


def product(ks, weights=(0.0,), seeds=(0, 1, 2), **more):
    return [trial(k, weight, seed, **more) for k, weight, seed in itertools.product(ks, weights, seeds)]


def baselines(ks, seeds):
    return [trial(0, 0.0, seed, kind="raw") for seed in seeds] + [trial(k, 0.0, seed, kind="random") for k in ks for seed in seeds]


def accuracy_of(each, part):
    """An interior optimum near k = 25; the effect of a seed is the same at every k, up to a small rest."""
    if each["kind"] == "raw":
        level = 0.9255
    elif each["kind"] == "random":
        level = 0.935 + 0.004 * np.log10(max(each["k"], 1))
    else:
        level = 0.984 - 0.02 * np.log10(max(each["k"], 1) / 25) ** 2 - 0.4 * abs(each["sparsity_weight"] - 0.001)
    noise = np.random.default_rng([each["seed"], each["k"], int(1e6 * each["sparsity_weight"]), part])
    shared = np.random.default_rng([each["seed"], part])
    return level + 0.0008 * shared.standard_normal() + 0.0004 * noise.standard_normal()


def scalars_of(each):
    test, validation = accuracy_of(each, 0), accuracy_of(each, 1)
    k, noise = max(each["k"], 1), np.random.default_rng([each["seed"], each["k"]])
    seconds = 20 + 0.3 * k + noise.uniform(0, 3)
    trained = each["kind"] == "k-sparse"
    values = {"test_accuracy": test, "validation_accuracy": validation, "train_accuracy": test + 0.01,
              "probe_l2": 1e-4, "train_time_s": seconds if trained else 0.0, "probe_time_s": 4.0,
              "wall_time_s": seconds + 4.5, "started_unix_s": 1.7e9 + each["seed"], "predicted_time_s": seconds,
              "rank": each["seed"] % 2, "threads": 2.0}
    if trained:
        values |= {"train_loss": 30 / np.sqrt(k), "test_mse": 0.05 / np.sqrt(k) * noise.uniform(0.97, 1.03),
                   "validation_mse": 0.05 / np.sqrt(k), "epochs_done": N_EPOCHS, "l0_training": 0.98 * k,
                   "test_fraction_of_variance_explained": 1 - 0.8 / np.sqrt(k), "l0_encoding": 2.9 * k,
                   "dead_units": np.round(500 / np.sqrt(k) + noise.uniform(0, 10))}
    return values | each.get("results", {})


def activations(ks, hidden=(512,), seeds=(0, 1, 2, 3, 4, 5), true_l0=20, **more):
    """Trials of a sweep on activations without labels, of a known dictionary: variance unexplained falls with k, c_dec is smallest and the most
    true features are found near the true L0."""
    return [trial(k, seed=seed, hidden=width, samples=8000, **more, results=_of_activations(k, width, seed, true_l0))
            for k, width, seed in itertools.product(ks, hidden, seeds)]


def _of_activations(k, hidden, seed, true_l0):
    noise, off = np.random.default_rng([k, hidden, seed]), np.log2(k / true_l0)
    seed_effect = 1 + 0.01 * np.random.default_rng(seed).standard_normal()
    fvu = 0.6 * (k * np.sqrt(hidden / 512)) ** -0.7 * seed_effect * (1 + 0.004 * noise.standard_normal())
    return {"validation_fvu": 1.01 * fvu, "test_fvu": fvu, "l0_training": 0.97 * k + 0.02 * noise.uniform(), "test_cosine": np.sqrt(1 - fvu),
            "test_norm_ratio": 1 - fvu / 2, "dead_units_validation": np.round(hidden * (0.02 + 0.06 * abs(off)) + noise.uniform(0, 3)),
            "dead_units": np.round(hidden * 0.01), "always_on_units": 0.0, "largest_decoder_cosine": 0.5,
            "mean_decoder_cosine": 0.1 + 0.01 * off ** 2 + 0.0005 * noise.standard_normal(),
            "true_mcc": 0.9 - 0.04 * off ** 2 + 0.002 * noise.standard_normal(), "true_uniqueness": 0.8, "true_found": 0.7}


def write_sweep(path, trials, title="Accuracy versus k on digits", probe_every=0, image_shape=(1, 8, 8), leave_out=(),
                format_version=1, conventions="ksweep-1", measured=True, curves_of="k-sparse", attributes=None, looked_at_by=None):
    """measured: False writes accuracies as NaN, as of data without labels.  curves_of: a kind that has learning curves, too.

    looked_at_by: key's column -> (kinds of model, kinds of probe) that look at it; without it the file is as of before 0.2.
    """
    with h5py.File(path, "w", libver=("earliest", "v108"), track_order=True) as file:
        _attributes(file, trials, title, format_version, conventions, image_shape)
        file.attrs.update(attributes or {})
        _scale(file, "trial", np.arange(len(trials), dtype=np.int32))
        _columns(file, trials, measured)
        if any(each["status"] == DONE for each in trials):
            _scale(file, "epoch", np.arange(1, N_EPOCHS + 1, dtype=np.int32))
            _scale(file, "class", np.arange(N_CLASSES, dtype=np.int32))
            _scale(file, "predicted_class", np.arange(N_CLASSES, dtype=np.int32))
            _classes(file, trials)
            _curves(file, trials, probe_every, ("k-sparse", curves_of))
            _filters(file, trials, image_shape)
        for name, (kinds, probes) in (looked_at_by or {}).items():
            file[name].attrs.update({"concerns": kinds, **({"probes": probes} if probes else {})})
        for name in leave_out:
            del file[name]
    return seal(path)


def seal(path):
    """Writes the line that ksweep writes behind the end of the HDF5 file."""
    content = path.read_bytes()
    path.write_bytes(content + b"\nksweep sweep sha256 " + hashlib.sha256(content).hexdigest().encode() + b"\n")
    return path


@contextlib.contextmanager
def edited(path):
    """A sweep file, open to be changed; its last line is right again afterwards."""
    path.write_bytes(path.read_bytes()[:-SEAL_LENGTH])
    with h5py.File(path, "r+") as file:
        yield file
    seal(path)


def _attributes(file, trials, title, format_version, conventions, image_shape):
    axes = [full_key(name) for name in _axes(trials)]
    status = [each["status"] for each in trials]
    file.attrs.update({
        "Conventions": conventions, "format_version": format_version, "title": title, "axes": ", ".join(axes),
        "n_trials": len(trials), "n_done": status.count(DONE), "n_failed": status.count(FAILED),
        "image_shape": np.array(image_shape, np.int32), "results_sha256": "ab" * 32, "generator": "ksweep",
        "version": "0.1.0", "commit": "a971016", "command": "mpirun -n 2 ksweep run jobs/mnist-k.cfg --set 'train.seed=0..2'",
        "sweep_text": "title = Accuracy versus k\n[model]\nk = 10, 25, 40, 70\n", "overrides": "", "data_hash": "cd" * 32,
        "data_source": "digits (built in)", "compiler": "GNU 12.2.0", "compiler_flags": "-O3 -DNDEBUG",
        "cpu": "Some CPU @ 2.00GHz", "instruction_set": "avx512", "ranks": "2", "threads": "2", "hosts": "node1, node2",
        "mpi_library": "Open MPI 4.1.4", "hdf5_library": "1.10.8", "slurm_job": "", "created": "2024-01-01T00:00:00Z",
        "finished": "2024-01-01T01:00:00Z"})


def full_key(name):
    section, _, rest = name.partition("_")
    if section in ("data", "probe"):
        return f"{section}.{rest}"
    return f"train.{name}" if name in ("seed", "epochs", "samples") else f"model.{name}"


def _axes(trials):
    names = [name for name in trials[0] if name not in NO_KEYS]
    return [name for name in names if len({each[name] for each in trials}) > 1]


def _scale(file, name, values):
    file.create_dataset(name, data=values).make_scale(name)


def _variable(file, name, values, dimensions, units="1"):
    variable = file.create_dataset(name, data=values)
    variable.attrs.update({"long_name": name, "units": units, "reproducible": 1})
    for i, dimension in enumerate(dimensions):
        variable.dims[i].attach_scale(file[dimension])
    return variable


def _text(values):
    return np.array(list(values), dtype=h5py.string_dtype())


def trial_id(position):
    return f"{position:016x}"


def _columns(file, trials, measured):
    on_trial = ("trial",)
    _variable(file, "trial_id", _text(map(trial_id, range(len(trials)))), on_trial)
    _variable(file, "status", np.array([each["status"] for each in trials], np.uint8), on_trial)
    _variable(file, "reason", _text(each["reason"] for each in trials), on_trial)
    _variable(file, "host", _text("node1" if each["status"] else "" for each in trials), on_trial)
    _variable(file, "specification", _text(map(_specification, trials)), on_trial)
    axes = _axes(trials)
    for name in (name for name in trials[0] if name not in NO_KEYS):
        values = [each[name] for each in trials]
        values = _text(values) if isinstance(values[0], str) else np.array(values)
        _variable(file, name, values, on_trial).attrs["axis"] = int(name in axes)
    for name in dict.fromkeys((*SCALARS, *(name for each in trials for name in each.get("results", {})))):
        values = [scalars_of(each).get(name, np.nan) if each["status"] == DONE else np.nan for each in trials]
        if not measured and "accuracy" in name:
            values = [np.nan] * len(trials)
        _variable(file, name, np.array(values), on_trial, "s" if name.endswith("_s") else "1")


def _specification(each):
    keys = [name for name in each if name not in (*NO_KEYS, "seed")]
    return "data.set = digits\n" + "".join(f"{full_key(name)} = {each[name]}\n" for name in keys) + f"train.seed = {each['seed']}\n"


def _classes(file, trials):
    accuracy = np.full((len(trials), N_CLASSES), np.nan)
    confusion = np.full((len(trials), N_CLASSES, N_CLASSES), -1, np.int32)
    for row, each in enumerate(trials):
        if each["status"] == DONE:
            noise = np.random.default_rng([row, 3])
            accuracy[row] = accuracy_of(each, 0) - np.linspace(-0.01, 0.01, N_CLASSES) + 0.002 * noise.standard_normal(N_CLASSES)
            confusion[row] = noise.poisson(1.5, (N_CLASSES, N_CLASSES))
            confusion[row, 4, 9] += 8
            confusion[row][np.diag_indices(N_CLASSES)] = 0
            confusion[row][np.diag_indices(N_CLASSES)] = N_TEST // N_CLASSES - confusion[row].sum(axis=1)
    _variable(file, "test_accuracy_per_class", accuracy, ("trial", "class"))
    _variable(file, "test_confusion", confusion, ("trial", "class", "predicted_class"))


def _curves(file, trials, probe_every, kinds):
    epochs = np.arange(1, N_EPOCHS + 1)
    loss = np.full((len(trials), N_EPOCHS), np.nan)
    accuracy = loss.copy()
    for row, each in enumerate(trials):
        if each["status"] == DONE and each["kind"] in kinds:
            loss[row] = 30 / np.sqrt(max(each["k"], 1)) * (1 + 2 / epochs) + 0.1 * each["seed"]
            if probe_every:
                probed = epochs % probe_every == 0
                accuracy[row, probed] = accuracy_of(each, 1) - 0.05 / epochs[probed]
    _variable(file, "train_loss_curve", loss, ("trial", "epoch"))
    _variable(file, "validation_accuracy_curve", accuracy, ("trial", "epoch"))
    if any("test_fvu" in each.get("results", {}) for each in trials):
        final = np.array([[each.get("results", {}).get("validation_fvu", np.nan) if each["status"] == DONE else np.nan] for each in trials])
        _variable(file, "validation_fvu_curve", final * (1 + 3 / epochs), ("trial", "epoch"))
        _scale(file, "density_bin", np.arange(N_DENSITY_BINS, dtype=np.int32))
        _variable(file, "density_histogram", np.where(np.isfinite(final), 10.0 * (np.arange(N_DENSITY_BINS) % 5), np.nan), ("trial", "density_bin"))
        _variable(file, "samples_curve", np.where(np.isfinite(final), 1000.0 * epochs, np.nan), ("trial", "epoch"))


def _filters(file, trials, image_shape):
    done = [row for row, each in enumerate(trials) if each["status"] == DONE and each["kind"] == "k-sparse"]
    ks = sorted({trials[row]["k"] for row in done})
    if not ks:
        return
    n_pixels = int(np.prod(image_shape))
    best = [max((row for row in done if trials[row]["k"] == k), key=lambda row: accuracy_of(trials[row], 1)) for k in ks]
    images = np.stack([_blobs(np.random.default_rng(k), image_shape) for k in ks]).astype(np.float32)
    images[:, -3:] = np.nan
    _scale(file, "best_k", np.array(ks, np.int32))
    _scale(file, "filter", np.arange(N_FILTERS, dtype=np.int32))
    _scale(file, "pixel", np.arange(n_pixels, dtype=np.int32))
    _variable(file, "best_trial", _text(map(trial_id, best)), ("best_k",))
    _variable(file, "filters", images, ("best_k", "filter", "pixel"))


def _blobs(noise, image_shape):
    """(filter x pixel): a smooth spot at a random place in each."""
    channels, height, width = image_shape
    y, x = np.mgrid[:height, :width]
    spots = []
    for _ in range(N_FILTERS):
        cy, cx, size = noise.uniform(0, height), noise.uniform(0, width), noise.uniform(1, max(1, height / 4))
        spot = np.exp(-((y - cy) ** 2 + (x - cx) ** 2) / (2 * size ** 2))
        spots.append(np.concatenate([noise.uniform(-1, 1) * spot.ravel() for _ in range(channels)]))
    return np.array(spots)


def replace_variable(file, name, values):
    """The same dimensions with other values."""
    scales = [axis[0].name.removeprefix("/") for axis in file[name].dims]
    del file[name]
    _variable(file, name, np.asarray(values), scales)


def with_many_classes(path, n_classes, as_matrix=False):
    """Gives a sweep so many classes with 50 test samples each, class 17 being the worst: in 30 samples it is taken for class 4321, or the last
    one.  as_matrix: as confusion matrices, of which only one trial of k = 25 has any."""
    other = min(4321, n_classes - 1)
    noise = np.random.default_rng(0)
    with edited(path) as file:
        for name in ("test_accuracy_per_class", "test_confusion", "class", "predicted_class"):
            del file[name]
        n_trials = len(file["trial"])
        wrong = noise.binomial(10, 0.2, (n_trials, n_classes))
        wrong[:, 17] = 30
        _scale(file, "class", np.arange(n_classes, dtype=np.int32))
        _variable(file, "test_accuracy_per_class", 1 - wrong / 50, ("trial", "class"))
        (_as_matrix if as_matrix else _as_list)(file, wrong, other)
    return path


def _as_list(file, wrong, other):
    n_trials, n_classes = wrong.shape
    _scale(file, "confusion", np.arange(1000, dtype=np.int32))
    worst = np.argsort(-wrong, axis=1, kind="stable")[:, :1000]
    listed = np.full((3, n_trials, 1000), np.nan)
    listed[:, :, :worst.shape[1]] = worst, np.where(worst == 17, other, (worst + 1) % n_classes), np.take_along_axis(wrong, worst, axis=1)
    for name, values in zip(("confused_class", "confused_with", "confused_samples"), listed):
        _variable(file, name, values, ("trial", "confusion"))
    _variable(file, "test_samples_per_class", np.full((n_trials, n_classes), 50.0), ("trial", "class"))


def _as_matrix(file, wrong, other):
    n_trials, n_classes = wrong.shape
    _scale(file, "predicted_class", np.arange(n_classes, dtype=np.int32))
    step = max(1, (1 << 18) // n_classes)
    table = file.create_dataset("test_confusion", (n_trials, n_classes, n_classes), np.int32, chunks=(1, step, n_classes), fillvalue=-1,
                                compression="gzip", compression_opts=1, shuffle=True)
    for i, name in enumerate(("trial", "class", "predicted_class")):
        table.dims[i].attach_scale(file[name])
    row = int(np.flatnonzero(file["k"][...] == 25)[0])
    for first in range(0, n_classes, step):
        classes = np.arange(first, min(first + step, n_classes))
        block = np.zeros((len(classes), n_classes), np.int32)
        block[np.arange(len(classes)), classes] = 50 - wrong[row, classes]
        block[np.arange(len(classes)), np.where(classes == 17, other, (classes + 1) % n_classes)] += wrong[row, classes].astype(np.int32)
        table[row, first:first + len(classes)] = block
