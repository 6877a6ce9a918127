"""Test samples of a sweep's data set, for pictures that need them: codes, reconstructions, what excites a unit."""

import gzip
import os
import shutil
import struct
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np

IMAGES, LABELS = ([f"{part}-{content}{mark}-ubyte" for part in ("t10k", "test") for mark in ("-" + kind, "." + kind)]
                  for content, kind in (("images", "idx3"), ("labels", "idx1")))
MOST_SAMPLES = 2000
PROGRAM = Path(__file__).parents[3] / "build" / "release" / "ksweep"


@dataclass(frozen=True)
class Samples:
    """inputs: (n, pixel) as trained on; labels: (n), or None."""
    inputs: np.ndarray
    labels: np.ndarray


def samples_of(sweep, row, data_dir=None):
    """(samples, "") or (None, why there are none): of the trial's test set, the first 2,000 at most."""
    columns = sweep.columns
    name = str(columns["data_set"][row]) if "data_set" in columns else "digits"
    if name == "superposition":
        return None, "samples of superposition are no images"
    for key in ("data_normalise", "data_grey"):
        if key in columns and str(columns[key][row]) not in ("none", "no"):
            return None, f"samples prepared by {key.replace('_', '.', 1)} = {columns[key][row]} cannot be made again here"
    if "data_patch" in columns and columns["data_patch"][row]:
        return None, "patches cannot be cut again here"
    samples = _digits() if name == "digits" else _from_folders(name, data_dir, _scale_of(sweep, name))
    if samples is None:
        return None, (f"the data set {name} was not found: give its folder with --data-dir DIR or KSWEEP_DATA" if name != "digits"
                      else "the built-in digits are written by the program ksweep, which was not found: build it, or name it in KSWEEP")
    n_inputs = int(np.prod(sweep.attributes["image_shape"]))
    if samples.inputs.shape[1] != n_inputs:
        return None, f"the files of {name} have {samples.inputs.shape[1]} inputs, the sweep was trained on {n_inputs}"
    return samples, ""


def _folders(name, data_dir):
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "ksweep"
    roots = [data_dir, os.environ.get("KSWEEP_DATA"), cache]
    folders = [Path(root) / name for root in roots if root]
    return ([] if name in ("mnist", "fashion", "cifar10", "norb") else [Path(name)]) + folders


def _scale_of(sweep, name):
    """What the program divided the set's numbers by; 255 in files from before it said so."""
    scales = dict(line.rsplit(" ", 1) for line in str(sweep.attributes.get("data_scale", "")).splitlines())
    return float(scales.get(name, 255))


def _from_folders(name, data_dir, scale):
    for folder in _folders(name, data_dir):
        images, labels = _first_of(folder, IMAGES), _first_of(folder, LABELS)
        if images is not None:
            return _samples(read_idx(images), read_idx(labels) if labels else None, scale)
    return None


def _digits():
    program = os.environ.get("KSWEEP") or (str(PROGRAM) if PROGRAM.is_file() else shutil.which("ksweep"))
    if not program:
        return None
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run([program, "data", "digits", "--output", folder, "--train", "1", "--test", str(MOST_SAMPLES)],
                              capture_output=True, check=False)
        if done.returncode:
            return None
        return _samples(read_idx(_first_of(Path(folder), IMAGES)), read_idx(_first_of(Path(folder), LABELS)), 255)


def _samples(images, labels, scale):
    inputs = images[:MOST_SAMPLES].reshape(min(len(images), MOST_SAMPLES), -1).astype(np.float32) / np.float32(scale)
    return Samples(inputs, None if labels is None else labels[:MOST_SAMPLES].astype(int))


def _first_of(folder, names):
    paths = [folder / (name + ending) for name in names for ending in ("", ".gz")]
    return next((path for path in paths if path.is_file()), None)


def read_idx(path):
    """Bytes of an IDX file, plain or .gz, in its own shape.  Raises ValueError if it is none."""
    with (gzip.open if path.suffix == ".gz" else open)(path, "rb") as file:
        content = file.read()
    zero, kind, dimensions = struct.unpack_from(">HBB", content)
    if zero != 0 or kind != 8:
        raise ValueError(f"{path}: is no IDX file of bytes")
    shape = struct.unpack_from(f">{dimensions}I", content, 4)
    return np.frombuffer(content, np.uint8, int(np.prod(shape)), 4 + 4 * dimensions).reshape(shape)
