"""Tables with colours: what they share, and pairs of axes of the grid."""

from dataclasses import dataclass
from itertools import combinations

import matplotlib
import numpy as np
from matplotlib.colors import Normalize

from ..base.wording import KIND_NAMES, joined, number, plural, value_text
from ..results.effects import mean_of_first
from .axes import LONGEST_TICK, shortened
from .drawing import HEAT, INK, PAPER

MOST_NUMBERS = 400
LETTER = 0.085   # inches
MATTERS, MOST_MAPS = 0.1, 6   # share of the largest effect; pairs
EQUAL_CONTRAST = 0.179   # of black and of white writing, on this relative luminance


def draw_heat(out, values, row_labels, column_labels, x_label, y_label, texts, norm, cell_width=0.56, cell_height=0.34):
    """values: (rows x columns), NaN stays empty.  texts: the same shape, or None."""
    n_rows, n_columns = values.shape
    cell_width = max(cell_width, LETTER * min(max(map(len, column_labels)) + 1, LONGEST_TICK))
    width = min(9.0, max(2.6, cell_width * n_columns + 0.9))
    figure, axes = out.new_axes(width, min(9.0, max(1.6, cell_height * n_rows + 0.7)))
    axes.pcolormesh(np.ma.masked_invalid(values), cmap=HEAT, norm=norm, edgecolors=PAPER, linewidth=1)
    axes.invert_yaxis()
    axes.grid(False)
    for spine in axes.spines.values():
        spine.set_visible(False)
    axes.tick_params(length=0)
    _label(axes.set_xticks, column_labels)
    _label(axes.set_yticks, row_labels)
    axes.set_xlabel(x_label)
    axes.set_ylabel(y_label)
    if texts is not None and values.size <= MOST_NUMBERS:
        _write_numbers(axes, values, texts, norm)
    return figure


