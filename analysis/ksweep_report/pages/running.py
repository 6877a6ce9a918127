"""The part of a page that says what is running now: written into the page again and again, without drawing the rest again."""

import math
import os
import re

from ..base.wording import duration, plural, significant
from ..results.status_files import runs_of
from .templating import rendered

PLACE = re.compile("<!--running-->.*?<!--/running-->", re.DOTALL)
WIDTH, HEIGHT = 120, 28   # of a curve, in its own units


def running_text(sweep_files):
    """Empty where nothing runs."""
    runs = [_run(run) for path in sweep_files for run in runs_of(path.parent)]
    return rendered("running.html.j2", runs=runs) if runs else ""


def put_running(page, sweep_files):
    """Whole or not at all, as the page itself."""
    text = f"<!--running-->{running_text(sweep_files)}<!--/running-->"
    before = page.read_text(encoding="utf-8")
    after = PLACE.sub(lambda _: text, before, count=1)
    if after != before:
        temporary = page.with_name(page.name + ".tmp")
        temporary.write_text(after, encoding="utf-8")
        os.replace(temporary, page)


def _run(run):
    counts = [f"{run.n_done:,} of {plural(run.n_trials, 'trial')} done"] + ([f"{run.n_failed:,} failed"] if run.n_failed else [])
    left = f"about {duration(run.left_s)} left" if math.isfinite(run.left_s) and not run.silent_s else ""
    return {"shard": run.shard, "host": run.host, "counts": ", ".join([*counts, *filter(None, [left])]),
            "silent": duration(run.silent_s) if run.silent_s else "", "rows": [_row(each) for each in run.trials],
            "n_left_out": max(0, run.n_running - len(run.trials))}


def _row(each):
    more = f" and {plural(each.more_trials, 'trial')} of the same training" if each.more_trials else ""
    of = f" of {each.epochs:,}" if each.epochs is not None else ""
    return {"rank": each.rank, "trial": each.trial + more, "epoch": f"{each.epochs_done:,}{of}",
            "share": f"{100 * each.share:.0f} %" if math.isfinite(each.share) else "", "path": _path(each.losses),
            "loss": significant(each.losses[-1][1]) if each.losses else "", "first": significant(each.losses[0][1]) if each.losses else ""}


def _path(losses):
    """A line from the first to the last epoch; "" of fewer than two points."""
    if len(losses) < 2:
        return ""
    epochs, values = zip(*losses)
    low, span, first, last = min(values), max(values) - min(values) or 1, epochs[0], epochs[-1]
    points = [(2 + (epoch - first) / (last - first) * (WIDTH - 4), HEIGHT - 2 - (value - low) / span * (HEIGHT - 4)) for epoch, value in losses]
    return "".join(f"{'L' if i else 'M'}{x:.1f} {y:.1f}" for i, (x, y) in enumerate(points))
