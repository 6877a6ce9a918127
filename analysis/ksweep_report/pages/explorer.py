"""explorer.html: the units and codes of one trial whose weights were saved."""

import base64

import numpy as np
from markupsafe import Markup

from ..base.errors import ReportError
from ..base.wording import significant
from ..figures.pictures import montage, png_base64
from ..results.answer import find_answer
from ..results.codes import best_row
from ..results.network import activations, keep_largest, network_of, reconstruct
from ..results.samples import samples_of
from .templating import json_text, write_template

MOST_IMAGES, MOST_CODES = 1000, 200   # samples whose images, and whose whole codes, are in the page
N_TOP, N_BINS = 10, 12
LEVELS = 127
STATIC_UNITS = 100


def write_explorer(path, grid, codes, trial, data_dir):
    """Whether there is one.  trial: the id that was asked for, or "" for the best one whose weights were saved.

    Raises ReportError where the trial that was asked for cannot be shown; an explorer of an earlier report is removed.
    """
    row = _row_of(grid, trial) if trial else _best_with_weights(grid, codes)
    path.unlink(missing_ok=True)
    if row is None:
        return False
    network, why = network_of(grid.sweep, row)
    samples, why = samples_of(grid.sweep, row, data_dir) if network else (None, why)
    if samples is None:
        if trial:
            raise ReportError(f"--explore {trial}: {why}. The feature explorer needs the weights and the samples.")
        return False
    _write(path, grid, row, network, samples)
    return True


def _row_of(grid, trial):
    found = np.flatnonzero(grid.sweep.columns["trial_id"] == trial)
    if not len(found):
        raise ReportError(f"--explore {trial}: there is no such trial in {grid.sweep.file_name}. Its column trial_id has the ids.")
    return int(found[0])


def _best_with_weights(grid, codes):
    if not codes.each:
        return None
    chosen = find_answer(grid).chosen
    wanted = best_row(grid, chosen) if chosen is not None and len(chosen.done) else None
    return next((each.row for each in codes.each if each.row == wanted), codes.each[0].row)


def _write(path, grid, row, network, samples):
    inputs = samples.inputs[:MOST_IMAGES]
    code = keep_largest(activations(network, inputs), network.kept)
    order = np.argsort(-np.mean(code != 0, axis=0), kind="stable")
    shape = [int(length) for length in grid.sweep.attributes["image_shape"]]
    trial_id = grid.sweep.columns["trial_id"][row]
    images = network.weights.decoder[order[:STATIC_UNITS]].reshape(-1, *shape)
    write_template(path, "explorer.html.j2", ("explorer.js",), title=grid.sweep.title, trial_id=trial_id,
                   name=f"{grid.name(grid.cell_of(row))}, seed {grid.sweep.columns['seed'][row]}", n_hidden=network.n_hidden,
                   n_images=len(inputs), n_codes=min(MOST_CODES, len(inputs)), kept=network.kept,
                   judged=f"{grid.metric.text(_judged(grid, row))}{grid.metric.unit} {grid.metric.judged}",
                   montage=Markup(f"data:image/png;base64,{png_base64(montage(images))}"), n_static=len(images),
                   data=Markup(json_text(_data(network, samples, code, order, shape, trial_id))))


def _judged(grid, row):
    return float(grid.sweep.columns[grid.metric.judging][row]) if grid.metric.judging in grid.sweep.columns else np.nan


def _data(network, samples, code, order, shape, trial_id):
    """Numbers as base64 of their bytes: decoder images with 8 bits and a scale each, codes with 16."""
    decoder, inputs = network.weights.decoder, samples.inputs[:MOST_IMAGES]
    scale = np.maximum(np.abs(decoder).max(axis=1), 1e-30)
    own = activations(network, inputs[:MOST_CODES])
    code_scale = max(float(np.abs(own).max()), 1e-30)
    top = np.argsort(-code, axis=0, kind="stable")[:N_TOP].T
    ks = _steps(network.n_hidden, network.kept)
    return {"trial": str(trial_id), "shape": shape, "hidden": network.n_hidden, "kept": network.kept, "ks": ks, "order": order.tolist(),
            "decoder": _base64(np.round(decoder / scale[:, None] * LEVELS).astype(np.int8)),
            "scale": _list(network.decoded_share * scale / LEVELS, 7),
            "bias": _list(network.weights.visible_bias, 5), "output": network.decoder,
            "images": _base64(np.clip(np.round(_to_unit(inputs) * 255), 0, 255).astype(np.uint8)),
            "labels": [] if samples.labels is None else samples.labels[:len(inputs)].tolist(),
            "codes": _base64(np.round(own / code_scale * 32767).astype("<i2")), "code_scale": code_scale / 32767,
            "mse": [_list(np.mean((reconstruct(network, keep_largest(own, k)) - inputs[:len(own)]) ** 2, axis=1), 4) for k in ks],
            "top": top.tolist(), "top_values": [_list(np.take(code[:, unit], top[unit]), 4) for unit in range(network.n_hidden)],
            "density": _list(np.mean(code != 0, axis=0), 4), "bins": [_histogram(code[:, unit]) for unit in range(network.n_hidden)]}


def _steps(n_hidden, kept):
    """1, 2, 5, 10 … up to all units, and what training keeps."""
    ladder = [digit * 10 ** power for power in range(7) for digit in (1, 2, 5)]
    return sorted({k for k in ladder if k < n_hidden} | {kept, n_hidden})


def _to_unit(inputs):
    """Standardised samples and the like are shown from their least to their largest value."""
    low, high = float(inputs.min()), float(inputs.max())
    return inputs if low >= 0 and high <= 1 else (inputs - low) / max(high - low, 1e-30)


def _histogram(values):
    """(least, largest, counts) of the activations that are not zero."""
    values = values[values != 0]
    if not len(values):
        return [0, 0, []]
    counts, edges = np.histogram(values, N_BINS)
    return [float(significant(edges[0], 4).replace("−", "-")), float(significant(edges[-1], 4).replace("−", "-")), counts.tolist()]


def _list(values, digits):
    return [float(f"{value:.{digits}g}") for value in np.asarray(values, float)]


def _base64(values):
    return base64.b64encode(np.ascontiguousarray(values).tobytes()).decode("ascii")