def _label(set_ticks, labels):
    step = -(-len(labels) // 24)
    set_ticks(np.arange(0, len(labels), step) + 0.5, [shortened(label, LONGEST_TICK) for label in labels[::step]])


def _write_numbers(axes, values, texts, norm):
    for (row, column), value in np.ndenumerate(values):
        on_colour = "#000000" if np.isfinite(value) and _lightness(norm(value)) > EQUAL_CONTRAST else "#ffffff"
        axes.text(column + 0.5, row + 0.5, texts[row][column], ha="center", va="center", in_layout=False,
                  fontsize=matplotlib.rcParams["font.size"] - 2,
                  color=on_colour if np.isfinite(value) else INK)


def _lightness(share):
    """Relative luminance of a colour of the map (WCAG 2.1)."""
    channels = np.array(matplotlib.colormaps[HEAT](float(share))[:3])
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    return float(linear @ (0.2126, 0.7152, 0.0722))


def span_of(values):
    finite = values[np.isfinite(values)]
    low, high = (finite.min(), finite.max()) if len(finite) else (0, 1)
    return Normalize(low, high if high > low else low + 1e-9)


def pairs_of_axes(out, grid, effects):
    """Of each pair of axes that matter the mean of the metric over all other axes and seeds, on one scale of colours; the largest effects first."""
    maps = list(filter(None, (_map_of(effects.table, pair) for pair in _pairs_that_matter(effects))))[:MOST_MAPS]
    norm = span_of(np.concatenate([grid.metric.scale * each.means.ravel() for each in maps])) if maps else None
    return [_draw_map(out, grid, each, norm) for each in maps]


@dataclass(frozen=True, eq=False)
class _Map:
    """means, n_settings: (value of the second axis x value of the first).  n_settings: of the other axes; is_balanced: the same ones everywhere."""
    axes: tuple
    names: tuple
    others: tuple
    means: np.ndarray
    n_settings: np.ndarray
    is_balanced: bool


def _pairs_that_matter(effects):
    """Pairs of the axes whose effect, alone or with another, is a tenth of the largest; the pair with the largest always."""
    sizes = {each.axis: effects.size(each.axis) for each in effects.axes}
    pairs = combinations(effects.table.axes if effects.table else (), 2)
    pairs = sorted(pairs, key=lambda pair: (-min(map(sizes.get, pair)), -max(map(sizes.get, pair))))
    least = MATTERS * max(sizes.values(), default=0)
    return [pair for i, pair in enumerate(pairs) if i == 0 or min(map(sizes.get, pair)) >= least]


def _map_of(table, pair):
    """None where less than half of the map would be filled."""
    block, _, _ = table.block(pair)                                # (setting of the others, first, second, seed)
    by_run = np.moveaxis(block, 3, 1).reshape(-1, *block.shape[1:3])   # (setting of the others and seed, first, second)
    some = np.isfinite(by_run).any(axis=0)
    rows, columns = some.any(axis=0), some.any(axis=1)
    if 2 * some.sum() <= rows.sum() * columns.sum() or min(rows.sum(), columns.sum()) < 2:
        return None
    whole = np.isfinite(by_run[:, some]).all(axis=1)
    if whole.any():
        block = np.where(whole.reshape(block.shape[0], block.shape[3])[:, None, None, :], block, np.nan)
    means = mean_of_first(np.moveaxis(mean_of_first(block), 2, 0))
    n_settings = np.isfinite(block).any(axis=3).sum(axis=0)
    names = [[each for each, shown in zip(table.values[axis], here) if shown] for axis, here in zip(pair, (columns, rows))]
    return _Map(pair, tuple(names), tuple(axis for axis in table.axes if axis not in pair), means[np.ix_(columns, rows)].T,
                n_settings[np.ix_(columns, rows)].T, bool(whole.any()))


def _draw_map(out, grid, each, norm):
    metric, (across, down) = grid.metric, map(grid.names.short, each.axes)
    columns, rows = ([_value_name(axis, value) for value in values] for axis, values in zip(each.axes, each.names))
    values = metric.scale * each.means
    uneven = not each.is_balanced and len(set(each.n_settings[each.n_settings > 0].tolist())) > 1
    texts = [["" if not np.isfinite(mean) else metric.text(mean) + (f"\n{n}" if uneven else "") for mean, n in zip(*row)]
             for row in zip(each.means, each.n_settings)]
    figure = draw_heat(out, values, rows, columns, across, down, texts, norm, 0.72, 0.5)
    best = np.unravel_index(np.nanargmax(metric.sign * values), values.shape)
    alt = (f"Heat map of mean {metric.label} over {across} and {down}. {metric.best}: {metric.text(each.means[best])} at "
           f"{across} = {columns[best[1]]}, {down} = {rows[best[0]]}.")
    return out.finish(figure, f"{each.axes[1]}_by_{each.axes[0]}", f"{across} and {down} together", alt,
                      f"Mean {metric.label} over {_averaged(grid.names, each, uneven)}. "
                      f"{'Brighter' if metric.more_is_better else 'Darker'} is better; all pairs share the colours.",
                      marks_of(values, lambda row, column: f"{across} = {columns[column]}, {down} = {rows[row]}", " %" * metric.in_percent,
                               lambda value: metric.text(value / metric.scale)))


def _averaged(names, each, uneven):
    """`seeds and 6 settings of hidden and tied`, and whether these are the same everywhere."""
    n = int(each.n_settings.max())
    over = f"seeds and {plural(n, 'setting')} of {joined(map(names.short, each.others))}" if each.others else "seeds"
    if uneven:
        return (f"seeds and the settings of {joined(map(names.short, each.others))} that a square has, whose number is in it: "
                "not the same ones everywhere")
    return over + (", trials that every square has" if each.is_balanced else ", not all of the same ones in every square")


def _value_name(axis, value):
    return KIND_NAMES.get(value, value) if axis == "kind" else value_text(value)


def marks_of(values, name, unit, text=number):
    return [(column + 0.5, row + 0.5, f"{name(row, column)}\n{text(value)}{unit}", None)
            for (row, column), value in np.ndenumerate(values) if np.isfinite(value)]
