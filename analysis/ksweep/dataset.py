"""sweep.h5 -> a Dataset over k, weight and seed."""

import re

import numpy as np
import pandas as pd
import xarray as xr
from ksweep_report.results.reading import CURVES, read_sweep

FIRST = ("k", "weight", "seed")
RENAMED = {"sparsity_weight": "weight"}
STATUS = ("missing", "done", "failed")
MOST_EMPTY = 200   # places for each trial: beyond, a grid is refused that would hold almost nothing


def open(path, dims=None, all_trials=False):
    """The trials of a sweep as an xarray Dataset with dimensions k, weight (sparsity_weight) and seed.

    Further axes of the grid are dimensions where these do not tell the trials apart, the kind of the model first.  dims: other
    dimensions, by name.  all_trials: also those in the results folder that the grid which was run last does not ask for.

    Variables: every quantity and every key on these dimensions, NaN (texts: "") where there is no such trial or nothing was
    measured; `status` is missing, done, failed or "" where the grid has no trial; curves have `epoch` besides, accuracies by
    class `class`.  Raises ReportError if the file is none, ValueError if `dims` do not tell trials apart.
    """
    sweep = read_sweep(path, all_trials)
    frame = pd.DataFrame({RENAMED.get(name, name): values for name, values in sweep.columns.items() if name != "trial"})
    frame["status"] = np.array(STATUS, dtype=object)[np.minimum(sweep.status, 2)]
    for name in FIRST:
        if name not in frame:
            frame[name] = 0
    dims = tuple(dims) if dims else _dimensions(frame, [RENAMED.get(axis, axis) for axis in sweep.axes])
    _check(frame, dims)
    index = pd.MultiIndex.from_frame(frame[list(dims)])
    rows = xr.Dataset({name: ("trial", values) for name, values in frame.drop(columns=list(dims)).items()})
    for name, dimension, values in _vectors(sweep):
        rows[name] = (("trial", dimension), values)
    dataset = _on_grid(rows, index)
    dataset.attrs = {name: value for name, value in sweep.attributes.items() if not isinstance(value, list)}
    return dataset.assign_coords(_coordinates(sweep, dataset))


def _dimensions(frame, axes):
    """k, weight, seed, and as many further axes as it takes for no two trials to stand at one place."""
    dims, further = list(FIRST), sorted((axis for axis in axes if axis not in FIRST), key=lambda axis: axis != "kind")
    while frame.duplicated(dims).any() and further:
        counts = [len(frame.drop_duplicates([*dims, axis])) for axis in further]
        dims.append(further.pop(int(np.argmax(counts))))
    return tuple(dims)


def _check(frame, dims):
    unknown = [name for name in dims if name not in frame]
    if unknown:
        raise ValueError(f"dims: there is no {unknown[0]} in the sweep; it has {', '.join(frame)}")
    if frame.duplicated(list(dims)).any():
        raise ValueError(f"dims: several trials have the same {', '.join(dims)}; add the axis in which they differ")
    places = int(np.prod([frame[name].nunique() for name in dims], dtype=float))
    if places > MOST_EMPTY * max(len(frame), 50):
        raise ValueError(f"the grid of {', '.join(dims)} has {places:,} places for {len(frame):,} trials; give fewer dims")


def _vectors(sweep):
    for name in CURVES:
        if name in sweep.curves:
            yield name, "epoch", sweep.curves[name]
    if sweep.class_accuracy is not None:
        yield "test_accuracy_per_class", "class", sweep.class_accuracy
    if sweep.density is not None:
        yield "density_histogram", "density_bin", sweep.density


def _on_grid(rows, index):
    """Each trial at its place.  Whole numbers become floats where a place is empty, as NaN says so."""
    values = [np.unique(index.get_level_values(name)) for name in index.names]
    shape = tuple(map(len, values))
    places = tuple(np.searchsorted(value, index.get_level_values(name)) for name, value in zip(index.names, values))
    full = len(index) == int(np.prod(shape))
    variables = {}
    for name, variable in rows.items():
        column = variable.values
        if column.dtype != object and not full:
            column = column.astype(float)
        cube = np.full((*shape, *column.shape[1:]), "" if column.dtype == object else np.nan if column.dtype.kind == "f" else 0, column.dtype)
        cube[places] = column
        variables[name] = ((*index.names, *variable.dims[1:]), cube)
    return xr.Dataset(variables, dict(zip(index.names, values)))


def _coordinates(sweep, dataset):
    found = {"epoch": sweep.epochs} if "epoch" in dataset.dims else {}
    return found | ({"class": _classes(sweep, dataset.sizes["class"])} if "class" in dataset.dims else {})


def _classes(sweep, n_classes):
    """The labels as the data files hold them, as numbers where all are."""
    names = [sweep.class_name(number) for number in range(n_classes)]
    return np.array([int(name) for name in names] if all(re.fullmatch(r"-?\d{1,15}", name) for name in names) else names)
