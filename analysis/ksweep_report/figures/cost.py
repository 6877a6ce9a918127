"""What the trials cost, what the cost buys, and who ran what when."""

from dataclasses import dataclass

import matplotlib
import numpy as np
from matplotlib.collections import PolyCollection

from ..base.wording import KIND_NAMES, capitalised, duration, percent, plural, significant, unbroken
from ..results.columns import core_seconds
from ..results.reading import MISSING
from ..results.statistics import interval_of
from .axes import place_legend, set_log, shortened, spans_enough
from .drawing import INK, LINE_COLOURS, MARKERS, PAPER
from .lines import MOST_MARKERS, MOST_VECTOR_DOTS

MOST_RANKS = 60
MOST_NAMES = 8
MOST_SAID = 4   # settings of the Pareto front in a caption
LEAST_PAUSE_S = 20   # in which nothing ran: within a run some rank starts the next trial at once


def pareto(out, grid, answer):
    """The metric against core-seconds of a trial: a dot for each setting, a line along those that no other dominates."""
    metric = grid.metric
    points = [(cell, interval_of(core_seconds(grid.sweep, cell.reporting)).mean,
               grid.interval(cell, metric.judging, metric.scale).mean) for cell in grid.all_cells if len(cell.done)]
    points = [each for each in points if np.isfinite(each[1:]).all() and each[1] > 0]
    if len(points) < 2:
        return None
    figure, axes = out.new_axes()
    for i, kind in enumerate(sorted({cell.kind for cell, _, _ in points})):
        own = [(x, y) for cell, x, y in points if cell.kind == kind]
        axes.scatter(*zip(*own), s=34, color=LINE_COLOURS[i % len(LINE_COLOURS)], marker=MARKERS[i % len(MARKERS)],
                     edgecolor=PAPER, linewidth=0.6, label=KIND_NAMES.get(kind, kind), zorder=3, rasterized=len(points) > MOST_MARKERS)
    front = _front(points, metric.sign)
    axes.step([x for _, x, _ in front], [y for _, _, y in front], where="post", color=INK, linewidth=1.2, zorder=2,
              label="Pareto front" if len(front) > 1 else None)
    if len(points) <= MOST_NAMES:
        axes.margins(x=0.1, y=0.15)
        _name_points(axes, grid, points)
    set_log(axes, "x")
    axes.set_xlabel("core-seconds of a trial (logarithmic)")
    log = metric.log and spans_enough([y for _, _, y in points])
    if log:
        set_log(axes, "y")
    axes.set_ylabel(metric.label + " (log)" * log)
    place_legend(axes)
    unit = " %" * metric.in_percent
    names = [f"{grid.name(cell)}: {metric.text(y / metric.scale)}{unit} for {duration(x)}" for cell, x, y in front]
    said = "; ".join(names) if len(names) <= MOST_SAID else f"{len(names)}, from {names[0]} to {names[-1]}"
    marks = [(x, y, f"{shortened(grid.name(cell), 90)}\n{metric.text(y / metric.scale)}{unit}, {significant(x)} core-seconds", None)
             for cell, x, y in (points if len(points) <= MOST_MARKERS else front)]
    return out.finish(figure, f"{metric.name}_cost", f"{capitalised(metric.noun)} against cost",
                      f"Scatter plot. On the Pareto front: {'; '.join(names[:12])}.",
                      unbroken(f"Means over seeds, one mark for each setting{_named_by(grid, points)}; core-seconds: time × threads, probe "
                               f"included. Pareto front, settings that none is both better and cheaper than: {said}. Times differ between "
                               "hosts and loads."),
                      marks)


def _name_points(axes, grid, points):
    """The value of x beside each mark that it concerns."""
    for cell, x, y in points:
        if any(cell is each for each in grid.cells) and grid.is_number(grid.x):
            axes.annotate(grid.x_text(grid.x_of(cell)), (x, y), (5, 4), textcoords="offset points", annotation_clip=True,
                          fontsize=matplotlib.rcParams["font.size"] - 2)


def _named_by(grid, points):
    return f" (the number beside it: {grid.x_name})" if len(points) <= MOST_NAMES and grid.is_number(grid.x) else ""


def _front(points, sign):
    """sign: 1 where more is better, else -1."""
    front = []
    for each in sorted(points, key=lambda point: (point[1], -sign * point[2])):
        if not front or sign * each[2] > sign * front[-1][2]:
            front.append(each)
    return front


@dataclass(frozen=True)
class Work:
    """Who ran what: bars of (row, rank's position, start in s, length in s).  busy_s, whole_s: rank-seconds of trials, and of each run, from its
    first start to its last end, the ranks that worked in it.  end_s: length of all runs; pause_s: of the n_pauses between them."""
    ranks: list
    bars: list
    busy_s: float
    whole_s: float
    end_s: float
    n_pauses: int
    pause_s: float

    @property
    def utilisation(self):
        return self.busy_s / self.whole_s if self.whole_s else np.nan


