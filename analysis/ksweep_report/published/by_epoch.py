"""Curves over epochs and accuracies by class, beside published ones."""

import numpy as np

from ..base.wording import NOTHING, number
from ..results.statistics import t_interval
from .markdown import table_text
from .quantities import QUANTITIES, interval, short_text


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
        published = [_published(curve.published, epoch, what.decimals)] if curve.published else []
        measured = [short_text(interval(each.first.setting, curve.quantity, epoch), what.decimals) for each in rows]
        if set(published + measured) != {NOTHING}:
            lines.append([_epoch_text(epoch, curve.steps), *published, *measured])
    return f"{_capital(what.heading)}:\n\n{table_text(head, lines)}"


def _most_epochs(curve, rows):
    measured = [len(each.first.setting.sweep.epochs) for each in rows]
    return max([len(curve.published), *measured])


def _epoch_text(epoch, steps):
    return "last" if epoch == "last" else str(epoch * (steps or 1))


def _published(values, epoch, decimals):
    return number(values[epoch - 1], decimals) if epoch <= len(values) else NOTHING


def _capital(text):
    return text[0].upper() + text[1:]


def per_class_text(asked, rows):
    """Accuracy on the test samples of each class at the end."""
    rows = [each for each in rows if each.first.setting and each.first.setting.sweep.class_accuracy is not None]
    lines = []
    for label, published in enumerate(asked["published"]):
        lines.append([str(label), number(published), *[_class_accuracy(each.first.setting, label) for each in rows]])
    return ("Test accuracy by class at the end, %:\n\n"
            + table_text(["class", "published", *[each.row.label for each in rows]], lines))


def _class_accuracy(setting, label):
    return short_text(t_interval(100 * np.asarray(setting.sweep.class_accuracy[setting.done, label])).within((0, 100)), 2)
