"""The effect of each axis: a row for each of its values, all on one scale."""

import numpy as np

from ..base.choices import LEAST_FOR_INTERVAL
from ..base.wording import capitalised, value_text
from ..results.grid import evenly
from .axes import frame, shortened
from .drawing import LINE_COLOURS, MARKERS, MUTED, PAPER

MOST_VALUES, MOST_AXES = 12, 8   # rows of an axis, axes
LONGEST_ROW = 34
ROW_HEIGHT = 0.27   # inches
GAP = 0.6           # of a row, between axes
MOST_TICKS = 5      # that their numbers have room for


def effect_plot(out, grid, effects):
    """None where fewer than two axes vary."""
    shown = effects.axes[:MOST_AXES]
    if not shown:
        return None
    rows = [_rows(each) for each in shown]
    figure, axes = out.new_axes(5.4, min(11.0, 1.1 + ROW_HEIGHT * sum(len(each) + GAP for each in rows)))
    axes.axvline(0, color=MUTED, linewidth=1)
    y, ticks, labels, marks, drawn = 0.0, [], [], [], []
    for i, (each, values) in enumerate(zip(shown, rows)):
        for value, effect in values:
            name = shortened(f"{grid.names.short(each.axis)} = {value_text(value)}", LONGEST_ROW)
            ticks.append(y)
            labels.append(name + (" (reference)" if effect is None else ""))
            marks += _draw(axes, grid.metric, effect, y, i, labels[-1])
            drawn += [effect.difference] if effect else []
            y += 1
        y += GAP
    axes.set_yticks(ticks, labels)
    axes.set_ylim(y - GAP - 0.4, -0.6)
    axes.grid(axis="y", visible=False)
    scale = grid.metric.scale
    ends = [scale * end for each in drawn for end in (each.low, each.high)]
    frame(axes, [0.0, *(scale * each.mean for each in drawn if each.n)], ends, across=True)
    axes.locator_params(axis="x", nbins=MOST_TICKS)
    axes.set_xlabel(f"difference of {grid.metric.judged}" + " in points" * grid.metric.in_percent, loc="right")   # it may be wider than the axes
    return out.finish(figure, "effects", "Effect of each axis", _alt(grid, shown), _caption(grid, effects), marks)


def _rows(each):
    """(value, its effect; None of the reference), ascending."""
    rows = sorted([(effect.value, effect) for effect in each.effects] + [(each.reference, None)], key=lambda row: row[0])
    return evenly(rows, MOST_VALUES, next(i for i, row in enumerate(rows) if row[1] is None))


def _draw(axes, metric, effect, y, index, name):
    """Marks for the pointer."""
    colour = LINE_COLOURS[index % len(LINE_COLOURS)]
    if effect is None:
        axes.plot([0], [y], "|", color=colour, markersize=10, markeredgewidth=1.6)
        return []
    difference = effect.difference
    if not difference.n:
        return []
    if np.isfinite(difference.low):
        axes.plot([metric.scale * difference.low, metric.scale * difference.high], [y, y], color=colour, linewidth=1.6)
    axes.plot([metric.scale * difference.mean], [y], MARKERS[index % len(MARKERS)], color=colour, markeredgecolor=PAPER)
    text = " ".join(filter(None, [metric.change(difference.mean), metric.ends_of_change(difference)]))
    return [(metric.scale * difference.mean, y, f"{name}\n{text}", None)]


def _alt(grid, shown):
    parts = [f"{grid.names.short(each.axis)} against {value_text(each.reference)}: " + ", ".join(
        f"{value_text(effect.value)}: {grid.metric.change(effect.difference.mean)}" for effect in each.effects[:MOST_VALUES]) for each in shown]
    return f"Differences of {grid.metric.judged} by axis. " + "; ".join(parts) + "."


def _caption(grid, effects):
    has_intervals = any(np.isfinite(effect.difference.low) for each in effects.axes for effect in each.effects)
    bars = ("Bar: 95\u00a0% t interval over seeds, of all values of an axis together, cut where it leaves the frame." if has_intervals
            else f"No intervals: they take {LEAST_FOR_INTERVAL} seeds.")
    left_out = len(effects.axes) - MOST_AXES
    return (f"{capitalised(grid.metric.judged)} minus that at the best setting's value of the axis, over all settings of the other axes that "
            f"have both. Largest effect first. {bars} {'Right' if grid.metric.more_is_better else 'Left'} of 0 is better."
            + (f" {left_out} more axes are in the table." if left_out > 0 else "")
            + (f" At most {MOST_VALUES} values of an axis are drawn." if any(len(each.effects) >= MOST_VALUES for each in effects.axes) else ""))
