"""Columns of a sweep: what they are called, and what follows from several."""

import numpy as np


def column_of(key, columns):
    """model.k -> k, data.set -> data_set, probe.l2 -> probe_l2_requested, where the plain name is what was used."""
    section, _, name = key.partition(".")
    if section in ("model", "train"):
        return name
    requested = f"{section}_{name}_requested"
    return requested if requested in columns else f"{section}_{name}"


def core_seconds(sweep, rows):
    """Of each of these trials; NaN where it was not measured."""
    wall = sweep.columns.get("wall_time_s", np.full(len(sweep), np.nan))[rows].astype(float)
    threads = sweep.columns.get("threads", np.ones(len(sweep)))[rows].astype(float)
    return wall * np.where(np.isfinite(threads), np.maximum(threads, 1), 1)
