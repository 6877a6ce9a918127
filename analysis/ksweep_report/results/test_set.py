"""The test set that all trials of a setting are judged by: how large it is, and what its size alone leaves open."""

import numpy as np

from .statistics import wilson_interval


def test_samples_of(sweep, rows):
    """How many these trials were judged by: as the confusion matrices count them or, without these, as data.test asks.

    None where neither tells one number.
    """
    if sweep.test_samples is not None:
        sizes = {int(size) for size in sweep.test_samples[rows]} - {0}
    else:
        sizes = {int(size) for size in sweep.columns.get("data_test", np.zeros(len(sweep)))[rows]} - {0}
    return sizes.pop() if len(sizes) == 1 else None


def n_test_samples(grid, cell):
    return test_samples_of(grid.sweep, cell.reporting)


def interval_of_test_set(grid, cell):
    """(low, high) of the test accuracy: Wilson's binomial 95 % interval for a test set of this size; None where the size is unknown.

    Of one network.  The mean over several on the same samples varies at most as much.
    """
    n, accuracies = n_test_samples(grid, cell), grid.numbers(cell, "test_accuracy")
    return wilson_interval(float(accuracies.mean()), n) if n and len(accuracies) else None
