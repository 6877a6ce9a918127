"""Ticks, frames and legends."""

from textwrap import fill

import matplotlib
import numpy as np
from matplotlib.ticker import FixedLocator, FuncFormatter, LogLocator, NullFormatter, NullLocator


LONGEST_LABEL, LONGEST_TICK = 50, 18
LINE_HEIGHT = 1.45   # of a legend, in letters' sizes
HANDLE = 40          # points of a line's sample in a legend, with what is around it
FEW_DECADES = 2.5    # of a logarithmic axis: more, and only powers of ten have room for a number


def spans_decade(values):
    values = [value for value in values if value is not None]
    return bool(values) and min(values) > 0 and max(values) / min(values) > 10


class Positions:
    """Where the values of x stand: as they are where they are numbers, else one after the other."""

    def __init__(self, grid):
        self.values = sorted({grid.x_of(cell) for cell in grid.cells})
        self.is_number = grid.is_number(grid.x)
        self.log = self.is_number and spans_decade(self.values)
        self.label = grid.x_title + (" (logarithmic)" if self.log else "")
        self._text_of = grid.x_text
        self._place = {value: value if self.is_number else i for i, value in enumerate(self.values)}

    def of(self, value, share=0.0):
        """share: of the whole range to the right, for what stands beside it; ten times that of a place of a text."""
        place = self._place[value]
        if not self.is_number:
            return place + 10 * share
        ends = self._place[self.values[0]], self._place[self.values[-1]]
        if ends[0] == ends[1]:
            return place + 0.4 * share * max(abs(place), 1)
        return place * (ends[1] / ends[0]) ** share if self.log else place + (ends[1] - ends[0]) * share

    def set_axis(self, axes):
        """Logarithmic where x spans more than a decade; ticks at the values themselves, as many as fit."""
        if self.log:
            axes.set_xscale("log")
        places = [self._place[value] for value in self.values]
        axes.update_datalim([(places[0], 0), (places[-1], 0)], updatey=False)   # also what is not finished has its place
        axes.autoscale_view(scaley=False)
        on_paper = np.log(places) if self.log else np.asarray(places, float)
        ticks = _that_fit(on_paper, 0.07 if self.is_number else 0.02)
        axes.xaxis.set_major_locator(FixedLocator([places[i] for i in ticks]))
        axes.xaxis.set_minor_locator(NullLocator())
        axes.xaxis.set_minor_formatter(NullFormatter())
        labels = [shortened(self._text_of(self.values[i]), LONGEST_TICK) for i in ticks]
        long = not self.is_number and sum(map(len, labels)) > 40
        axes.set_xticklabels(labels, rotation=25 if long else 0, ha="right" if long else "center")
        if len(places) == 1:
            axes.set_xlim(places[0] * 0.5 - 0.5, places[0] * 1.5 + 0.5)
        elif not self.is_number:
            axes.set_xlim(-0.4, len(places) - 0.6)
        axes.set_xlabel(self.label)


def _that_fit(places, gap):
    span = max(places[-1] - places[0], 1e-12)
    ticks = [0]
    for i in range(1, len(places)):
        if (places[i] - places[ticks[-1]]) / span > gap:
            ticks.append(i)
    return ticks


class _RoundTicks(LogLocator):
    """1, 2, 5, 10, 20 … or, over many decades, powers of ten alone."""

    def tick_values(self, vmin, vmax):
        few = vmin <= 0 or vmax / vmin < 10 ** FEW_DECADES
        self.set_params(subs=(1, 2, 5) if few else (1,))
        return super().tick_values(vmin, vmax)


def set_log(axes, which):
    """which: "x" or "y"."""
    (axes.set_xscale if which == "x" else axes.set_yscale)("log")
    axis = axes.xaxis if which == "x" else axes.yaxis
    axis.set_major_locator(_RoundTicks(subs=(1, 2, 5)))
    axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axis.set_minor_formatter(NullFormatter())


