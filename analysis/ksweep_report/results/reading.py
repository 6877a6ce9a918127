"""Reads sweep.h5, whose format is src/store/FORMAT.md."""

import hashlib
import io
import math
import re
from dataclasses import dataclass, field, replace
from pathlib import Path

import h5py
import numpy as np

from ..base.errors import ReportError
from ..base.in_child import ChildFault, arrays_from_child
from ..base.wording import valid_text
from .race import COLUMNS as OF_RACE
from .race import race_of

FORMAT_VERSION = 1
MISSING, DONE, FAILED = 0, 1, 2
SEAL, SEAL_LENGTH = rb"\A\nksweep sweep sha256 ([0-9a-f]{64})\n\Z", 86
APART = "trials lack what tells them apart"
REQUIRED = ("trial_id", "status", "k", "seed")
CURVES = ("train_loss_curve", "validation_mse_curve", "validation_accuracy_curve", "test_accuracy_curve", "train_accuracy_curve",
          "output_error_curve", "l0_curve", "dead_units_curve", "validation_fvu_curve", "samples_curve")
CONFUSED = ("confused_class", "confused_with", "confused_samples")
VECTORS = ("epoch", *CURVES, "test_accuracy_per_class", "test_samples_per_class", *CONFUSED, "density_histogram")
CONFUSION = "test_confusion"
MOST_SUMMED = 512   # classes: the matrices of more are not looked into for all trials
AT_ONCE = 1 << 22   # numbers of confusion matrices in memory
BEST = ("best_k", "best_trial", "filters")
# What columns are where they are there at all; of others both will do.
TEXTS = ("trial_id", "reason", "host", "instruction_set", "specification", "data_hash", "weights_sha256", "kind", "data_set")
NUMBERS = ("trial", "in_grid", "status", "k", "seed", "test_accuracy", "validation_accuracy", "train_accuracy", "train_loss", "validation_mse",
           "test_mse", "wall_time_s", "train_time_s", "probe_time_s", "started_unix_s", "predicted_time_s", "rank", "threads", "probe_l2",
           "probe_gradient", "sparsity_weight", "epochs_done", "dead_units", "l0_training", "l0_encoding", "data_patch")


@dataclass(frozen=True)
class BestOfK:
    """Decoder images of the best trial of one k.

    images: (filter, channel, height, width), NaN where there is no unit.
    """
    k: int
    trial_id: str
    images: np.ndarray


@dataclass(frozen=True)
class Sweep:
    """One sweep.  Columns have one value for each planned trial, finished or not."""
    file_name: str
    folder: Path
    attributes: dict
    columns: dict
    axes: tuple
    epochs: np.ndarray
    curves: dict = field(default_factory=dict)   # name -> (trial, epoch)
    class_accuracy: np.ndarray = None            # (trial, class)
    class_samples: np.ndarray = None             # (trial, class): test samples, where there are too many classes for a matrix
    confused: np.ndarray = None                  # (3, trial, confusion): true class, predicted class, samples; likewise
    test_samples: np.ndarray = None              # (trial), 0 where unknown
    content: bytes = field(default=b"", repr=False)   # the file, if it has confusion matrices, which confusions.py reads a few of
    file_rows: np.ndarray = None                 # (trial): its row in the file
    best: tuple = ()
    looked_at_by: dict = field(default_factory=dict)   # key's column -> (kinds of model, kinds of probe or none) that look at it; {} in old files
    density: np.ndarray = None                   # (trial, density bin): hidden units
    race: object = None                          # how its settings raced over the seeds; None if all trials were to be trained

    @property
    def title(self):
        return self.attributes.get("title") or valid_text(self.file_name)

    @property
    def class_names(self):
        """Labels of the classes as the data files hold them, where all data sets of the sweep have the same; else none."""
        sets = {tuple(line.split("\t")[1:]) for line in str(self.attributes.get("class_labels", "")).splitlines()}
        return sets.pop() if len(sets) == 1 else ()

    def class_name(self, number):
        return self.class_names[number] if number < len(self.class_names) else str(number)

    @property
    def data_notes(self):
        """What the program says of the data sets: what was guessed or passed over, and what looks wrong."""
        return [line for line in str(self.attributes.get("data_notes", "")).splitlines() if line]

    @property
    def status(self):
        return self.columns["status"]

    def __len__(self):
        return len(self.status)


