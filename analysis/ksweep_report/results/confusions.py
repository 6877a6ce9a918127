"""Which classes are worst, and which are taken for which: of few classes the matrix, else the most frequent errors."""

import io
from dataclasses import dataclass

import h5py
import numpy as np

from ..base.in_child import ChildFault, arrays_from_child
from .reading import AT_ONCE, CONFUSION

MOST_IN_MATRIX = 50   # classes that figures and tables show one by one
MOST_WORST = 20       # classes, and confusions, that are shown of more
MOST_LISTED = 1000


@dataclass(frozen=True, eq=False)
class Confusions:
    """Of several trials together.  matrix: (class, predicted class), None for more than MOST_IN_MATRIX classes.  errors: (n, 3) of true class,
    predicted class and samples, the most frequent first.  class_samples: (class).  n_trials: those that were counted."""
    class_samples: np.ndarray
    errors: np.ndarray
    matrix: np.ndarray
    n_trials: int

    @property
    def n_classes(self):
        return len(self.class_samples)


def worst_classes(accuracy):
    """Positions of the classes to show, of (class) accuracies: all, or the lowest, the lowest first."""
    measured = np.flatnonzero(np.isfinite(accuracy))
    if len(accuracy) <= MOST_IN_MATRIX:
        return np.arange(len(accuracy))
    return measured[np.argsort(accuracy[measured], kind="stable")][:MOST_WORST]


def confusions_of(sweep, rows):
    """None where none was counted."""
    found = _listed(sweep, rows) if sweep.confused is not None else None
    if found is None and sweep.content and len(rows):
        found = _from_matrices(sweep, rows)
    return found if found is not None and found.n_trials else None


def _listed(sweep, rows):
    if sweep.class_samples is None:
        return None
    rows = [row for row in rows if np.isfinite(sweep.class_samples[row]).any()]
    if not rows:
        return None
    parts = sweep.confused[:, rows].reshape(3, -1)
    true, predicted, samples = parts[:, np.isfinite(parts).all(axis=0)].astype(np.int64)
    n_classes = sweep.class_samples.shape[1]
    keys, place = np.unique(true * n_classes + predicted, return_inverse=True)
    return _confusions(np.nansum(sweep.class_samples[rows], axis=0), keys, np.bincount(place, samples, len(keys)), None, len(rows))


def _from_matrices(sweep, rows):
    def read():
        return None, _counted(sweep.content, [int(sweep.file_rows[row]) for row in rows])

    try:
        _, found = arrays_from_child(read, len(sweep.content))
    except ChildFault:
        return None   # what can be read of the sweep is shown
    n_trials, n = int(found["n_trials"]), len(found["class_samples"])
    if n <= MOST_IN_MATRIX:
        matrix = np.zeros(n * n, np.int64)
        matrix[found["keys"]] = found["samples"]
        matrix = matrix.reshape(n, n)
    else:
        matrix = None
    wrong = found["keys"] // n != found["keys"] % n
    return _confusions(found["class_samples"], found["keys"][wrong], found["samples"][wrong], matrix, n_trials)


def _counted(content, rows):
    """Sums over trials, of the entries that are not zero; a few rows of a matrix at a time."""
    with h5py.File(io.BytesIO(content), "r") as file:
        table = file[CONFUSION]
        n, step = table.shape[1], max(1, AT_ONCE // max(1, table.shape[1]))
        measured = [row for row in rows if n and table[row, 0, 0] >= 0]
        class_samples, keys, samples = np.zeros(n, np.int64), [], []
        for first in range(0, n, step):
            if not measured:
                break
            counts = np.sum([np.maximum(table[row, first:first + step], 0) for row in measured], axis=0)
            class_samples[first:first + step] = counts.sum(axis=1)
            at = np.flatnonzero(counts)
            keys.append(at + first * n)
            samples.append(counts.ravel()[at])
    none = [np.zeros(0, np.int64)]
    return {"class_samples": class_samples, "keys": np.concatenate(none + keys), "samples": np.concatenate(none + samples),
            "n_trials": np.array(len(measured))}


def _confusions(class_samples, keys, samples, matrix, n_trials):
    n = max(1, len(class_samples))
    order = np.argsort(-np.asarray(samples), kind="stable")[:MOST_LISTED]
    errors = np.stack([keys[order] // n, keys[order] % n, np.asarray(samples)[order].astype(np.int64)], axis=1)
    return Confusions(np.asarray(class_samples).astype(np.int64), errors, matrix, n_trials)
