"""Which metric a sweep is reported by: the one that was asked for, else what its data allow."""

from dataclasses import replace

import numpy as np

from ..base.errors import ReportError
from ..base.wording import joined
from .metrics import METRICS, NAMES, metric_named
from .reading import DONE

ATTRIBUTE = "report_metric"


def metric_of(sweep, wanted=""):
    """(metric, sweep), the latter with the column that the metric judges by where another one tells it.

    wanted: of --metric; "" for the sweep file's or, without one, accuracy where there are labels and variance unexplained where there are none.
    Raises ReportError if there is no such metric, or if no finished trial has it and --metric asks for it.
    """
    name = wanted or str(sweep.attributes.get(ATTRIBUTE, "")) or _default(sweep)
    metric = metric_named(name)
    if metric is None:
        raise ReportError(f"{sweep.file_name}: {name} is no metric to choose by. Give one of {', '.join(NAMES)} with --metric.")
    if wanted and np.any(sweep.status == DONE) and not _is_measured(sweep, metric):
        raise ReportError(f"--metric {wanted}: no finished trial of {sweep.file_name} has it. {_measured_text(sweep)}")
    return _with_column(sweep, _with_fallback(sweep, metric))


def metric_of_all(sweeps, wanted=""):
    """(metric, sweeps): of several, the one that was asked for, else the first one's by which each of them can be judged."""
    name = wanted or metric_of(sweeps[0])[0].name
    found = [metric_of(sweep, name) for sweep in sweeps]
    return found[0][0], [sweep for _, sweep in found]


def _measured_text(sweep):
    names = [metric.name for metric in METRICS if _is_measured(sweep, metric)]
    return f"It has {joined(names)}." if names else "It has none of those there are."


def _default(sweep):
    accuracy, fvu = metric_named("accuracy"), metric_named("fvu")
    return "fvu" if not _is_measured(sweep, accuracy) and _is_measured(sweep, fvu) else "accuracy"


def _is_measured(sweep, metric):
    return any(_finite(sweep, name).any() for name in (metric.choosing, metric.judging, *filter(None, metric.instead)))


def _finite(sweep, name):
    return np.isfinite(_values(sweep, name)) & (sweep.status == DONE)


def _values(sweep, name):
    return sweep.columns.get(name, np.full(len(sweep), np.nan)).astype(float)


def _with_fallback(sweep, metric):
    """Choosing by what stands in for its column, unless every trial that has the one has the other: numbers of two sorts cannot be compared."""
    other = metric.instead[0]
    if not other or not np.any(_finite(sweep, other) & ~_finite(sweep, metric.choosing)):
        return metric
    return replace(metric, choosing=other)


def _with_column(sweep, metric):
    other = metric.instead[1]
    if not other or not np.any(_finite(sweep, other) & ~_finite(sweep, metric.judging)):
        return metric, sweep
    own, instead = _values(sweep, metric.judging), _values(sweep, other)
    values = np.where(np.isfinite(own), own, 1 - instead if metric.complement else instead)
    return metric, replace(sweep, columns=sweep.columns | {metric.judging: values})
