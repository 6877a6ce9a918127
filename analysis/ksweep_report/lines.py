"""Quantities over x: every seed a dot, the mean a line, the 95 % t interval a bar."""

import numpy as np
from matplotlib.ticker import FixedLocator, FuncFormatter, LogLocator, NullFormatter, NullLocator

from .drawing import DASHES, INK, LINE_COLOURS, MARKERS, MUTED, PAPER, finish, new_axes
from .grid import split
from .statistics import t_interval
from .wording import number, value_text

MOST_VECTOR_DOTS = 2000
MOST_IN_ALT_TEXT = 12
LONGEST_LABEL = 50
INTERVAL_NOTE = ("Dots: single seeds. Line and marker: their mean. Bars: 95 % t interval of the mean over seeds, "
                 "cut where they leave the frame.")


def spans_decade(values):
    values = [value for value in values if value is not None]
    return bool(values) and min(values) > 0 and max(values) / min(values) > 10


def set_x_axis(axes, xs, label):
    """Logarithmic where x spans more than a decade; ticks at the values themselves, as many as fit."""
    xs = sorted(set(xs))
    log = spans_decade(xs)
    if log:
        axes.set_xscale("log")
    position = np.log(xs) if log else np.asarray(xs, float)
    span = max(position[-1] - position[0], 1e-12)
    ticks = [0]
    for i in range(1, len(xs)):
        if (position[i] - position[ticks[-1]]) / span > 0.07:
            ticks.append(i)
    axes.xaxis.set_major_locator(FixedLocator([xs[i] for i in ticks]))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_minor_formatter(NullFormatter())
    axes.set_xticklabels([value_text(xs[i]) for i in ticks])
    if len(xs) == 1:
        axes.set_xlim(xs[0] * 0.5 - 0.5, xs[0] * 1.5 + 0.5)
    axes.set_xlabel(label + (" (logarithmic)" if log else ""))


def draw_line(axes, grid, line, quantity, scale, index, offset_of):
    """offset_of(cell, index, steps): its x when drawn.  Returns the values drawn and the intervals' ends."""
    colour = LINE_COLOURS[index % len(LINE_COLOURS)]
    xs, means, dots_x, dots_y, drawn = [], [], [], [], []
    for cell in line.cells:
        values = scale * grid.numbers(cell, quantity)
        if not len(values):
            continue
        interval = t_interval(values)
        xs.append(offset_of(cell, index, 0))
        means.append(interval.mean)
        dots_x += [offset_of(cell, index, 0.45)] * len(values)
        dots_y += list(values)
        drawn.append((interval.low, interval.high))
    if xs:
        _draw_intervals(axes, np.array(xs), np.array(means), np.array(drawn), colour)
        axes.plot(xs, means, color=colour, linestyle=DASHES[index % len(DASHES)], marker=MARKERS[index % len(MARKERS)],
                  markersize=5.5, markeredgecolor=PAPER, linewidth=1.6, label=line.label, zorder=4)
        axes.scatter(dots_x, dots_y, s=13, color=colour, alpha=0.6, linewidths=0, zorder=5,
                     rasterized=len(dots_x) > MOST_VECTOR_DOTS)
    return dots_y, [end for ends in drawn for end in ends]


def _draw_intervals(axes, xs, means, ends, colour):
    """ends: (point x 2), NaN where a single seed has none."""
    some = np.isfinite(ends).all(axis=1)
    if some.any():
        axes.errorbar(xs[some], means[some], np.abs(ends[some] - means[some, None]).T, color=colour, fmt="none",
                      capsize=3.5, elinewidth=1.5, zorder=3)


def _placing(grid, n_lines, apart):
    """Where to draw cells: dots stand a little right of their mean; with `apart`, lines a little beside each other."""
    xs = grid.values_of(grid.x)
    log = spans_decade(xs)

    def place(cell, index, steps):
        steps += index - (n_lines - 1) / 2 if apart else 0
        x = grid.x_of(cell)
        if len(xs) < 2:
            return x + 0.02 * steps * max(abs(x), 1)
        offset = steps * min(0.022, 0.06 / n_lines)
        return x * (xs[-1] / xs[0]) ** offset if log else x + (xs[-1] - xs[0]) * offset
    return place


def frame(axes, values, ends):
    """A vertical frame around all dots, and around intervals that are not far wider than what they are of."""
    values = np.asarray(values, float)
    low, high = values.min(), values.max()
    room = max(high - low, 1e-9 * max(abs(high), 1), 1e-12)
    ends = [end for end in ends if np.isfinite(end)]
    low = max(min([low, *ends]), low - 0.75 * room)
    high = min(max([high, *ends]), high + 0.75 * room)
    pad = 0.06 * max(high - low, 0.01 * max(abs(high), 1e-6))
    axes.set_ylim(low - pad, high + pad)


def place_legend(axes, title=None):
    handles, labels = axes.get_legend_handles_labels()
    if len(handles) < 2 and not any(labels):
        return
    labels = [label if len(label) <= LONGEST_LABEL else label[:LONGEST_LABEL - 1] + "…" for label in labels]
    room = 72 * (axes.figure.get_size_inches()[0] - 0.7)   # points
    columns = int(max(1, min(len(labels), room / (40 + 4.9 * max(map(len, labels))))))
    axes.legend(handles, labels, title=title, loc="lower left", bbox_to_anchor=(0, 1.0), ncol=columns,
                borderaxespad=0.2, columnspacing=1.4, handlelength=2.6, alignment="left")


