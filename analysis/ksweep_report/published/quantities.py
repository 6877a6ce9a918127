"""What is measured, as a reader's units and text."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ..results.bounds import bounds_of
from ..results.statistics import pairs_interval, t_interval

NOT_RUN = "not run"


@dataclass(frozen=True)
class Quantity:
    """value printed = offset + scale x value stored under `name`."""
    heading: str
    name: str
    decimals: int
    scale: float = 1
    offset: float = 0
    over_seeds: Callable = t_interval

    @property
    def of_test_samples(self):
        """Whether it is a share of the test samples, in %."""
        return self.name.removesuffix("_curve") == "test_accuracy"


QUANTITIES = {
    "test_error": Quantity("test error, %", "test_accuracy", 2, -100, 100),
    "test_accuracy": Quantity("test accuracy, %", "test_accuracy", 2, 100),
    "validation_accuracy": Quantity("validation accuracy, %", "validation_accuracy", 2, 100),
    "validation_error": Quantity("validation error, %", "validation_accuracy", 2, -100, 100),
    "test_nmi": Quantity("NMI, test", "test_nmi", 3),
    "test_mse": Quantity("test MSE per pixel", "test_mse", 4),
    "validation_mse": Quantity("validation MSE per pixel", "validation_mse", 4),
    "train_loss": Quantity("training loss at the end", "train_loss", 2),
    "l0_training": Quantity("L0, training", "l0_training", 1),
    "l0_encoding": Quantity("L0, encoding", "l0_encoding", 1),
    "dead_units": Quantity("dead units", "dead_units", 1),
    "test_fraction_of_variance_explained": Quantity("variance explained, %", "test_fraction_of_variance_explained", 1, 100),
    "test_mse_by_rule": Quantity("test MSE per pixel, by rule", "test_mse_by_rule", 4),
    "test_fraction_of_variance_explained_by_rule": Quantity("variance explained by rule, %",
                                                            "test_fraction_of_variance_explained_by_rule", 1, 100),
    "variance_unexplained": Quantity("variance unexplained, %", "validation_fvu", 2, 100),
    "c_dec": Quantity("c_dec", "mean_decoder_cosine", 4),
    "true_mcc": Quantity("GT-MCC", "true_mcc", 3),
    "true_found": Quantity("true directions found, %", "true_found", 0, 100),
    "consistency": Quantity("consistency", "consistency", 3, over_seeds=pairs_interval),
    "consistency_by_chance": Quantity("consistency by chance", "consistency_by_chance", 3),
    "test_accuracy_curve": Quantity("test accuracy, %", "test_accuracy_curve", 2, 100),
    "test_error_curve": Quantity("test error, %", "test_accuracy_curve", 2, -100, 100),
    "train_accuracy_curve": Quantity("accuracy on the training set, %", "train_accuracy_curve", 2, 100),
    "output_error_curve": Quantity("mean of the absolute output error", "output_error_curve", 4),
    "train_loss_curve": Quantity("training loss", "train_loss_curve", 2),
    "l0_curve": Quantity("L0, training", "l0_curve", 1),
}


def by_seed(setting, quantity, epoch=None):
    """seed -> value in the unit of print, where measured.  epoch: of a curve; "last": its last measured one."""
    what, sweep = QUANTITIES[quantity], setting.sweep
    values = _curve_at(sweep, what.name, epoch) if epoch is not None else sweep.columns.get(what.name)
    if values is None:
        return {}
    pairs = zip(sweep.columns["seed"][setting.done], values[setting.done])
    return {int(seed): what.offset + what.scale * float(value) for seed, value in pairs if np.isfinite(value)}


def _curve_at(sweep, name, epoch):
    """(trial): the curve's value after this epoch, NaN where there is none."""
    curve = sweep.curves.get(name)
    if curve is None:
        return None
    if epoch == "last":
        return np.array([row[np.isfinite(row)][-1] if np.isfinite(row).any() else np.nan for row in curve])
    at = np.flatnonzero(sweep.epochs == epoch)
    return curve[:, at[0]] if len(at) else np.full(len(curve), np.nan)


def interval(setting, quantity, epoch=None):
    what = QUANTITIES[quantity]
    bounds = sorted(what.offset + what.scale * end for end in bounds_of(what.name))
    return what.over_seeds(list(by_seed(setting, quantity, epoch).values())).within(bounds)
