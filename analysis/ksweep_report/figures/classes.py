"""Accuracy of each class, and which classes are taken for which; of many classes the worst ones."""

import numpy as np

from ..base.wording import number, plural, significant
from ..results.confusions import MOST_WORST, confusions_of, worst_classes
from .axes import shortened
from .drawing import LINE_COLOURS
from .heatmaps import draw_heat, marks_of, span_of


def _mean_rows(rows):
    """Mean over the first axis of what is not NaN; NaN where nothing is."""
    counts = np.isfinite(rows).sum(axis=0)
    return np.where(counts > 0, np.nansum(rows, axis=0) / np.maximum(counts, 1), np.nan)


def class_accuracy(out, grid, cells):
    table = grid.sweep.class_accuracy
    if table is None or not cells:
        return None
    values = 100 * np.array([_mean_rows(table[cell.reporting]) for cell in cells]).T   # (class x cell)
    if not np.isfinite(values).any():
        return None
    of_all = _mean_rows(values.T)
    shown = worst_classes(of_all)
    values, rule = values[shown], _rule(grid, of_all, shown)
    texts = [[number(value, 1) for value in row] for row in values]
    labels = [grid.x_text(grid.x_of(cell)) for cell in cells]
    names = [grid.sweep.class_name(i) for i in shown]
    figure = draw_heat(out, values, names, labels, grid.x_title, "class", texts, span_of(values))
    worst = np.unravel_index(np.nanargmin(values), values.shape)
    alt = (f"Heat map of test accuracy in %, {'the worst ' if rule else ''}classes by {grid.x_name}. Lowest: {number(values[worst], 1)} for class "
           f"{names[worst[0]]} at {grid.x_name} = {labels[worst[1]]}; highest{' of these' if rule else ''}: {number(np.nanmax(values), 1)}.")
    one = len(grid.all_cells) == 1
    choice = "" if one else f"; each {grid.x_name} at its own best setting by {grid.metric.chosen_on}"
    return out.finish(figure, "class_accuracy", "Accuracy of each class" + ("" if one else f" by {grid.x_name}"), alt,
                      f"Test accuracy in % of the samples of each class, mean over seeds{choice}.{rule} Brighter is better.",
                      marks_of(values, lambda row, column: f"class {names[row]}, {grid.x_name} = {labels[column]}", " %"))


def _rule(grid, accuracy, shown):
    """Says which classes are shown, and what the others are like; "" where all are."""
    if len(shown) == len(accuracy):
        return ""
    measured = accuracy[np.isfinite(accuracy)]
    over = f", mean over what is shown of {grid.x_name}" if len(grid.all_cells) > 1 else ""
    quarters = [number(value, 1) for value in np.percentile(measured, (0, 25, 50, 75, 100))]
    return (f" Shown: the {len(shown)} classes of lowest accuracy of {len(accuracy):,} ({over.removeprefix(', ') or 'lowest first'}). "
            f"Of all classes: lowest {quarters[0]}, lower quarter {quarters[1]}, median {quarters[2]}, upper quarter {quarters[3]}, "
            f"highest {quarters[4]}.")


def confusion(out, grid, cell):
    found = confusions_of(grid.sweep, cell.reporting) if cell is not None else None
    if found is None or not found.class_samples.sum():
        return None
    title = "Confusions" if len(grid.all_cells) == 1 else f"Confusions: {grid.describe(cell)}"
    return _matrix(out, grid, found, title) if found.matrix is not None else _worst_confusions(out, grid, found, title)


def _most_frequent(grid, found):
    """`4 taken for 9`; "" where no sample was taken for another class."""
    if not len(found.errors):
        return ""
    true, predicted, _ = found.errors[0]
    return f"{grid.sweep.class_name(true)} taken for {grid.sweep.class_name(predicted)}"


def _matrix(out, grid, found, title):
    counts = found.matrix
    share = 100 * counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    texts = [["" if count == 0 else number(part) for count, part in zip(*row)]
             for row in zip(counts, share)]
    names = [grid.sweep.class_name(i) for i in range(len(counts))]
    errors = np.where(np.eye(len(counts), dtype=bool), np.nan, share)
    figure = draw_heat(out, errors, names, names, "predicted class", "true class", texts, span_of(errors), 0.5, 0.36)
    worst = _most_frequent(grid, found)
    of_class = f", {number(share[tuple(found.errors[0][:2])])} %" if worst else ""
    alt = f"Confusion matrix in % of each true class. {f'Most frequent error: class {worst}{of_class}.' if worst else 'No error.'}"
    caption = (f"Test samples of each true class, in %, by the class predicted; {plural(found.n_trials, 'seed')} "
               "together. Rows add up to 100; colour shows the errors alone, brighter is more frequent, empty is none. "
               f"{f'Most frequent error: {worst}.' if worst else 'There is no error.'}")
    return out.finish(figure, "confusion", title, alt, caption,
                      marks_of(share, lambda row, column: f"{names[row]} taken for {names[column]}", " %"))


def _worst_confusions(out, grid, found, title):
    """Bars of the most frequent errors, of more classes than a matrix has room for."""
    shown = found.errors[:MOST_WORST]
    if not len(shown):
        return None
    names = [f"{grid.sweep.class_name(true)} taken for {grid.sweep.class_name(predicted)}" for true, predicted, _ in shown]
    samples, own = shown[:, 2], found.class_samples[shown[:, 0]]
    figure, axes = out.new_axes(5.0, max(1.6, 0.24 * len(shown) + 0.8))
    axes.barh(range(len(shown)), samples, color=LINE_COLOURS[0])
    axes.set_yticks(range(len(shown)), [shortened(name, 34) for name in names])
    axes.invert_yaxis()
    axes.grid(axis="y", visible=False)
    axes.set_xlabel("test samples")
    share = [f"{significant(100 * count / max(1, n))} % of its {n:,} samples" for count, n in zip(samples, own)]
    caption = (f"The {len(shown)} most frequent confusions of {found.n_classes:,} classes, in test samples of "
               f"{plural(found.n_trials, 'seed')} together. Most frequent: {names[0]}, {samples[0]:,} times, {share[0]}.")
    return out.finish(figure, "confusion", title, f"Bar chart of the most frequent confusions. First: {names[0]}, {samples[0]:,} samples.", caption,
                      [(float(count) / 2, row, f"{name}\n{count:,}: {part}", None)
                       for row, (name, count, part) in enumerate(zip(names, samples, share))])
