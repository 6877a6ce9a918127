"""Quantities over x: every seed a dot, the mean a line, its interval a band with bars."""

import numpy as np

from ..base.choices import LEAST_FOR_INTERVAL
from ..base.wording import bracket, number, percent, significant, unbroken
from ..results.grid import kind_name
from ..results.references import level_of
from ..results.statistics import interval_name
from .axes import Positions, frame, place_legend, set_log, shortened, spans_enough
from .drawing import DASHES, INK, LINE_COLOURS, MARKERS, MUTED, PAPER, USUAL

MOST_VECTOR_DOTS, MOST_MARKERS = 2000, 300
MOST_IN_ALT_TEXT = 12
TOO_FEW = f"No intervals: no setting has {LEAST_FOR_INTERVAL} seeds."
REFERENCE_DASHES = ("-", "--", (0, (1, 1.5)), "-.", (0, (6, 2)), (0, (2, 3)), (0, (8, 2, 1, 2)))


def interval_note(grid):
    line, band = ("Line and marker", "Band and bars") if grid.is_number(grid.x) else ("Marker", "Bars")
    if not grid.has_intervals:
        return f"Dots: single seeds. {line}: their mean. {TOO_FEW}"
    return f"Dots: single seeds. {line}: their mean. {band}: {unbroken(interval_name())} of the mean over seeds, cut where they leave the frame."


class Plot:
    """One panel being drawn: its axes, and what was drawn so far for the frame and for the pointer."""

    def __init__(self, out, grid, quantity, scale, size):
        self.out, self.grid, self.quantity, self.scale = out, grid, quantity, scale
        self.figure, self.axes = out.new_axes(*size)
        self.positions = Positions(grid)
        self.values, self.ends, self.marks = [], [], []
        self.crowded = False   # too many dots to be single shapes
        self.beside_others = False   # a single line needs a name, too
        self.dense = False     # too many means to have a marker and a bar each
        self.gap = 0.01        # from a mean to its dots, as a share of the range
        self.places = {}       # of cells beside their x, see _places()

    def interval(self, cell):
        return self.grid.interval(cell, self.quantity, self.scale)

    def x_of(self, cell, gap=0.0):
        return self.positions.of(self.grid.x_of(cell), self.places.get(id(cell), 0.0) + gap)

    def mark(self, x, y, cell, text):
        self.marks.append((x, y, f"{shortened(self.grid.name(cell), 90)}\n{text}", None))


def over_x(out, grid, panel, quantity, scale, label, name, title, caption, chosen=None, references=(), published=(),
           size=USUAL, apart=False, log=False, beside=()):
    """One panel: a line for each combination of the axes that are neither x nor seed.  log: the vertical axis is logarithmic where that helps.

    beside: cells of all panels that share the vertical axis.
    """
    plot = Plot(out, grid, quantity, scale, size)
    plot.crowded = sum(len(cell.reporting) for line in panel.lines for cell in line.cells) > MOST_VECTOR_DOTS
    plot.beside_others = bool(references or published)
    plot.dense = sum(len(line.cells) for line in panel.lines) > MOST_MARKERS
    apart = apart or not plot.positions.is_number   # nothing else tells marks at one place apart
    plot.gap = min(0.01, 0.4 * _spacing(len(panel.lines))) if apart else 0.01
    plot.places = _places(plot, panel) if apart else {}
    for i, line in enumerate(panel.lines):
        _draw_line(plot, line, i)
    if not plot.values:
        return out.discard(plot.figure)
    plot.positions.set_axis(plot.axes)
    _draw_references(plot, references)
    _draw_published(plot, published)
    _make_room(plot, beside)
    log = log and spans_enough(plot.values)
    if log:
        set_log(plot.axes, "y")
    frame(plot.axes, plot.values, plot.ends, log)
    if chosen is not None:
        _ring(plot, panel, chosen)
    plot.axes.set_ylabel(label + " (log)" * log)
    place_legend(plot.axes)
    return out.finish(plot.figure, name, title, _alt(plot, panel, label), caption, plot.marks)


def _make_room(plot, cells):
    """The frame is also around these cells, which other panels show."""
    for cell in cells:
        interval = plot.interval(cell)
        plot.values += (plot.scale * plot.grid.numbers(cell, plot.quantity)).tolist()
        plot.ends += [interval.low, interval.high]


def _places(plot, panel):
    """Cell -> how far it stands beside its x, as a share of the range, so that bars of several lines can be told apart.

    Where x is a text, the marks at one x stand around it; else each line is shifted as a whole.
    """
    n, places = len(panel.lines), {}
    columns = {}
    for i, line in enumerate(panel.lines):
        for cell in line.cells:
            if plot.positions.is_number:
                places[id(cell)] = (i - (n - 1) / 2) * _spacing(n)
            elif plot.interval(cell).n:
                columns.setdefault(plot.grid.x_of(cell), []).append(cell)
    for cells in columns.values():
        places |= {id(cell): (i - (len(cells) - 1) / 2) * _spacing(n) for i, cell in enumerate(cells)}
    return places


def _spacing(n_lines):
    return min(0.022, 0.06 / n_lines)


