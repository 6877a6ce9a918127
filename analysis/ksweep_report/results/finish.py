"""The settings of a race as cells, in the order of its finish."""

import numpy as np

from .metrics import metric_named


def cells_by_setting(grid):
    """setting of the race -> its cell."""
    found = {grid.race.setting_of(cell.rows): cell for cell in grid.all_cells}
    return {setting: found[setting] for setting in sorted(found) if setting >= 0}


def order_of_finish(race, settings):
    """The leader first, then those in the race, then those that have left, the last ones first; among equals those closer to the leader."""
    metric = metric_named(race.metric)

    def place(setting):
        behind = -race.last_difference(setting).mean * (metric.sign if metric else 1)
        left, departure = race.left_after(setting), race.departure(setting)
        return not leads(race, setting), left > 0, -left if departure is None else -departure, behind if np.isfinite(behind) else np.inf
    return sorted(settings, key=place)


def leads(race, setting):
    return race.has_leader and setting == race.leader
