"""Codes of test samples by the best trial of each setting whose weights were saved."""

from dataclasses import dataclass

import numpy as np

from .network import activations, keep_largest, network_of
from .samples import samples_of

MOST_CODED = 400   # samples
MOST_CELLS = 7


@dataclass(frozen=True, eq=False)
class Coded:
    """name: in legends.  code: (sample, hidden), as many kept as `test_mse` is from."""
    cell: object
    name: str
    row: int
    network: object
    code: np.ndarray

    @property
    def density(self):
        """(hidden): the share of samples for which a unit is active."""
        return np.mean(self.code != 0, axis=0)


@dataclass(frozen=True)
class Codes:
    """each: in the order of the cells.  why: what is missing where there is none."""
    each: tuple = ()
    samples: object = None
    why: str = ""


def best_row(grid, cell):
    """The trial of the cell that is best on the validation part; the first where that was not measured."""
    values = grid.sweep.columns.get(grid.metric.choosing, np.full(len(grid.sweep), np.nan))[cell.done] * grid.metric.sign
    return int(cell.done[np.argmax(np.where(np.isfinite(values), values, -np.inf))])


def codes_of(grid, cells, data_dir):
    rows = [(cell, best_row(grid, cell)) for cell in cells if len(cell.done)]
    networks = [(cell, row, *network_of(grid.sweep, row)) for cell, row in rows]
    reasons = [why for *_, why in networks if why]
    networks = [each[:3] for each in networks if each[2] is not None][:MOST_CELLS]
    if not networks:
        return Codes(why=reasons[0] if reasons else "no trial has finished")
    samples, why = samples_of(grid.sweep, networks[0][1], data_dir)
    if samples is None:
        return Codes(why=why)
    inputs = samples.inputs[:MOST_CODED]
    shared = {grid.describe(cell, [grid.x]) for cell, _, _ in networks}   # x alone, where that tells them apart
    names = {id(cell): grid.describe(cell, [grid.x]) if len(shared) == len(networks) else grid.name(cell) for cell, _, _ in networks}
    return Codes(tuple(Coded(cell, names[id(cell)], row, network, keep_largest(activations(network, inputs), network.kept))
                       for cell, row, network in networks), samples)