def over_x(grid, panel, quantity, scale, label, folder, name, title, caption, chosen=None, baselines=(), size=(4.8, 3.3),
           apart=False):
    """One panel: a line for each combination of the axes that are neither x nor seed."""
    figure, axes = new_axes(*size)
    place = _placing(grid, len(panel.lines), apart)
    values, ends = [], []
    for i, line in enumerate(panel.lines):
        dots, drawn = draw_line(axes, grid, line, quantity, scale, i, place)
        values += dots
        ends += drawn
    if not values:
        return _discard(figure)
    xs = [grid.x_of(cell) for line in panel.lines for cell in line.cells]
    set_x_axis(axes, xs, grid.x)
    values += _draw_baselines(axes, grid, baselines, quantity, scale)
    frame(axes, values, ends)
    _ring(axes, grid, panel, chosen, quantity, scale, place)
    axes.set_ylabel(label)
    place_legend(axes)
    return finish(figure, folder, name, title, _alt(grid, panel, quantity, scale, label), caption)


def _discard(figure):
    from matplotlib import pyplot
    pyplot.close(figure)


def _ring(axes, grid, panel, chosen, quantity, scale, place):
    for i, line in enumerate(panel.lines):
        if chosen is not None and any(cell is chosen for cell in line.cells):
            mean = t_interval(scale * grid.numbers(chosen, quantity)).mean
            axes.plot([place(chosen, i, 0)], [mean], "o", markersize=14, markerfacecolor="none", markeredgecolor=INK,
                      markeredgewidth=1.3, zorder=6, label="chosen on validation", linestyle="none")


def _draw_baselines(axes, grid, baselines, quantity, scale):
    """Raw pixels as a level, random weights as a dashed line over x."""
    drawn = []
    for cell in (cell for cell in baselines if cell.kind != "random"):
        interval = t_interval(scale * grid.numbers(cell, quantity))
        if interval.n:
            axes.axhline(interval.mean, color=MUTED, linewidth=1.6, zorder=2, label=grid.name(cell))
            if interval.n > 1:
                axes.axhspan(interval.low, interval.high, color=MUTED, alpha=0.15, linewidth=0, zorder=1)
            drawn.append(interval.mean)
    random = [cell for cell in baselines if cell.kind == "random" and len(grid.numbers(cell, quantity))]
    differing = [axis for axis in grid.other_axes() if len({grid.value(cell, axis) for cell in random}) > 1]
    for cells in split(grid, random, differing):
        points = sorted((grid.x_of(cell), scale * np.mean(grid.numbers(cell, quantity))) for cell in cells)
        axes.plot(*zip(*points), color=MUTED, linestyle="--", marker="d", markersize=4.5, linewidth=1.4, zorder=2,
                  label=", ".join(filter(None, ["random weights", grid.describe(cells[0], differing)])))
        drawn += [y for _, y in points]
    return drawn


def _alt(grid, panel, quantity, scale, label):
    parts = []
    for line in panel.lines:
        means = [(grid.x_of(cell), t_interval(scale * grid.numbers(cell, quantity)).mean) for cell in line.cells]
        points = [f"{value_text(x)}: {number(mean)}" for x, mean in means if np.isfinite(mean)][:MOST_IN_ALT_TEXT]
        parts.append((f"{line.label}: " if line.label else "") + ", ".join(points))
    return f"Line plot of {label} over {grid.x}. Means: " + "; ".join(parts[:4]) + "."


def learning_curve(grid, cells, curve, label, folder, name, title, caption, log_y=False):
    """One line for each cell: the mean over its seeds, and a band from the least to the greatest seed."""
    sweep = grid.sweep
    if curve not in sweep.curves:
        return None
    figure, axes = new_axes()
    drawn, ends = 0, []
    for i, cell in enumerate(cells):
        rows = sweep.curves[curve][cell.done]
        at = np.flatnonzero(np.isfinite(rows).any(axis=0))
        if not len(at):
            continue
        colour, epochs, rows = LINE_COLOURS[i % len(LINE_COLOURS)], sweep.epochs[at], rows[:, at]
        axes.plot(epochs, np.nanmean(rows, axis=0), color=colour, linestyle=DASHES[i % len(DASHES)], linewidth=1.7,
                  marker=MARKERS[i % len(MARKERS)], markevery=max(1, len(at) // 6), markersize=4.5,
                  markeredgecolor=PAPER, label=grid.describe(cell, [grid.x]))
        axes.fill_between(epochs, np.nanmin(rows, axis=0), np.nanmax(rows, axis=0), color=colour, alpha=0.18, linewidth=0)
        ends.append(f"{value_text(grid.x_of(cell))}: {np.nanmean(rows, axis=0)[-1]:.4g}")
        drawn += 1
    if not drawn:
        return _discard(figure)
    if log_y:
        axes.set_yscale("log")
        axes.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
        axes.yaxis.set_major_formatter(FuncFormatter(lambda y, _: f"{y:g}"))
        axes.yaxis.set_minor_formatter(NullFormatter())
        label += " (logarithmic)"
    axes.xaxis.get_major_locator().set_params(integer=True)
    axes.set_xlabel("epoch")
    axes.set_ylabel(label)
    place_legend(axes)
    alt = f"Line plot of {label} over epochs, one line for each {grid.x}. Last values: " + ", ".join(ends) + "."
    return finish(figure, folder, name, title, alt, caption)
