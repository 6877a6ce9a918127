"""Curves over epochs and accuracies by class, beside published ones."""

import numpy as np

from ..base.wording import NOTHING, capitalised, number
from ..results.confusions import confusions_of
from ..results.statistics import t_interval
from .markdown import table_text
from .quantities import QUANTITIES, interval
from .uncertainty import figure_of, plain_figure, share_figure, share_interval


def by_epoch_text(curve, rows):
    """A line for each epoch, a column for each row of the table that was run; "" if nothing was measured or published."""
    what = QUANTITIES[curve.quantity]
    rows = [each for each in rows if each.first.setting and interval(each.first.setting, curve.quantity, "last").n]
    epochs = list(curve.epochs) or list(range(1, _most_epochs(curve, rows) + 1))
    if not epochs or not (rows or curve.published):
        return ""
    labels = [each.row.label for each in rows]
    head = ["after step" if curve.steps else "after epoch", *["published"] * bool(curve.published), *labels]
    lines = []
    for epoch in epochs:
        published = [_published(curve, epoch, what, rows)] if curve.published else []
        measured = [figure_of(each.first.setting, curve.quantity, epoch).short_text(what.decimals) for each in rows]
        if set(published + measured) != {NOTHING}:
            lines.append([_epoch_text(epoch, curve.steps), *published, *measured])
    return f"{capitalised(what.heading)}:\n\n{table_text(head, lines)}"


def _most_epochs(curve, rows):
    measured = [len(each.first.setting.sweep.epochs) for each in rows]
    return max([len(curve.published), *measured])


def _epoch_text(epoch, steps):
    return "last" if epoch == "last" else str(epoch * (steps or 1))


def _published(curve, epoch, what, rows):
    if epoch > len(curve.published):
        return NOTHING
    n = rows[0].test_samples if rows and what.of_test_samples else None
    return _of_one_run(curve.published[epoch - 1], n, what.decimals)


def _of_one_run(value, n, decimals):
    """`92.07 ± 0.53`: of a share of n test samples; n: None for anything else."""
    half = max(abs(value - end) for end in share_interval(value, n)) if n else None
    return number(value, decimals) + (f" ± {number(half, decimals)}" if n else "")


def per_class_text(asked, rows):
    """Accuracy on the test samples of each class at the end."""
    rows = [each for each in rows if each.first.setting and each.first.setting.sweep.class_accuracy is not None]
    lines = []
    for label, published in enumerate(asked["published"]):
        n = _class_size(rows[0].first.setting, label) if rows else None
        lines.append([str(label), _of_one_run(published, n, 2), *[_class_accuracy(each.first.setting, label) for each in rows]])
    return ("Test accuracy by class at the end, %:\n\n"
            + table_text(["class", "published", *[each.row.label for each in rows]], lines))


def _class_accuracy(setting, label):
    accuracy = t_interval(100 * np.asarray(setting.sweep.class_accuracy[setting.done, label])).within((0, 100))
    n = _class_size(setting, label)
    return (share_figure(accuracy, n) if n and accuracy.n else plain_figure(accuracy)).short_text(2)


def _class_size(setting, label):
    """Test samples of this class, as confusions count them; None without these."""
    found = confusions_of(setting.sweep, setting.done[:1])
    return int(found.class_samples[label]) if found else None