def work_of(sweep):
    """None if times were not recorded."""
    if not {"started_unix_s", "wall_time_s", "rank"} <= sweep.columns.keys():
        return None
    start, length = sweep.columns["started_unix_s"].astype(float), sweep.columns["wall_time_s"].astype(float)
    rows = np.flatnonzero((sweep.status != MISSING) & np.isfinite(start) & np.isfinite(length))
    if not len(rows):
        return None
    hosts = sweep.columns.get("host", np.full(len(sweep), "", dtype=object))
    owners = [(str(hosts[row]), int(np.nan_to_num(sweep.columns["rank"][row]))) for row in rows]
    ranks = sorted(set(owners))
    start = _one_after_the_other(owners, start[rows], length[rows])
    resumed = np.isfinite(sweep.columns.get("resumed_epoch", np.full(len(sweep), np.nan))[rows])
    pauses = _pauses(start, start + np.where(resumed, 0, length[rows]))   # a resumed trial began before a pause and ended behind it
    shifted = start - sum(np.where(start >= end, end - begin, 0.0) for begin, end in pauses) - start.min()
    end = float((shifted + length[rows]).max())
    bars = [(int(row), ranks.index(owner), float(x), float(w)) for row, owner, x, w in zip(rows, owners, shifted, length[rows])]
    lengths = [until - since for since, until in pauses]
    cuts = [since - start.min() - sum(lengths[:i]) for i, (since, _) in enumerate(pauses)]
    return Work(ranks, bars, float(length[rows].sum()), _rank_seconds(bars, cuts, end), end, len(pauses), float(sum(lengths)))


def _one_after_the_other(owners, start, length):
    """Trials read from one training start at the same second; each has its share of the time behind the one before."""
    free, placed = {}, np.array(start, float)
    for i in np.lexsort((length, start)):
        placed[i] = max(start[i], free.get(owners[i], -np.inf))
        free[owners[i]] = placed[i] + length[i]
    return placed


def _pauses(start, end):
    """Times in which no rank worked for so long that the sweep was not running, whatever else it took."""
    order = np.argsort(start, kind="stable")
    gaps, until = [], end[order[0]]
    for i in order:
        if start[i] - until > LEAST_PAUSE_S:
            gaps.append((until, start[i]))
        until = max(until, end[i])
    return gaps


def _rank_seconds(bars, cuts, end):
    """Of each run the time from its first start to its last end, times the ranks that worked in it: another run may have had other ranks."""
    edges = [0.0, *cuts, end]
    return sum((until - since) * len({rank for _, rank, x, length in bars if x < until and x + length > since})
               for since, until in zip(edges, edges[1:]))


def timeline(out, grid):
    work = work_of(grid.sweep)
    if work is None or len(work.ranks) > MOST_RANKS:
        return None
    figure, axes = out.new_axes(7.6, min(8.0, 1.3 + 0.28 * len(work.ranks)))
    unit, name = (3600, "h") if work.end_s > 7200 else (60, "min") if work.end_s > 120 else (1, "s")
    values = sorted({grid.value(grid.cell_of(row), grid.x) for row, *_ in work.bars})
    groups = {value: [] for value in values}
    for row, rank, x, width in work.bars:
        groups[grid.value(grid.cell_of(row), grid.x)].append(_box(x / unit, (x + width) / unit, rank))
    for i, (value, boxes) in enumerate(groups.items()):
        colour = LINE_COLOURS[i % len(LINE_COLOURS)]
        axes.add_collection(PolyCollection(boxes, facecolor=colour, edgecolor=PAPER, linewidth=0.4, alpha=1 if i < 7 else 0.6,
                                           rasterized=len(work.bars) > MOST_VECTOR_DOTS))
        if len(values) <= 8:
            axes.plot([], [], "s", color=colour, label=grid.describe(_cell_with(grid, value), [grid.x]) or f"without {grid.x_name}")
    axes.set_xlim(0, work.end_s / unit)
    axes.set_ylim(len(work.ranks) - 0.4, -0.6)
    axes.set_yticks(range(len(work.ranks)), [shortened(f"{host} rank {rank}".strip(), 22) for host, rank in work.ranks])
    axes.grid(False)
    axes.set_xlabel(f"time since the first trial started in {name}" + (", without pauses" if work.n_pauses else ""))
    place_legend(axes)
    return out.finish(figure, "timeline", "Who ran what when", *_words(grid, work),
                      [(x / unit + width / unit / 2, rank, _bar_text(grid, row, width), row)
                       for row, rank, x, width in work.bars] if len(work.bars) <= MOST_VECTOR_DOTS else [])


def _box(left, right, rank):
    return (left, rank - 0.4), (right, rank - 0.4), (right, rank + 0.4), (left, rank + 0.4)


def _cell_with(grid, value):
    return next(cell for cell in grid.all_cells if grid.value(cell, grid.x) == value)


def _bar_text(grid, row, width):
    return f"{shortened(grid.name(grid.cell_of(row)), 80)}, seed {grid.sweep.columns['seed'][row]}\n{duration(width)}"


def _words(grid, work):
    pauses = (f" {plural(work.n_pauses, 'pause')} between runs, {duration(work.pause_s)} in all, left out; work is counted within the runs, on the "
              "ranks of each." if work.n_pauses else "")
    n_ranks = _number_of_ranks(grid.sweep)
    n_without = n_ranks - len(work.ranks)
    without = f" {n_without:,} of {plural(n_ranks, 'rank')} trained no trial, and are not counted." if n_without > 0 else ""
    used = (f"{plural(len(work.bars), 'trial')} on {plural(len(work.ranks), 'rank')} in {duration(work.end_s)}: "
            f"{percent(work.utilisation, 0)} % of the ranks' time was work.")
    return (f"Timeline of ranks. {used}",
            f"One bar for each trial, coloured by {grid.x_name}. {used} Trials that share a training each have a part of its time.{pauses}{without}")


def _number_of_ranks(sweep):
    """Of the last run; 0 where the file does not say."""
    text = str(sweep.attributes.get("ranks", ""))
    return int(text) if text.isdecimal() else 0
