"""Learning curves: the mean over seeds, and a band from the least to the greatest seed."""

import numpy as np
from matplotlib.ticker import FuncFormatter

from ..base.wording import significant
from .axes import place_legend, set_log, shortened
from .drawing import DASHES, LINE_COLOURS, MARKERS, PAPER

# name, label, title, logarithmic
CURVES = (("train_loss_curve", "training loss", "Training loss", True),
          ("validation_mse_curve", "validation MSE per input", "Reconstruction error on the validation part", True),
          ("validation_fvu_curve", "variance unexplained in %", "Variance unexplained on the validation part", True),
          ("validation_accuracy_curve", "validation accuracy in %", "Validation accuracy of a probe after the epoch", False),
          ("test_accuracy_curve", "test accuracy in %", "Test accuracy after the epoch", False),
          ("train_accuracy_curve", "training accuracy in %", "Training accuracy of a classifier after the epoch", False),
          ("output_error_curve", "mean |output − target|", "Output error of a classifier", True),
          ("l0_curve", "non-zero units per sample", "Non-zero hidden units of a training sample", False),
          ("dead_units_curve", "dead hidden units", "Units active for no training sample of the epoch", False))
MOST_MARKS = 60
STEADY = 0.01   # of the largest L0: less, and it is k throughout


def learning_curves(out, grid, cells, note):
    """cells: (cell, its name in the legend)."""
    shown = [each for each in CURVES if not (each[0] == "validation_mse_curve" and grid.metric.curve == "validation_fvu_curve"
                                             and grid.metric.curve in grid.sweep.curves)]   # the same but for a factor
    figures = (_curve(out, grid, cells, *each, note) for each in shown)
    return [figure for figure in figures if figure is not None]


def _curve(out, grid, cells, curve, label, title, log, note):
    measured = [(cell, name, *_epochs_and_rows(grid.sweep, curve, cell)) for cell, name in cells]
    measured = _once_each([each for each in measured if len(each[2]) > 1])
    least = STEADY * np.max([np.abs(rows).max() for _, _, rows in measured], initial=0) if curve == "l0_curve" else 0
    if all(np.ptp(rows) <= least for _, _, rows in measured):
        return None
    figure, axes = out.new_axes()
    marks, ends, unit = [], [], "samples" if _counts_samples(grid.sweep) else "epoch"
    for i, (name, epochs, rows) in enumerate(measured):
        mean = _draw(axes, name, i, epochs, rows)
        step = max(1, len(epochs) // MOST_MARKS)
        marks += [(x, y, f"{shortened(name, 90)}\n{unit} {x:.10g}: {significant(y, 5)}", None)
                  for x, y in zip(epochs.tolist()[::step], mean.tolist()[::step])]
        ends.append(f"{name}: {mean[-1]:.4g}")
    if log and min(np.min(rows) for _, _, rows in measured) > 0:
        set_log(axes, "y")
        label += " (log)"
    if unit == "epoch":
        axes.xaxis.get_major_locator().set_params(integer=True)
    axes.set_xlabel(unit if unit == "epoch" else "samples seen in training" + _in_units(axes))
    axes.set_ylabel(label)
    place_legend(axes)
    alt = f"Line plot of {label} over {unit}{'s' if unit == 'epoch' else ''}, one line for each setting. Last values: " + "; ".join(ends) + "."
    return out.finish(figure, "curve_" + curve.removesuffix("_curve"), title, alt, note, marks)


def _in_units(axes):
    """Ticks in thousands or millions where the numbers are large; what the label then says."""
    largest = axes.get_xlim()[1]
    scale, name = next(((scale, name) for scale, name in ((1e6, "millions"), (1e3, "thousands")) if largest >= scale), (1, ""))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value / scale:g}"))
    return f", in {name}" if name else ""


def _once_each(measured):
    """One line for settings that differ in the probe alone where their curves do not, named after all of them."""
    kept = {}
    for cell, name, epochs, rows in measured:
        training = tuple(value for axis, value in cell.setting.items() if not axis.startswith("probe_"))
        kept.setdefault((training, rows.tobytes()), ([], epochs, rows))[0].append(name)
    return [(", ".join(names), epochs, rows) for names, epochs, rows in kept.values()]


def _epochs_and_rows(sweep, curve, cell):
    """Epochs or samples that any seed has been measured after, and (seed x epoch)."""
    if curve not in sweep.curves or not len(cell.reporting):
        return np.zeros(0), np.zeros((0, 0))
    rows = sweep.curves[curve][cell.reporting]
    rows = rows[np.isfinite(rows).any(axis=1)]
    at = np.flatnonzero(np.isfinite(rows).all(axis=0)) if len(rows) else np.zeros(0, int)
    return _places(sweep, cell)[at], rows[:, at] * (100 if "accuracy" in curve or "fvu" in curve else 1)


def _counts_samples(sweep):
    """Whether trainings are as long as train.samples says: then parts of an epoch may lie between two points of a curve."""
    return "samples_curve" in sweep.curves and bool(np.any(sweep.columns.get("samples", 0) > 0))


def _places(sweep, cell):
    """(epoch): how many samples had been seen, or the number of the epoch."""
    if not _counts_samples(sweep):
        return sweep.epochs
    samples = sweep.curves["samples_curve"][cell.reporting]
    return np.max(np.where(np.isfinite(samples), samples, -1), axis=0)


def _draw(axes, label, index, epochs, rows):
    colour, mean = LINE_COLOURS[index % len(LINE_COLOURS)], rows.mean(axis=0)
    axes.plot(epochs, mean, color=colour, linestyle=DASHES[index % len(DASHES)], linewidth=1.7, markersize=5, markeredgewidth=0.6,
              marker=MARKERS[index % len(MARKERS)], markevery=max(1, len(epochs) // 6), markeredgecolor=PAPER, label=label)
    axes.fill_between(epochs, rows.min(axis=0), rows.max(axis=0), color=colour, alpha=0.18, linewidth=0)
    return mean
