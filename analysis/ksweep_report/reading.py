"""Reads sweep.h5, whose format is src/store/FORMAT.md."""

import hashlib
import os
import re
from dataclasses import dataclass, field
from pathlib import Path

# The file is replaced whole and never written in place, so no lock is needed; on NFS and Lustre locks may fail.
os.environ.setdefault("HDF5_USE_FILE_LOCKING", "FALSE")

import h5py
import numpy as np

from .errors import ReportError
from .wording import valid_text

FORMAT_VERSION = 1
MISSING, DONE, FAILED = 0, 1, 2
SEAL, SEAL_LENGTH = rb"\A\nksweep sweep sha256 ([0-9a-f]{64})\n\Z", 86
REQUIRED = ("trial_id", "status", "k", "seed")
CURVES = ("train_loss_curve", "validation_mse_curve", "validation_accuracy_curve", "test_accuracy_curve", "train_accuracy_curve",
          "output_error_curve", "l0_curve", "dead_units_curve")


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
    confusion: np.ndarray = None                 # (trial, class, predicted class)
    best: tuple = ()

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


def read_sweep(path):
    """Reads one sweep file.  Raises ReportError if it is none, or one that this version cannot read."""
    path = Path(path)
    if not path.exists():
        raise ReportError(f"{path}: no such file. A sweep writes it as results/NAME/sweep.h5: run `ksweep run` first.")
    if path.is_dir():
        raise ReportError(f"{path}: is a folder. Give the file in it: {path / 'sweep.h5'}")
    try:
        _check_seal(path)
        with h5py.File(path, "r") as file:
            return _read(file, path)
    except (OSError, KeyError, ValueError, RuntimeError) as error:
        raise ReportError(f"{path}: cannot be read as a sweep ({_first_line(error)}). Give the sweep.h5 of a sweep; "
                          "if this is one, it was cut short: run `ksweep run` again, which rebuilds it.") from error


def _check_seal(path):
    """Compares the checksum behind the file's end, where there is one: HDF5 itself may crash on damaged files."""
    content = path.read_bytes()
    seal = re.search(SEAL, content[-SEAL_LENGTH:])
    if seal and hashlib.sha256(memoryview(content)[:-SEAL_LENGTH]).hexdigest().encode() != seal[1]:
        raise ReportError(f"{path}: is damaged: its content does not have the checksum in its last line. Run `ksweep run` "
                          "again, which rebuilds it from the finished trials, or copy it once more.")


def _first_line(error):
    lines = str(error).splitlines()
    return lines[0] if lines else type(error).__name__


def _read(file, path):
    attributes = {name: _plain(value) for name, value in file.attrs.items()}
    _check_kind_of_file(file, attributes, path)
    n_trials = len(file["status"])
    columns = {name: _array(file[name]) for name in _names(file) if _is_column(name, file[name], n_trials)}
    axes = tuple(name for name in columns if int(file[name].attrs.get("axis", 0)) == 1)
    return Sweep(file_name=path.name, folder=path.resolve().parent, attributes=attributes, columns=columns, axes=axes,
                 epochs=_array(file["epoch"]) if "epoch" in file else np.zeros(0, int),
                 curves={name: _array(file[name]) for name in CURVES if name in file},
                 class_accuracy=_optional(file, "test_accuracy_per_class"),
                 confusion=_optional(file, "test_confusion"),
                 best=_read_best(file))


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


def _optional(file, name):
    return _array(file[name]) if name in file else None


def _read_best(file):
    if "best_k" not in file or "filters" not in file:
        return ()
    shape = tuple(int(length) for length in file.attrs["image_shape"])
    ids = _array(file["best_trial"])
    images = file["filters"][...]
    return tuple(BestOfK(int(k), ids[i], images[i].reshape((-1, *shape))) for i, k in enumerate(file["best_k"][...]))
