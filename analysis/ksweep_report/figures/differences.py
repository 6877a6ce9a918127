"""What settings of several sweeps differ in, as figures."""

import numpy as np

from ..base.wording import bracket, plural, signed
from ..results.statistics import interval_name
from .axes import place_legend
from .drawing import LINE_COLOURS, MARKERS, MUTED, PAPER

MOST_ON_FIGURE = 40


def draw_differences(out, found):
    """Differences of each setting with their intervals: one column of marks for each sweep."""
    out.use_style()
    drawn = []
    for i, comparison in enumerate(found.each):
        pairs = comparison.pairs[:MOST_ON_FIGURE]
        figure, axes = out.new_axes(6.4, min(11.0, 1.4 + 0.27 * len(pairs)))
        axes.axvline(0, color=MUTED, linewidth=1)
        for y, pair in enumerate(pairs):
            difference = pair.difference
            if np.isfinite(difference.low):
                axes.plot([100 * difference.low, 100 * difference.high], [y, y], color=LINE_COLOURS[i % 7], linewidth=1.6)
        axes.plot([100 * pair.difference.mean for pair in pairs], range(len(pairs)), MARKERS[i % 7], color=LINE_COLOURS[i % 7],
                  markeredgecolor=PAPER, linestyle="none")
        axes.set_yticks(range(len(pairs)), [found.setting_text(pair.setting)[:44] for pair in pairs])
        axes.set_ylim(len(pairs) - 0.4, -0.6)
        axes.set_xlabel("difference of test accuracy in points")
        place_legend(axes)
        marks = [(100 * pair.difference.mean, y, f"{found.setting_text(pair.setting)}\n{_difference(pair.difference)}", None)
                 for y, pair in enumerate(pairs)]
        left_out = f" {len(pairs)} of {plural(len(comparison.pairs), 'setting')} drawn." if len(pairs) < len(comparison.pairs) else ""
        drawn.append(out.finish(figure, f"difference_{i + 1}", f"{comparison.name} minus {found.names[0]}",
                                "Differences of test accuracy in points: " + "; ".join(
                                    f"{found.setting_text(pair.setting)}: {signed(100 * pair.difference.mean)}" for pair in pairs[:12]) + ".",
                                f"Differences paired by seed. Mark: mean; bar: {interval_name()}. Right of 0, {comparison.name} is better."
                                + left_out, marks))
    return drawn


def _difference(interval):
    low_high = bracket(100 * interval.low, 100 * interval.high, 2, signed)
    return " ".join(filter(None, [signed(100 * interval.mean), low_high, f"({plural(interval.n, 'pair')})"]))