def spans_enough(values):
    """Whether a logarithmic axis gets at least two round ticks."""
    values = [value for value in values if np.isfinite(value)]
    return bool(values) and min(values) > 0 and max(values) / min(values) > 3


def frame(axes, values, ends, log=False, across=False):
    """A vertical frame, or a horizontal one, around all dots, and around intervals that are not far wider than what they are of.

    Values that are all the same have a frame of a tenth of them, so that ticks are round.  log: all values are positive.  across: values are
    differences, drawn from left to right.
    """
    if log:
        return _log_frame(axes, values, ends)
    values = np.asarray(values, float)
    low, high = values.min(), values.max()
    room = max(high - low, 1e-9 * max(abs(high), 1), 1e-12)
    ends = [end for end in ends if np.isfinite(end)]
    low = max(min([low, *ends]), low - 0.75 * room)
    high = min(max([high, *ends]), high + 0.75 * room)
    if low == high == 0:
        high = 1   # nothing was found at all: ticks at round numbers
    same = high - low <= 1e-6 * abs(high)
    pad = 0.06 * max(high - low, (1 if same else 0.01) * max(abs(high), 1e-6))
    negative = across or values.min() < 0   # an interval of what cannot be may go there, the frame does not
    set_limits = axes.set_xlim if across else axes.set_ylim
    set_limits(low - pad if negative else max(low - pad, -0.04 * (high + pad)), high + pad)


def _log_frame(axes, values, ends):
    low, high = min(values), max(values)
    room = (high / low) ** 0.25
    ends = [end for end in ends if np.isfinite(end) and end > 0]
    low, high = max(min([low, *ends]), low / room), min(max([high, *ends]), high * room)
    pad = (high / low) ** 0.06
    axes.set_ylim(low / pad, high * pad)


def place_legend(axes, title=None):
    """Above the frame; the figure grows by what a legend of more than two rows takes."""
    handles, labels = axes.get_legend_handles_labels()
    if len(handles) < 2 and not any(labels):
        return
    labels = [fill(shortened(label, LONGEST_LABEL), _letters(axes)) for label in labels]
    rows = -(-len(labels) // _columns(axes, labels))
    key, values = _common_key(labels)
    if key and title is None and 1 - (-len(labels) // _columns(axes, values)) < rows:
        title, labels = key, values
    columns = _columns(axes, labels)
    rows = -(-len(labels) // columns) * max(label.count("\n") + 1 for label in labels) + (title is not None)
    axes.figure.set_figheight(axes.figure.get_figheight() + max(0, rows - 2) * LINE_HEIGHT * matplotlib.rcParams["legend.fontsize"] / 72)
    order = [i for first in range(columns) for i in range(first, len(labels), columns)]   # it is filled column by column, but read by rows
    handles, labels = [handles[i] for i in order], [labels[i] for i in order]
    axes.legend(handles, labels, title=title, loc="lower left", bbox_to_anchor=(0, 1.0), ncol=columns,
                borderaxespad=0.2, columnspacing=1.4, handlelength=2.6, alignment="left")


def _columns(axes, labels):
    longest = max(len(line) for label in labels for line in label.split("\n"))
    return int(max(1, min(len(labels), _room(axes) / (HANDLE + _letter() * longest))))


def _letters(axes):
    """That a line of a legend of one column has room for."""
    return max(8, int((_room(axes) - HANDLE) / _letter()))


def _room(axes):
    """Points from one side of a legend to the other."""
    return 72 * (axes.figure.get_size_inches()[0] - 0.7)


def _letter():
    """The width of one, in points."""
    return 0.54 * matplotlib.rcParams["legend.fontsize"]


def _common_key(labels):
    """("k", ["8", "16"]) of `k = 8` and `k = 16`; ("", labels) where not all are values of one key."""
    pairs = [label.split(" = ") for label in labels]
    if len({pair[0] for pair in pairs}) == 1 and all(len(pair) == 2 for pair in pairs):
        return pairs[0][0], [pair[1] for pair in pairs]
    return "", labels


def shortened(text, longest):
    return text if len(text) <= longest else text[:longest - 1] + "…"
