"""The trials as data for the page's script: columns, each once, as short as they go."""

import numpy as np

from ..base.wording import significant
from ..results.bounds import bounds_of
from ..results.columns import core_seconds
from ..results.confusions import worst_classes
from ..results.grid import concerns
from ..results.metrics import METRICS as NAMED
from ..results.reading import DONE
from ..results.statistics import half_widths
from .commands import Commands

METRICS = ("test_accuracy", "validation_accuracy", "train_accuracy", "test_nmi", "validation_nmi", "test_mse", "validation_mse",
           "test_fraction_of_variance_explained", "test_mse_by_rule", "test_fraction_of_variance_explained_by_rule", "train_loss",
           "l0_training", "l0_by_rule", "l0_encoding", "dead_units",
           "dead_units_encoding", "test_fvu", "validation_fvu", "test_fvu_by_rule", "validation_fvu_by_rule", "test_fvu_by_threshold",
           "validation_fvu_by_threshold", "test_cosine", "test_norm_ratio", "l0_by_threshold", "dead_units_validation", "always_on_units",
           "mean_decoder_cosine", "largest_decoder_cosine", "true_mcc", "true_uniqueness", "true_found", "consistency",
           "consistency_by_chance", "reappearing_units",
           "train_time_s", "probe_time_s", "wall_time_s", "core_seconds")
OTHER = ("epochs_done", "probe_l2", "probe_c", "probe_neighbours", "predicted_time_s", "started_unix_s", "rank", "threads")
STATUS = ("missing", "done", "failed")
MOST_COMMANDS, MOST_WITH_CLASSES, MOST_WITH_CURVES = 3000, 2000, 1000
CURVE_POINTS = 25
DIGITS = 6


def page_data(grid):
    sweep = grid.sweep
    numbers = [name for name in (*METRICS, *OTHER) if np.isfinite(_numbers(sweep, name)).any()]
    axes = [axis for axis in grid.all_axes if axis == "kind" or axis in sweep.columns]
    columns = {"trial_id": sweep.columns["trial_id"].tolist(), "status": _coded(np.array(STATUS, object)[np.minimum(sweep.status, 2)]),
               "seed": sweep.columns["seed"].tolist()}
    for axis in axes:
        columns[axis] = _axis(grid, axis) if axis in sweep.columns else _coded(np.array(["k-sparse"] * len(sweep)))
    columns |= {name: _rounded(_numbers(sweep, name)) for name in numbers}
    columns |= {name: _coded(sweep.columns[name]) for name in ("reason", "host") if name in sweep.columns}
    cells = {id(cell): i for i, cell in enumerate(grid.all_cells)}
    columns["cell"] = [cells[id(grid.cell_of(row))] for row in range(len(sweep))]
    commands = Commands(grid)
    return {"x": grid.x, "axes": grid.axes, "all_axes": axes, "columns": columns, "metrics": _metrics(grid, numbers),
            "key_names": {axis: [grid.names.short(axis), grid.names.full(axis)] for axis in axes},
            "titles": {name: title for each in NAMED for name, title in ((each.choosing, each.chosen_on), (each.judging, each.judged))},
            "metric": grid.metric.judging, "choosing": grid.metric.choosing,
            "n": len(sweep), "other": [name for name in OTHER if name in numbers],
            "half_widths": half_widths(max(len(cell.rows) for cell in grid.all_cells)),
            "bounds": {name: _finite(bounds_of(name)) for name in METRICS if name in numbers},
            "commands": [commands.of_cell(cell, "SEED") for cell in grid.all_cells] if len(grid.all_cells) <= MOST_COMMANDS else [],
            "names": [grid.name(cell) for cell in grid.all_cells] if len(grid.all_cells) <= MOST_COMMANDS else [],
            "classes": _classes(sweep), "curves": _curves(sweep)}


def _metrics(grid, numbers):
    """What judges first, then what chooses."""
    first = [name for name in dict.fromkeys((grid.metric.judging, grid.metric.choosing)) if name in numbers]
    return first + [name for name in METRICS if name in numbers and name not in first]


def _numbers(sweep, name):
    if name == "core_seconds":
        return core_seconds(sweep, np.arange(len(sweep)))
    return sweep.columns[name].astype(float) if name in sweep.columns else np.full(len(sweep), np.nan)


def _axis(grid, axis):
    """A number is null where the axis does not concern the trial."""
    values = grid.sweep.columns[axis]
    if values.dtype == object:
        return _coded(values)
    return _rounded(np.array([value if concerns(axis, grid.cell_of(row)) else np.nan for row, value in enumerate(values.tolist())], float))


def _finite(bounds):
    return [end if np.isfinite(end) else None for end in bounds]


def _coded(values):
    """Texts once, and numbers of them."""
    texts, codes = np.unique(np.asarray(values, dtype=object).astype(str), return_inverse=True)
    return {"texts": texts.tolist(), "codes": codes.tolist()}


def _rounded(values):
    return [_short(value) for value in values.tolist()]


def _short(value):
    if not np.isfinite(value):
        return None
    return int(value) if float(value).is_integer() and abs(value) < 1e15 else float(f"{value:.{DIGITS + 3 if abs(value) > 1e6 else DIGITS}g}")


def _classes(sweep):
    """Of each finished trial (class number, accuracy in %): of all classes, or of those of lowest accuracy; and the names of the classes."""
    table = sweep.class_accuracy
    if table is None or len(sweep) > MOST_WITH_CLASSES:
        return {"n": 0, "rows": [], "names": {}}
    shown = [worst_classes(row).tolist() if status == DONE else [] for row, status in zip(table, sweep.status)]
    return {"n": table.shape[1],
            "rows": [[[i, _short(round(100 * row[i], 2))] for i in these] for these, row in zip(shown, table)],
            "names": {i: sweep.class_names[i] for i in sorted(set().union(*shown)) if i < len(sweep.class_names)}}


def _curves(sweep):
    """Thinned: name -> epochs and one list for each trial."""
    if len(sweep) > MOST_WITH_CURVES:
        return {}
    at = np.unique(np.linspace(0, len(sweep.epochs) - 1, min(CURVE_POINTS, len(sweep.epochs))).round().astype(int)) if len(sweep.epochs) else []
    found = {}
    for name in ("train_loss_curve", "validation_accuracy_curve", "test_accuracy_curve", "validation_fvu_curve"):
        rows = sweep.curves.get(name)
        if rows is not None and np.isfinite(rows).any():
            probed = at if name in ("train_loss_curve", "validation_fvu_curve") else np.flatnonzero(np.isfinite(rows).any(axis=0))[:200]
            found[name] = {"epochs": sweep.epochs[probed].tolist(),
                           "rows": [[None if not np.isfinite(value) else float(significant(value, 4).replace("−", "-")) for value in row]
                                    for row in rows[:, probed].tolist()]}
    return found
