"""The frontier: reconstruction against measured L0, and what stands beside it over the same axis."""

from dataclasses import dataclass, replace

import numpy as np

from ..base.wording import capitalised, number, significant, unbroken
from ..results.bounds import bounds_of
from ..results.panels import MOST_LINES
from ..results.statistics import interval_name, interval_of, pairs_interval
from ..results.tradeoff import dead_column, frontier_of, l0_of
from .axes import frame, place_legend, set_log, shortened, spans_enough
from .drawing import DASHES, FULL, LINE_COLOURS, MARKERS, MUTED, PAGE, PAPER
from .lines import TOO_FEW, interval_text

SIZE = (4.6, 3.5)   # inches
LEAST_GAP, LETTER = 0.02, 0.021   # between numbers beside marks, and of one of their letters, as shares of the axis
CHANCE_DASHES = (0, (1, 1.5))


@dataclass(frozen=True)
class Quantity:
    """column: of sweep.h5; of_units: as a share of the hidden units; of_pairs: each seed's mean over its pairs with others; level: (value, label)
    of a line across, or None; chance: (column, label) of what each cell would have by chance, or None."""
    column: str
    name: str
    title: str
    label: str
    scale: float = 1
    of_units: bool = False
    of_pairs: bool = False
    log: bool = False
    level: tuple = None
    chance: tuple = None
    note: str = ""


def frontier_figures(out, grid, answer):
    """Empty where reconstruction is not what is judged, or where L0 does not vary."""
    lines = frontier_of(grid, answer.best)
    shown = lines[:MOST_LINES]
    if not shown:
        return []
    left_out = f" {len(shown)} of {len(lines)} lines shown; all are in the table." if len(shown) < len(lines) else ""
    figures = [_figure(out, grid, shown, quantity, left_out) for quantity in _quantities(grid)
               if any(len(grid.numbers(cell, quantity.column)) for _, cells in shown for cell in cells)]
    figures = [figure for figure in figures if figure is not None]
    if figures and figures[0].name == "frontier" and out.where == PAGE:
        full = _figure(out, grid, shown, replace(_quantities(grid)[0], name="frontier_full"), left_out, FULL)
        figures[0] = replace(figures[0], full=full)
    return figures


def _quantities(grid):
    metric, noun = grid.metric, grid.metric.noun
    of_random = np.sqrt(2 / (np.pi * np.prod(grid.sweep.attributes.get("image_shape", [1]))))
    named = f" Numbers beside the highest marks: {grid.x_name}." if grid.is_number(grid.x) else ""
    return (Quantity(metric.judging, "frontier", f"{capitalised(noun)} against measured L0", metric.label, metric.scale, log=True,
                     note=f"L0: {metric.l0}, the mean number of active units of a sample.{named}"),
            Quantity(dead_column(grid) or "", "frontier_dead", "Dead units against L0", "dead units in % of all", 100, of_units=True,
                     note=f"{dead_column(grid)}: units that are active for no sample " +
                     ("of the evaluation." if dead_column(grid) == "dead_units_validation" else "of the last epoch.")),
            Quantity("mean_decoder_cosine", "frontier_c_dec", "c_dec against L0", "c_dec: mean |cosine| of columns",
                     level=(float(of_random), "random columns"),
                     note="c_dec: mean |cosine| of the decoder columns of two live units; smallest, or at its elbow, near the true L0 (Chanin & "
                          "Garriga-Alonso 2025). Dotted: what random columns have."),
            Quantity("consistency", "frontier_consistency", "Consistency between seeds against L0", "PW-MCC with other seeds", of_pairs=True,
                     chance=("consistency_by_chance", "by chance"),
                     note="Mean cosine of decoder columns matched one to one with those of another seed (Song et al. 2025). The intervals leave out "
                          "one seed at a time, since pairs share seeds. Dotted: what random directions, as many as there are live units, have."),
            Quantity("true_mcc", "frontier_true_mcc", "True features found against L0", "GT-MCC",
                     note="GT-MCC: mean cosine of decoder columns with the true directions assigned to them; 1: all are found."))


def _values(grid, cell, quantity):
    """(L0, value) of each seed that has both."""
    l0, values = grid.by_seed(cell, grid.metric.l0), grid.by_seed(cell, quantity.column)
    scale = quantity.scale / (grid.value(cell, "hidden") or np.nan if quantity.of_units else 1)
    return [(l0.get(seed, l0_of(grid, cell)), scale * value, seed) for seed, value in values.items()]


def _interval(quantity, values):
    least, most = (0, 1) if quantity.of_units else bounds_of(quantity.column)
    numbers = [value for _, value, _ in values]
    if quantity.of_pairs:
        return pairs_interval(numbers).within((least, most))
    return interval_of(numbers, (quantity.scale * least, quantity.scale * most))


