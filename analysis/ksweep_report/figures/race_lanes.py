"""A race of settings over the seeds: a lane for each setting, in which its difference to the leader runs from decision to decision."""

import numpy as np
from matplotlib.ticker import MaxNLocator

from ..base.wording import plural, unbroken
from ..results.finish import cells_by_setting, leads, order_of_finish
from ..results.metrics import metric_named
from .axes import place_legend, shortened
from .drawing import INK, LINE_COLOURS, MUTED, PAPER

MOST_LANES = 48
LONGEST_NAME = 30
LANE, TALL_LANE, FEW_LANES = 0.21, 0.42, 10   # inches, inches, lanes
ROOM = 0.42   # of a lane, on either side of its line
IN_RACE, OUT = LINE_COLOURS[:2]


def race_figure(out, grid):
    """None without a race that has been decided once, or whose file does not say by how much."""
    race, metric = grid.race, grid.race and metric_named(grid.race.metric)
    if not race or metric is None or not len(race.looks):
        return None
    cells = cells_by_setting(grid)
    order = order_of_finish(race, cells)
    shown, reach = order[:MOST_LANES], _reach(race, order)
    names = {setting: unbroken(grid.name(cells[setting])) or cells[setting].kind for setting in order}
    figure, axes = out.new_axes(5.4, 1.1 + len(shown) * (TALL_LANE if len(shown) <= FEW_LANES else LANE))
    marks = [mark for y, setting in enumerate(shown) for mark in _draw_lane(axes, race, metric, y, setting, names, reach)]
    axes.set_yticks(range(len(shown)), [shortened(names[setting], LONGEST_NAME) for setting in shown])
    axes.set_ylim(len(shown) - 0.4, -0.6)
    places = _places(race)
    axes.set_xlim(places[0] - 0.6, places[-1] + 0.6)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
    axes.grid(axis="y", visible=False)
    axes.set_xlabel(f"{'decision' if race.is_refined else 'seeds'}; half a lane: {_amount(metric, reach)}")
    _name_marks(axes)
    return out.finish(figure, "race", "Differences to the leader, seed after seed", _alt(race, metric, names, order),
                      _caption(metric, reach, len(order) - len(shown)), marks)


def _places(race):
    """Where each decision is drawn: at its number of seeds or, as each addition of values begins with few seeds again, at its own number."""
    return np.arange(1, len(race.looks) + 1) if race.is_refined else race.looks


def _reach(race, order):
    """What half a lane stands for: as far as the bounds of those in the race reach at last or, of one, those of the last that left."""
    rivals = [setting for setting in order if not leads(race, setting)]
    last = max((race.left_after(setting) for setting in rivals), default=0)
    in_race = [setting for setting in rivals if race.is_in(setting)] or [setting for setting in rivals if race.left_after(setting) == last]
    for settings in (in_race, rivals):
        bounds = [race.last_difference(setting) for setting in settings]
        ends = np.abs([end for bound in bounds for end in (bound.low, bound.high)])
        if np.any(np.isfinite(ends) & (ends > 0)):
            return float(ends[np.isfinite(ends)].max())
    return 1.0


def _draw_lane(axes, race, metric, y, setting, names, reach):
    """Marks for the pointer."""
    places = _places(race)
    departure = race.departure(setting)
    last = places[-1 if departure is None else departure]
    colour = OUT if race.left_after(setting) else IN_RACE
    axes.plot([places[0] - 0.4, last + 0.4], [y, y], color=MUTED, linewidth=0.6, zorder=1)
    marks, xs, means = [], [], []
    for x, (leader, bound) in zip(places, race.differences(setting)):
        if leader == setting:
            axes.plot([x], [y], "o", color=INK, markersize=5, markeredgecolor=PAPER, zorder=4)
            marks.append((x, y, f"{names[setting]}\nleads after {plural(bound.n, 'seed')}", None))
        elif np.isfinite(bound.mean):
            mean, low, high = (y - ROOM * float(np.clip(value / reach, -1, 1)) for value in (bound.mean, bound.low, bound.high))
            axes.plot([x, x], [low, high], color=colour, linewidth=3, alpha=0.4, solid_capstyle="butt", zorder=2)
            xs.append(x)
            means.append(mean)
            text = " ".join(filter(None, [metric.change(bound.mean), metric.ends_of_change(bound)]))
            left = "\nleft the race" if race.left_after(setting) and x == last else ""
            marks.append((x, mean, f"{names[setting]}, {plural(bound.n, 'seed')}\n{text} to {names[leader]}{left}", None))
    axes.plot(xs, means, "-o", color=colour, linewidth=1, markersize=2.5, zorder=3)
    if race.left_after(setting):
        axes.plot([last], [means[-1] if xs and xs[-1] == last else y], "x", color=colour, markersize=7, markeredgewidth=1.8, zorder=4)
    return marks


def _name_marks(axes):
    axes.plot([], [], "o", color=INK, label="leads")
    axes.plot([], [], "-o", color=IN_RACE, markersize=3, label="in the race")
    axes.plot([], [], "-x", color=OUT, label="left the race at ×")
    place_legend(axes)


def _amount(metric, reach):
    return metric.change(reach).removeprefix("+") + metric.points


def _alt(race, metric, names, order):
    left = [f"{names[setting]} after {race.left_after(setting)}" for setting in order if race.left_after(setting)][:12]
    in_race = [f"{names[setting]}: {metric.change(race.last_difference(setting).mean)}" for setting in order
               if race.is_in(setting) and not leads(race, setting)][:12]
    leader = next((names[setting] for setting in order if leads(race, setting)), "nobody")
    return (f"Differences in {metric.chosen_on} to the leader over the seeds, a lane for each setting. Leader: {leader}."
            + (f" In the race: {'; '.join(in_race)}." if in_race else "") + (f" Left, last ones first: {'; '.join(left)}." if left else ""))


def _caption(metric, reach, n_left_out):
    left_out = f" {plural(n_left_out, 'further setting')} in the table." if n_left_out else ""
    better = "above" if metric.more_is_better else "below"
    return unbroken(f"A lane for each setting; its line stands for the setting that led after so many seeds, and {better} it is better. "
                    f"Dot: mean difference in {metric.chosen_on}, paired by seed; bar: its bounds, which hold at every decision. "
                    f"Half a lane is {_amount(metric, reach)}: what lies beyond is drawn at the lane's "
                    f"edge.{left_out}")
