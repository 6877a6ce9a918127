"""Tables with colours: what they share, and two axes of the grid."""

import matplotlib
import numpy as np
from matplotlib.colors import Normalize

from ..base.wording import number, value_text
from .axes import LONGEST_TICK, shortened
from .drawing import HEAT, INK, PAPER

MOST_NUMBERS = 400
LETTER = 0.085   # inches
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


def two_axes(out, grid, chosen):
    """Mean of the metric over x and the sparsity weight or, where there is one weight, the next axis; further ones as chosen."""
    axes = [name for name in ("sparsity_weight", *grid.other_axes()) if name in grid.axes[1:] and len(grid.values_of(name)) > 1]
    for axis in axes:
        rest = [name for name in grid.other_axes() if name not in (axis, "penalty", "sparsity_target")]
        cells = [cell for cell in grid.cells if len(grid.judged(cell)) and _same_penalty(grid, cell, chosen)
                 and all(grid.value(cell, name) == grid.value(chosen, name) for name in rest)]
        xs, ys = sorted({grid.x_of(cell) for cell in cells}), sorted({grid.value(cell, axis) for cell in cells})
        if len(xs) > 1 and len(ys) > 1 and 2 * len(cells) > len(xs) * len(ys):
            return _draw_two_axes(out, grid, axis, cells, xs, ys, f" Other axes as chosen: {grid.describe(chosen, rest)}." if rest else "")
    return None


def _draw_two_axes(out, grid, axis, cells, xs, ys, fixed):
    name = grid.names.short(axis)
    values, texts, metric = np.full((len(ys), len(xs)), np.nan), [[""] * len(xs) for _ in ys], grid.metric
    for cell in cells:
        row, column, mean = ys.index(grid.value(cell, axis)), xs.index(grid.x_of(cell)), grid.judged(cell).mean()
        values[row, column] = metric.scale * mean
        texts[row][column] = metric.text(mean) + (f"\n{cell.count_text}" if len(cell.done) < len(cell.rows) else "")
    x_names = [grid.x_text(x) for x in xs]
    figure = draw_heat(out, values, [value_text(y) for y in ys], x_names, grid.x_title, grid.names.full(axis), texts, span_of(values), 0.72, 0.5)
    best = np.unravel_index(np.nanargmax(metric.sign * values), values.shape)
    alt = (f"Heat map of mean {metric.label} over {grid.x_name} and {name}. {metric.best}: {metric.text(values[best] / metric.scale)} at "
           f"{grid.x_name} = {x_names[best[1]]}, {name} = {value_text(ys[best[0]])}.")
    return out.finish(figure, f"{axis}_by_{grid.x}", f"{grid.x_name} and {name} together", alt,
                      f"Mean {metric.label} over seeds; n/N where seeds are missing. {'Brighter' if metric.more_is_better else 'Darker'} is better."
                      f"{fixed}",
                      marks_of(values, lambda row, column: f"{grid.x_name} = {x_names[column]}, {name} = {value_text(ys[row])}",
                               " %" * metric.in_percent, lambda value: metric.text(value / metric.scale)))


def marks_of(values, name, unit, text=number):
    return [(column + 0.5, row + 0.5, f"{name(row, column)}\n{text(value)}{unit}", None)
            for (row, column), value in np.ndenumerate(values) if np.isfinite(value)]


def _same_penalty(grid, cell, chosen):
    """Without weight there is no penalty, whatever is asked for."""
    if "penalty" not in grid.axes or grid.value(cell, "sparsity_weight") == 0:
        return True
    wanted = grid.value(chosen, "penalty")
    return wanted == "none" or grid.value(cell, "penalty") == wanted