def _figure(out, grid, lines, quantity, left_out, size=SIZE):
    figure, axes = out.new_axes(*size)
    drawn = [_draw_line(grid, axes, quantity, i, *line) for i, line in enumerate(lines)]
    if quantity.column == grid.metric.judging:
        _name_marks(grid, axes, quantity, lines)
    ys, ends, marks = ([each for part in drawn for each in part[i]] for i in range(3))
    if not np.isfinite(ys).any() or (quantity.of_units and not np.any(ys)):   # no unit is dead anywhere: the table says so
        return out.discard(figure)
    set_log(axes, "x")
    log = quantity.log and spans_enough(ys)
    if log:
        set_log(axes, "y")
    if quantity.level and quantity.level[0] > min(ys) / 4:
        axes.axhline(quantity.level[0], color=MUTED, linewidth=1.2, linestyle=CHANCE_DASHES, zorder=2, label=quantity.level[1])
        ys = [*ys, quantity.level[0]]
    ys = [*ys, *_draw_chance(grid, axes, quantity, lines)]
    frame(axes, ys, ends, log)
    axes.set_xlabel("L0: active units of a sample (log)")
    axes.set_ylabel(quantity.label + " (log)" * log)
    place_legend(axes)
    intervals = f"bars and band: {unbroken(interval_name())} of the mean over seeds." if grid.has_intervals else TOO_FEW
    note = (f"Dots: single seeds. Marker: their mean; {intervals} {quantity.note}"
            f"{left_out}").replace("  ", " ")
    return out.finish(figure, quantity.name, quantity.title, _alt(grid, lines, quantity), note, marks)


def _draw_line(grid, axes, quantity, index, label, cells):
    """Returns all dots' heights, the ends of the intervals, and marks for the pointer."""
    colour, found = LINE_COLOURS[index % len(LINE_COLOURS)], [(cell, _values(grid, cell, quantity)) for cell in cells]
    found = [(cell, values, _interval(quantity, values)) for cell, values in found if values]
    if not found:
        return [], [], []
    xs, means = [l0_of(grid, cell) for cell, _, _ in found], [interval.mean for _, _, interval in found]
    ends = np.array([(interval.low, interval.high) for _, _, interval in found])
    _draw_intervals(axes, np.array(xs), np.array(means), ends, colour)
    axes.plot(xs, means, color=colour, linestyle=DASHES[index % len(DASHES)], marker=MARKERS[index % len(MARKERS)], markersize=5.5,
              markeredgecolor=PAPER, markeredgewidth=0.6, linewidth=1.6, label=label, zorder=4)
    dots = [(x, y, f"seed {seed}: {significant(y, 4)}", None) for _, values, _ in found for x, y, seed in values]
    axes.scatter([dot[0] for dot in dots], [dot[1] for dot in dots], s=9, color=colour, alpha=0.5, linewidths=0, zorder=5)
    marks = [(x, interval.mean, f"{shortened(grid.name(cell), 90)}\nL0 {significant(x)}: {interval_text(interval)}", None)
             for x, (cell, _, interval) in zip(xs, found)]
    return [dot[1] for dot in dots], ends.ravel().tolist(), [*marks, *dots]


def _draw_chance(grid, axes, quantity, lines):
    """Of each line, in its colour: dictionaries of other sizes have other levels.  Returns their heights."""
    drawn = []
    for i, (_, cells) in enumerate(lines if quantity.chance else ()):
        places = [(l0_of(grid, cell), grid.numbers(cell, quantity.chance[0])) for cell in cells]
        places = [(l0, float(values.mean())) for l0, values in places if len(values)]
        axes.plot([l0 for l0, _ in places], [level for _, level in places], color=LINE_COLOURS[i % len(LINE_COLOURS)], linewidth=1.2,
                  linestyle=CHANCE_DASHES, zorder=2)
        drawn += [level for _, level in places]
    if drawn:
        axes.plot([], [], color=MUTED, linewidth=1.2, linestyle=CHANCE_DASHES, label=quantity.chance[1])
    return drawn


def _name_marks(grid, axes, quantity, lines):
    """The value of x beside the highest mark at each L0, where there is room for it."""
    if not grid.is_number(grid.x):
        return
    marks = [(l0_of(grid, cell), _interval(quantity, _values(grid, cell, quantity)).mean, cell) for _, cells in lines for cell in cells]
    span, named = np.ptp([np.log(l0) for l0, _, _ in marks]), []
    for l0, mean, cell in sorted(marks, key=lambda mark: -mark[1]):
        text = grid.x_text(grid.x_of(cell))
        if all(abs(np.log(l0 / other)) > span * (LEAST_GAP + LETTER * max(len(text), length)) for other, length in named):
            axes.annotate(text, (l0, mean), (4, 5), textcoords="offset points", fontsize="small")
            named.append((l0, len(text)))


def _draw_intervals(axes, xs, means, ends, colour):
    some = np.isfinite(ends).all(axis=1)
    if not some.any():
        return
    axes.errorbar(xs[some], means[some], np.abs(ends[some] - means[some, None]).T, color=colour, fmt="none", capsize=3, elinewidth=1.2, zorder=3)
    if some.sum() > 1:
        axes.fill_between(xs[some], ends[some, 0], ends[some, 1], color=colour, alpha=0.13, linewidth=0, zorder=1)


def _alt(grid, lines, quantity):
    parts = []
    for label, cells in lines[:4]:
        means = [(l0_of(grid, cell), _interval(quantity, _values(grid, cell, quantity)).mean) for cell in cells]
        points = [f"{significant(l0)}: {number(mean) if abs(mean) >= 1 else significant(mean)}" for l0, mean in means[:12] if np.isfinite(mean)]
        parts.append((f"{label}: " if label else "") + ", ".join(points))
    return f"Line plot of {quantity.label} over measured L0. Means: " + "; ".join(parts) + "."
