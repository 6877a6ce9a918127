"""How units are used: figures of codes."""

import textwrap

import matplotlib
import numpy as np

from ..base.wording import significant, unbroken
from .axes import place_legend, set_log
from .drawing import DASHES, FULL, LINE_COLOURS, MARKERS, PAPER

ALMOST_ALL = 0.99
BINS_PER_DECADE = 4   # of density_histogram, whose last bin ends at 1 and whose first holds what is never active
WIDEST_LABEL, MOST_LINES = 20, 8   # letters and lines of a label below a bar
LETTER_WIDTH, LINE_HEIGHT = 0.08, 0.17   # inches
LETTER_SHAPE = 0.62   # width of a letter in its sizes


def unit_figures(out, grid, codes):
    if not codes.each:
        return []
    note = (f"Best trial of the best setting of each {grid.x} and of each other kind, first {len(codes.each[0].code)} test samples, "
            "of each the k largest activations, or all where no k is kept.")
    return [_densities(out, grid, codes, note), _ends(out, grid, codes, note), _means(out, grid, codes, note)]


def _densities(out, grid, codes, note):
    """Histograms of unit density, in bins of equal width of its logarithm; units that are never active left of them."""
    n = len(codes.each[0].code)
    edges = np.geomspace(0.7 / n, 1.0001, 22)
    middles = np.sqrt(edges[1:] * edges[:-1])
    figure, axes = out.new_axes()
    marks = []
    for i, each in enumerate(codes.each):
        counts = np.histogram(each.density, edges)[0]
        _line(axes, middles, counts, i, each.name, markevery=4)
        marks += [(x, y, f"{each.name}\n{y} units active for about {significant(100 * x)} % of the samples", None)
                  for x, y in zip(middles.tolist(), counts.tolist())]
    set_log(axes, "x")
    axes.set_xlabel("share of samples (logarithmic)")
    axes.set_ylabel("hidden units")
    place_legend(axes)
    return out.finish(figure, "unit_density", f"How often units are active, by {grid.x_name}",
                      "Histograms of activation density: " + "; ".join(
                          f"{each.name}: median {significant(100 * np.median(each.density))} %" for each in codes.each) + ".",
                      note + " Units that are never active are not in the histograms.", marks)


def stored_densities(out, grid, cells, names, note):
    """The histogram that the program measured over the whole validation part; None without."""
    table = grid.sweep.density
    found = [] if table is None else [(name, table[cell.reporting]) for cell, name in zip(cells, names) if len(cell.reporting)]
    found = [(name, rows[np.isfinite(rows).all(axis=1)].mean(axis=0)) for name, rows in found if np.isfinite(rows).all(axis=1).any()]
    if not found:
        return None
    figure, axes = out.new_axes()
    bins = len(found[0][1])
    middles = 10 ** ((np.arange(1, bins) - bins + 0.5) / BINS_PER_DECADE)
    marks = []
    for i, (name, counts) in enumerate(found):
        _line(axes, middles, counts[1:], i, name, markevery=4)
        marks += [(x, y, f"{name}\n{significant(y)} units active for about {significant(100 * x)} % of the samples", None)
                  for x, y in zip(middles.tolist(), counts[1:].tolist())]
    set_log(axes, "x")
    axes.set_xlabel("share of samples (logarithmic)")
    axes.set_ylabel("hidden units")
    place_legend(axes)
    never = [f"{significant(counts[0])} at {name}" for name, counts in found if counts[0] > 0]
    words = f"Not in the histograms, never active: {'; '.join(never) if never else 'no unit'}."
    return out.finish(figure, "density_histogram", f"How often units are active, by {grid.x_name}", f"Histograms of activation density. {words}",
                      unbroken(f"Number of units in each quarter of a decade, mean over seeds, whole validation part.{note} {words}"), marks)


def _ends(out, grid, codes, note):
    names = [each.name for each in codes.each]
    plain = all(name.startswith(f"{grid.x_name} = ") and "," not in name for name in names)
    ticks = [name.split(" = ")[-1] if plain else _in_lines(name) for name in names]
    figure, axes = _axes_for(out, ticks)
    always = [int(np.sum(each.density >= ALMOST_ALL)) for each in codes.each]
    never = [int(np.sum(each.density == 0)) for each in codes.each]
    at, marks = np.arange(len(names)), []
    for i, (counts, label) in enumerate(((always, f"always on: {ALMOST_ALL:.0%} of the samples or more"), (never, "never active"))):
        axes.bar(at + 0.4 * i - 0.2, counts, 0.38, color=LINE_COLOURS[i], hatch=("", "//")[i], edgecolor=PAPER, label=label)
        for x, count in zip(at, counts):
            axes.text(x + 0.4 * i - 0.2, count, str(count), ha="center", va="bottom", fontsize="small")
            marks.append((x + 0.4 * i - 0.2, count / 2, f"{names[x]}\n{count} {label}", None))
    axes.set_xticks(at, ticks)
    axes.grid(False, axis="x")
    axes.set_xlabel(grid.x_title if plain else "")
    axes.set_ylabel("hidden units")
    place_legend(axes)
    words = "; ".join(f"{name}: {a} always on, {d} never active" for name, a, d in zip(names, always, never))
    return out.finish(figure, "units_on_off", "Units that are always on, and never", f"Bar chart. {words}.", note, marks)


def _in_lines(name):
    """The name of a setting as several short lines, for a label below a bar; the pointer finds the whole."""
    lines = [line for part in name.split(", ") for line in textwrap.wrap(part, WIDEST_LABEL) or [""]]
    return "\n".join(lines[:MOST_LINES]) + ("…" if len(lines) > MOST_LINES else "")


def _axes_for(out, labels):
    """Axes with room for these labels, one below each bar, in letters of a size at which they do not touch."""
    letters = len(labels) * (1 + max(len(line) for label in labels for line in label.split("\n")))
    n_lines = max(label.count("\n") + 1 for label in labels)
    figure, axes = out.new_axes(min(max(4.8, 0.8 + letters * LETTER_WIDTH), FULL[0]), 3.3 + (n_lines - 1) * LINE_HEIGHT)
    fitting = (figure.get_figwidth() - 0.8) / letters * 72 / LETTER_SHAPE
    if fitting < matplotlib.rcParams["font.size"]:
        axes.tick_params(axis="x", labelsize=fitting)
    return figure, axes


def _means(out, grid, codes, note):
    figure, axes = out.new_axes()
    marks = []
    for i, each in enumerate(codes.each):
        means = np.sort(each.code.mean(axis=0))[::-1]
        means = means[means > 0]
        _line(axes, np.arange(1, len(means) + 1), means, i, each.name, markevery=max(1, len(means) // 6))
        marks += [(float(j + 1), float(means[j]), f"{each.name}\nunit of rank {j + 1}: mean {significant(means[j])}", None)
                  for j in range(0, len(means), max(1, len(means) // 40))]
    set_log(axes, "y")
    axes.set_xlabel("hidden units, most active first")
    axes.set_ylabel("mean activation (log)")
    place_legend(axes)
    return out.finish(figure, "unit_means", "Mean activation of each unit", "Line plot of mean activations, sorted. Largest: " + "; ".join(
        f"{each.name}: {significant(each.code.mean(axis=0).max())}" for each in codes.each) + ".",
                      note + " Units with a mean of 0 or less are left out.", marks)


def _line(axes, xs, ys, index, label, markevery):
    axes.plot(xs, ys, color=LINE_COLOURS[index], linestyle=DASHES[index], marker=MARKERS[index], markersize=4.5,
              markevery=markevery, markeredgecolor=PAPER, linewidth=1.5, label=label)
