"""Which figures a sweep gets."""

import numpy as np

from . import filters, heatmaps
from .grid import MOST_LINES, evenly
from .lines import INTERVAL_NOTE, learning_curve, over_x

MOST_PANELS = 9
ALONE, SIDE_BY_SIDE = (5.8, 3.8), (5.0, 3.8)   # inches


def draw_all(grid, answer, folder):
    """Section name -> figures, in the order shown."""
    reference = answer.chosen or next((cell for cell in grid.cells if len(cell.done)), None)
    some = answer.best_of_x or ([reference] if reference else [])
    montages, n_montages = filters.pictures(grid, folder)
    return {
        "accuracy": _accuracy(grid, answer, folder),
        "classes": _drawn(heatmaps.class_accuracy(grid, evenly(some, 24), folder),
                          heatmaps.confusion(grid, answer.chosen, folder)),
        "curves": _curves(grid, answer, some, folder),
        "weights": _drawn(heatmaps.two_axes(grid, answer.chosen, folder) if answer.chosen else None),
        "reconstruction": _reconstruction(grid, reference, folder) if reference else [],
        "filters": montages,
        "n_filters": n_montages,
        "cost": _cost(grid, reference, folder) if reference else [],
    }


def _drawn(*figures):
    return [figure for figure in figures if figure is not None]


def _left_out(panel):
    total = len(panel.lines) + panel.n_left_out
    return f" {len(panel.lines)} of {total} lines shown; all are in the table." if panel.n_left_out else ""


def _accuracy(grid, answer, folder):
    if not grid.has("test_accuracy"):
        return []
    panels = grid.panels(answer.chosen)[:MOST_PANELS]
    first = grid.panel_of(answer.chosen) if answer.chosen else panels[0]
    panels = [panel for panel in panels if panel.label != first.label]
    shared = dict(quantity="test_accuracy", scale=100, label="test accuracy in %", chosen=answer.chosen, apart=True)
    two = _baselines_far_away(grid, first)
    shared["size"] = SIDE_BY_SIDE if two else ALONE
    figures = [over_x(grid, first, **shared, folder=folder, name="accuracy", baselines=grid.baselines,
                      title=_titled(f"Test accuracy over {grid.x}", first), caption=_accuracy_note(first)
                      + _baseline_note(grid))]
    if two:
        figures.append(over_x(grid, first, **shared, folder=folder, name="accuracy_enlarged",
                              title="The same without baselines, enlarged", caption=_accuracy_note(first)))
    shared["size"] = SIDE_BY_SIDE
    figures += [over_x(grid, panel, **shared, folder=folder, name=f"accuracy_{i}", baselines=grid.baselines,
                       title=_titled(f"Test accuracy over {grid.x}", panel), caption=_accuracy_note(panel))
                for i, panel in enumerate(panels, start=2)]
    return _drawn(*figures)


def _accuracy_note(panel):
    apart = " Lines stand a little apart, so that their bars can be told apart." if len(panel.lines) > 1 else ""
    return INTERVAL_NOTE + apart + _left_out(panel)


def _titled(title, panel):
    return f"{title} ({panel.label})" if panel.label else title


def _baseline_note(grid):
    kinds = {cell.kind for cell in grid.baselines if len(grid.numbers(cell, "test_accuracy"))}
    notes = []
    if kinds - {"random"}:
        notes.append("the level is the same classifier on raw pixels, with its interval")
    if "random" in kinds:
        notes.append("the dashed line is the same net with untrained random weights")
    return (" Grey: " + "; ".join(notes) + ".") if notes else ""


def _baselines_far_away(grid, panel):
    """Whether baselines squeeze the k-sparse values into less than half of the frame."""
    own = [value for cell in panel.cells for value in grid.numbers(cell, "test_accuracy")]
    theirs = [value for cell in grid.baselines for value in grid.numbers(cell, "test_accuracy")]
    if not own or not theirs:
        return False
    return np.ptp(own) < 0.5 * np.ptp(own + theirs)


def _curves(grid, answer, cells, folder):
    position = next((i for i, cell in enumerate(cells) if cell is answer.chosen), None)
    shown = evenly(cells, MOST_LINES, position)
    note = f"Line: mean over seeds; band: from the least to the greatest seed. Each {grid.x} at its own best setting."
    if len(shown) < len(cells):
        note += f" {len(shown)} of {len(cells)} values of {grid.x} shown."
    return _drawn(
        learning_curve(grid, shown, "train_loss_curve", "training loss", folder, "curve_loss", "Training loss", note,
                       log_y=True),
        learning_curve(grid, shown, "validation_accuracy_curve", "validation accuracy (fraction)", folder,
                       "curve_validation_accuracy", "Validation accuracy of a probe after the epoch", note))


def _reconstruction(grid, reference, folder):
    panel = grid.panel_of(reference)
    note = INTERVAL_NOTE + _left_out(panel)
    wanted = (("test_mse", "test MSE per pixel", "Reconstruction error"),
              ("test_fraction_of_variance_explained", "fraction explained", "Variance explained on the test set"),
              ("l0_training", "non-zero units per sample", "Realised L0 with k kept, as in training"),
              ("l0_encoding", "non-zero units per sample", "Realised L0 with alpha k kept, as the probe sees it"),
              ("dead_units", "dead hidden units", "Units active for no training sample in the last epoch"))
    return _drawn(*(over_x(grid, panel, name, 1, label, folder, name, _titled(title, panel), note)
                    for name, label, title in wanted if grid.has(name)))


def _cost(grid, reference, folder):
    if not grid.has("train_time_s"):
        return []
    panel = grid.panel_of(reference)
    note = INTERVAL_NOTE + " Times differ between hosts and loads." + _left_out(panel)
    return _drawn(over_x(grid, panel, "train_time_s", 1, "training time in s", folder, "train_time",
                         _titled("Training time of a trial", panel), note))