def _draw_line(plot, line, index):
    measured = [(cell, plot.interval(cell)) for cell in line.cells]
    measured = [(cell, interval) for cell, interval in measured if interval.n]
    if not measured:
        return
    colour = LINE_COLOURS[index % len(LINE_COLOURS)]
    xs = np.array([plot.x_of(cell) for cell, _ in measured], float)
    means = np.array([interval.mean for _, interval in measured])
    ends = np.array([(interval.low, interval.high) for _, interval in measured])
    _draw_intervals(plot, xs, means, ends, colour)
    plot.axes.plot(xs, means, color=colour, linestyle=DASHES[index % len(DASHES)] if plot.positions.is_number else "none",
                   marker=None if plot.dense else MARKERS[index % len(MARKERS)], markersize=6, markeredgecolor=PAPER, markeredgewidth=0.6,
                   linewidth=1.6, label=line.label or (kind_name(line.cells[0]) if plot.beside_others else ""), zorder=4)
    _draw_dots(plot, measured, colour)
    for x, (cell, interval) in list(zip(xs, measured))[::4 if plot.dense else 1]:
        plot.mark(x, interval.mean, cell, interval_text(interval))
    plot.ends += [end for pair in ends for end in pair]


def interval_text(interval, decimals=None):
    text = (lambda value, _=0: significant(value, 5)) if decimals is None else number
    seeds = f"n = {interval.n}"
    return " ".join(filter(None, [text(interval.mean, decimals), bracket(interval.low, interval.high, decimals, text), seeds]))


def _draw_dots(plot, measured, colour):
    xs, ys, dots = [], [], []
    columns = plot.grid.sweep.columns
    for cell, _ in measured:
        x = plot.x_of(cell, plot.gap)
        for row in cell.reporting:
            value = plot.scale * float(columns[plot.quantity][row])
            if np.isfinite(value):
                xs.append(x)
                ys.append(value)
                dots.append((x, value, f"seed {columns['seed'][row]}: {significant(value, 5)}", int(row)))
    plot.marks += [] if plot.crowded else dots
    plot.axes.scatter(xs, ys, s=13, color=colour, alpha=0.6, linewidths=0, zorder=5, rasterized=plot.crowded)
    plot.values += ys


def _draw_intervals(plot, xs, means, ends, colour):
    """ends: (point x 2), NaN where a single seed has none."""
    some = np.isfinite(ends).all(axis=1)
    if some.any() and not plot.dense:
        plot.axes.errorbar(xs[some], means[some], np.abs(ends[some] - means[some, None]).T, color=colour, fmt="none",
                           capsize=3, elinewidth=1.2, zorder=3)
    if plot.positions.is_number and some.sum() > 1:
        plot.axes.fill_between(xs[some], ends[some, 0], ends[some, 1], color=colour, alpha=0.13, linewidth=0, zorder=1)


def _draw_references(plot, references):
    """What x does not concern is a level with its interval; untrained weights of several x are a line over x."""
    levels = [(cell, plot.interval(cell)) for cell in references]
    for i, (cell, interval) in enumerate((cell, interval) for cell, interval in levels if interval.n):
        plot.axes.axhline(interval.mean, color=MUTED, linewidth=1.4, zorder=2, label=plot.grid.name(cell),
                          linestyle=REFERENCE_DASHES[i % len(REFERENCE_DASHES)])
        if np.isfinite(interval.low):
            plot.axes.axhspan(interval.low, interval.high, color=MUTED, alpha=0.1, linewidth=0, zorder=1)
        plot.mark(plot.positions.of(plot.positions.values[-1]), interval.mean, cell, interval_text(interval))
        plot.values.append(interval.mean)


def _draw_published(plot, published):
    for i, each in enumerate(published):
        level = level_of(each)
        label = shortened(f"published: {each.source or percent(level / 100) + ' %'}", 44)
        if each.axis == plot.grid.x and plot.positions.is_number:
            plot.axes.plot([each.value], [level], linestyle="none", marker="*", markersize=13, zorder=7, color=INK,
                           markeredgecolor=PAPER, label=label if _first_of_source(published, i) else None)
            plot.marks.append((each.value, level, f"published: {each.text}", None))
        elif each.axis is None:
            plot.axes.axhline(level, color=INK, linewidth=1, linestyle=(0, (1, 2)), zorder=2, label=label)
        else:
            continue
        plot.values.append(level)


def _first_of_source(published, index):
    return all(each.source != published[index].source for each in published[:index])


def _ring(plot, panel, chosen):
    if any(cell is chosen for line in panel.lines for cell in line.cells):
        plot.axes.plot([plot.x_of(chosen)], [plot.interval(chosen).mean], "o", markersize=14, markerfacecolor="none",
                       markeredgecolor=INK, markeredgewidth=1.3, zorder=6, label="chosen on validation", linestyle="none")


def _alt(plot, panel, label):
    parts = []
    for line in panel.lines:
        means = [(plot.grid.x_of(cell), plot.interval(cell).mean) for cell in line.cells]
        points = [f"{plot.grid.x_text(x)}: {number(mean) if abs(mean) >= 1 else significant(mean)}" for x, mean in means
                  if np.isfinite(mean)][:MOST_IN_ALT_TEXT]
        parts.append((f"{line.label}: " if line.label else "") + ", ".join(points))
    return f"{'Line' if plot.positions.is_number else 'Dot'} plot of {label} over {plot.grid.x_name}. Means: " + "; ".join(parts[:4]) + "."
