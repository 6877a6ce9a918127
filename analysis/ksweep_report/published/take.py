"""Results that are to be published: small, without pictures of filters and without what only its owner's machine means."""

import hashlib
import os
from pathlib import Path

import h5py
from h5py import h5ds

from ..base.errors import ReportError
from .contents import SEARCH

PRIVATE = {"command", "data_source", "hosts", "merged_from", "slurm_job", "sweep_file"}
LEFT_OUT = {"host"}
PICTURES = ("best_", "filter", "pixel")
LARGE = 8192  # bytes


def take(results, jobs):
    """Copies the sweep.h5 of a folder of results to NAME.h5 of the folder for it, compressed, without paths, host names and filters."""
    source = Path(results) / "sweep.h5"
    if not source.is_file():
        raise ReportError(f"{source}: there is no such file, and so nothing to publish. "
                          "Name a folder that `ksweep run --output` has written.")
    name = Path(results).resolve().name
    folder = jobs / (SEARCH if (jobs / SEARCH / f"{name}.cfg").exists() else "published")
    target, unfinished = folder / f"{name}.h5", folder / f".{name}.h5.tmp"
    folder.mkdir(parents=True, exist_ok=True)
    with h5py.File(source) as old, h5py.File(unfinished, "w", libver=("v108", "v108")) as new:
        _copy_attributes(old, new)
        keys = [key for key in old if key not in LEFT_OUT and not key.startswith(PICTURES)]
        for key in sorted(keys, key=lambda key: not h5ds.is_scale(old[key].id)):
            _copy_variable(old, new, key)
    _seal(unfinished)
    os.replace(unfinished, target)
    return target


def _seal(path):
    """Adds the last line that the program looks for (src/store/FORMAT.md)."""
    checksum = hashlib.sha256(path.read_bytes()).hexdigest()
    with open(path, "ab") as file:
        file.write(f"\nksweep sweep sha256 {checksum}\n".encode())


def _copy_attributes(old, new):
    for key, value in old.attrs.items():
        if key not in PRIVATE:
            new.attrs[key] = value


def _copy_variable(old, new, key):
    variable = old[key]
    # Small ones would grow by what HDF5 notes of their chunks.
    compression = {"compression": "gzip", "shuffle": True} if variable.nbytes > LARGE else {}
    copy = new.create_dataset(key, data=variable[()], dtype=variable.dtype, **compression)
    for name, value in variable.attrs.items():
        if name not in ("DIMENSION_LIST", "REFERENCE_LIST", "CLASS", "NAME"):
            copy.attrs[name] = value
    if h5ds.is_scale(variable.id):
        copy.make_scale(variable.attrs["NAME"])
    for axis, dimension in enumerate(variable.dims):
        for scale in dimension.values():
            copy.dims[axis].attach_scale(new[scale.name])
