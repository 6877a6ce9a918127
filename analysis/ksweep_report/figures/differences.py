"""What settings of several sweeps differ in, as figures."""

import numpy as np

from ..base.wording import plural
from ..results.statistics import WELCH, interval_name
from .axes import place_legend
from .drawing import LINE_COLOURS, MARKERS, MUTED, PAPER

MOST_ON_FIGURE = 40


def draw_differences(out, found):
    """Differences of each setting with their intervals: one column of marks for each sweep."""
    out.use_style()
    drawn, metric, better = [], found.metric, "Right" if found.metric.more_is_better else "Left"
    for i, comparison in enumerate(found.each):
        pairs = comparison.pairs[:MOST_ON_FIGURE]
        figure, axes = out.new_axes(6.4, min(11.0, 1.4 + 0.27 * len(pairs)))
        axes.axvline(0, color=MUTED, linewidth=1)
        for y, pair in enumerate(pairs):
            difference = pair.difference
            if np.isfinite(difference.low):
                axes.plot([metric.scale * difference.low, metric.scale * difference.high], [y, y], color=LINE_COLOURS[i % 7], linewidth=1.6)
        axes.plot([metric.scale * pair.difference.mean for pair in pairs], range(len(pairs)), MARKERS[i % 7], color=LINE_COLOURS[i % 7],
                  markeredgecolor=PAPER, linestyle="none")
        axes.set_yticks(range(len(pairs)), [found.setting_text(pair.setting)[:44] for pair in pairs])
        axes.set_ylim(len(pairs) - 0.4, -0.6)
        axes.set_xlabel(f"difference of {metric.judged}" + " in points" * metric.in_percent)
        place_legend(axes)
        marks = [(metric.scale * pair.difference.mean, y, f"{found.setting_text(pair.setting)}\n{_difference(metric, pair)}", None)
                 for y, pair in enumerate(pairs)]
        left_out = f" {len(pairs)} of {plural(len(comparison.pairs), 'setting')} drawn." if len(pairs) < len(comparison.pairs) else ""
        drawn.append(out.finish(figure, f"difference_{i + 1}", f"{comparison.name} minus {found.names[0]}",
                                f"Differences of {metric.judged}{' in points' * metric.in_percent}: " + "; ".join(
                                    f"{found.setting_text(pair.setting)}: {metric.change(pair.difference.mean)}" for pair in pairs[:12]) + ".",
                                f"Differences {'paired by seed' if comparison.is_paired else 'of means of unpaired seeds, on different data'}. "
                                f"Mark: mean; bar: {interval_name() if comparison.is_paired else WELCH}, simultaneous for all settings. "
                                f"{better} of 0, {comparison.name} is better."
                                + left_out, marks))
    return drawn


def _difference(metric, pair):
    interval = pair.difference
    return " ".join(filter(None, [metric.change(interval.mean), metric.ends_of_change(interval), f"({plural(interval.n, 'seed')}; {pair.verdict})"]))