def read_sweep(path, all_trials=False):
    """Reads one sweep file: the trials of the grid that was run last, or all that were run into its folder.

    Raises ReportError if it is none, or one that this version cannot read.
    """
    path = Path(path)
    if not path.exists():
        raise ReportError(f"{path}: no such file. A sweep writes it as results/NAME/sweep.h5: run `ksweep run` first.")
    if path.is_dir():
        raise ReportError(f"{path}: is a folder. Give the file in it: {path / 'sweep.h5'}")
    if not path.is_file():
        raise ReportError(f"{path}: is a pipe or a device, not a file. Give the sweep.h5 of a sweep.")
    try:
        content = _sealed_content(path)
        facts, arrays = arrays_from_child(lambda: _read(content, path), len(content))
        return _of_grid(_sweep(path, facts, arrays, content), all_trials)
    except (OSError, ChildFault) as error:
        raise ReportError(f"{path}: cannot be read as a sweep ({_first_line(error)}). Give the sweep.h5 of a sweep; "
                          "if this is one, run `ksweep run` again, which rebuilds it.") from error


def _sealed_content(path):
    """What stands before the last line, which has to be its checksum: HDF5 itself may crash on damaged files."""
    content = path.read_bytes()
    seal = re.search(SEAL, content[-SEAL_LENGTH:])
    if not seal:
        raise ReportError(f"{path}: cannot be read as a sweep (its last line is no checksum, as ksweep writes it: it is another file, or "
                          "was cut short or changed). Give the sweep.h5 of a sweep; if this is one, run `ksweep run` again, which "
                          "rebuilds it from the finished trials, or copy it once more.")
    if hashlib.sha256(memoryview(content)[:-SEAL_LENGTH]).hexdigest().encode() != seal[1]:
        raise ReportError(f"{path}: is damaged: its content does not have the checksum in its last line. Run `ksweep run` "
                          "again, which rebuilds it from the finished trials, or copy it once more.")
    return content[:-SEAL_LENGTH]


def _first_line(error):
    lines = str(error).splitlines()
    return lines[0] if lines else type(error).__name__


def _read(content, path):
    """In the child: all that a Sweep needs, texts and numbers apart."""
    with h5py.File(io.BytesIO(content), "r") as file:
        attributes = {name: _plain(value) for name, value in file.attrs.items()}
        _check_kind_of_file(file, attributes, path)
        n_trials = len(file["status"])
        names = [name for name in _names(file) if _is_column(name, file[name], n_trials)]
        axes = [name for name in names if int(file[name].attrs.get("axis", 0)) == 1]
        looked_at_by = {name: [str(_plain(file[name].attrs.get(which, ""))).split() for which in ("concerns", "probes")]
                        for name in names if "concerns" in file[name].attrs}
        found = {name: _array(file[name]) for name in names}
        found |= {f"vector {name}": _array(file[name]) for name in VECTORS if name in file}
        n_classes = _classes_of_matrices(file, n_trials)
        if 0 < n_classes <= MOST_SUMMED:
            found["test samples"] = _sums_of_matrices(file[CONFUSION])
        found |= {f"best {name}": _array(file[name]) for name in BEST if all(each in file for each in BEST)}
        found |= {f"race {name}": _array(file[name]) for name in OF_RACE if isinstance(file.get(name), h5py.Dataset)}
    texts = {name: values.tolist() for name, values in found.items() if values.dtype == object}
    arrays = {name: values for name, values in found.items() if values.dtype != object}
    return {"attributes": attributes, "names": names, "axes": axes, "looked_at_by": looked_at_by, "texts": texts,
            "n_classes": n_classes}, arrays


def _classes_of_matrices(file, n_trials):
    """0 without any, -1 where they do not fit the trials."""
    if CONFUSION not in file:
        return 0
    table = file[CONFUSION]
    fits = isinstance(table, h5py.Dataset) and table.dtype.kind in "iuf" and table.ndim == 3
    return int(table.shape[1]) if fits and table.shape[0] == n_trials and table.shape[1] == table.shape[2] else -1


def _sums_of_matrices(table):
    """(trial): the samples that each counts, never many matrices at once."""
    step = max(1, AT_ONCE // max(1, table.shape[1] ** 2))
    sums = [np.maximum(table[first:first + step], 0).sum(axis=(1, 2)) for first in range(0, len(table), step)]
    return np.concatenate(sums).astype(np.int64)


def _sweep(path, facts, arrays, content):
    """Raises ChildFault where its parts do not fit each other."""
    found = arrays | {name: np.array([*values, None], dtype=object)[:-1] for name, values in facts["texts"].items()}
    attributes, columns = facts["attributes"], {name: found[name] for name in facts["names"]}
    vectors = {name: found.get(f"vector {name}") for name in VECTORS}
    epochs = vectors["epoch"] if vectors["epoch"] is not None else np.zeros(0, int)
    _check_columns(columns)
    _check_vectors(vectors, len(columns["status"]), len(epochs), facts["n_classes"])
    samples = vectors["test_samples_per_class"]
    race = race_of(attributes, {name: found[f"race {name}"] for name in OF_RACE if f"race {name}" in found}, _settings(columns, facts["axes"]))
    return Sweep(file_name=path.name, folder=path.resolve().parent, attributes=attributes, columns=columns, axes=tuple(facts["axes"]), epochs=epochs,
                 curves={name: vectors[name] for name in CURVES if vectors[name] is not None},
                 class_accuracy=vectors["test_accuracy_per_class"], class_samples=samples, confused=_confused(vectors),
                 test_samples=found.get("test samples", None if samples is None else np.nansum(samples, axis=1).astype(np.int64)),
                 content=content if facts["n_classes"] else b"", file_rows=np.arange(len(columns["status"])), density=vectors["density_histogram"],
                 best=_best([found.get(f"best {name}") for name in BEST], attributes.get("image_shape")), looked_at_by=facts["looked_at_by"],
                 race=race)


def _settings(columns, axes):
    """(trial) its values of the grid's axes but for the seed; None of trials that the grid does not ask for."""
    in_grid = columns.get("in_grid", np.ones(len(columns["status"]), np.uint8)) != 0
    values = [columns[axis].tolist() for axis in axes if axis != "seed"]
    return [tuple(each[row] for each in values) if asked_for else None for row, asked_for in enumerate(in_grid)]


def _confused(vectors):
    parts = [vectors[name] for name in CONFUSED]
    if any(part is None for part in parts):
        return None
    _must(len({part.shape for part in parts}) == 1, "the confusions have another shape")
    return np.stack(parts)


def _must(fits, what):
    if not fits:
        raise ChildFault(f"{what}, as in no file of ksweep")


def _check_columns(columns):
    for name, values in columns.items():
        is_text = values.dtype == object
        _must(is_text or values.dtype.kind in "iuf", f"{name} is neither text nor number")
        _must(is_text == (name in TEXTS) if name in TEXTS or name in NUMBERS else True, f"{name} is of another kind")
    _must(all(name in columns for name in REQUIRED), APART)
    _must(np.isin(columns["status"], (MISSING, DONE, FAILED)).all(), "a trial has an unknown status")
    _must(len(columns["status"]) > 0, "there is no trial")


def _check_vectors(vectors, n_trials, n_epochs, n_classes):
    shapes = {name: (n_trials, n_epochs) for name in CURVES} | {"epoch": (n_epochs,), "density_histogram": (n_trials, None)}
    shapes |= {name: (n_trials, None) for name in ("test_accuracy_per_class", "test_samples_per_class", *CONFUSED)}
    for name, shape in shapes.items():
        values = vectors[name]
        if values is None:
            continue
        fits = values.dtype.kind in "iuf" and values.ndim == len(shape)
        _must(fits and all(wanted in (None, length) for wanted, length in zip(shape, values.shape)), f"{name} has another shape")
    _must(n_classes >= 0, f"{CONFUSION} has another shape")
    accuracy, samples = vectors["test_accuracy_per_class"], vectors["test_samples_per_class"]
    _must(accuracy is None or samples is None or accuracy.shape == samples.shape, "test_samples_per_class has another number of classes")
    fits = accuracy is None or n_classes == 0 or accuracy.shape[1] == n_classes or samples is not None
    _must(fits, f"{CONFUSION} has another number of classes")


def _best(parts, shape):
    if any(part is None for part in parts):
        return ()
    ks, ids, images = parts
    fits = isinstance(shape, list) and len(shape) == 3 and all(isinstance(length, int) and length > 0 for length in shape)
    _must(fits and images.dtype.kind == "f" and images.ndim == 3 and images.shape[2] == math.prod(shape), "the filters have another shape")
    _must(ks.dtype.kind in "iu" and ids.dtype == object and ks.shape == ids.shape == images.shape[:1], "the best trials have another shape")
    return tuple(BestOfK(int(k), ids[i], images[i].reshape((-1, *shape))) for i, k in enumerate(ks))


def _of_grid(sweep, all_trials):
    """Without the rows of trials that the grid does not ask for; or with them, and every key in which trials differ as an axis.
    Always without those that a race has ended without or whose settings have left it."""
    columns = dict(sweep.columns)
    in_grid = columns.pop("in_grid", np.ones(len(sweep), np.uint8)) != 0
    _must(in_grid.any(), "no trial is of its grid")
    asked_for = np.ones(len(sweep), bool)
    if sweep.race:
        asked_for = sweep.race.may_ask_for(sweep.status == MISSING)
        sweep = replace(sweep, race=replace(sweep.race, n_planned=int(in_grid.sum()), n_trained=int((in_grid & (sweep.status != MISSING)).sum())))
    if all_trials and not in_grid.all():
        return replace(_rows(sweep, columns, asked_for), axes=(*sweep.axes, *_differing_keys(sweep)))
    return _rows(sweep, columns, in_grid & asked_for)


def _rows(sweep, columns, wanted):
    def kept(values):
        return None if values is None else values[wanted]

    return replace(sweep, columns={name: values[wanted] for name, values in columns.items()},
                   curves={name: values[wanted] for name, values in sweep.curves.items()},
                   class_accuracy=kept(sweep.class_accuracy), class_samples=kept(sweep.class_samples), test_samples=kept(sweep.test_samples),
                   file_rows=kept(sweep.file_rows), confused=None if sweep.confused is None else sweep.confused[:, wanted],
                   density=kept(sweep.density), race=sweep.race and sweep.race.of_rows(wanted))


def _differing_keys(sweep):
    specifications = sweep.columns.get("specification", np.zeros(0, object))
    keys = dict.fromkeys(line.partition(" = ")[0] for text in set(specifications) for line in text.splitlines())
    names = {re.sub(r"^(model|train)_", "", key.replace(".", "_")) for key in keys}
    names |= {f"{name}_requested" for name in names}
    return [name for name, values in sweep.columns.items() if name in names and name not in sweep.axes and len(set(values.tolist())) > 1]


def _check_kind_of_file(file, attributes, path):
    if not str(attributes.get("Conventions", "")).startswith("ksweep-"):
        raise ReportError(f"{path}: is HDF5, but not a sweep: the attribute Conventions does not say ksweep. "
                          "Give the sweep.h5 of a sweep.")
    if attributes.get("format_version") != FORMAT_VERSION:
        raise ReportError(f"{path}: has format version {attributes.get('format_version')}, this report reads version "
                          f"{FORMAT_VERSION}. Use the report that came with the ksweep that wrote the file.")
    absent = [name for name in REQUIRED if name not in file]
    if absent:
        raise ReportError(f"{path}: lacks the variable {absent[0]}, without which trials cannot be compared. "
                          "Run `ksweep run` again, which rebuilds the file.")
    _must(isinstance(file["status"], h5py.Dataset) and file["status"].ndim > 0, APART)


def _names(file):
    """In the order in which they were written, where the file keeps it."""
    names = []
    try:
        file.id.links.iterate(lambda name: names.append(name.decode()), idx_type=h5py.h5.INDEX_CRT_ORDER)
    except (RuntimeError, ValueError):
        return list(file)
    return names


def _is_column(name, item, n_trials):
    """Other dimensions may happen to be as long: the attached scale tells, where there is one."""
    if not isinstance(item, h5py.Dataset) or item.shape != (n_trials,):
        return False
    if name == "trial" or h5py.h5ds.is_scale(item.id):
        return name == "trial"
    return len(item.dims[0]) == 0 or item.dims[0][0].name == "/trial"


def _plain(value):
    if isinstance(value, bytes | str):
        return valid_text(value)
    if isinstance(value, np.ndarray):
        return value.item() if value.size == 1 else value.tolist()
    return value.item() if isinstance(value, np.generic) else value


def _array(dataset):
    if h5py.check_string_dtype(dataset.dtype):
        return dataset.asstr(errors="backslashreplace")[...].astype(object)
    return dataset[...]
