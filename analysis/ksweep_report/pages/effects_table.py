"""Tables of what each axis does, and of which pairs of axes do not add up."""

from ..base.choices import LEAST_FOR_INTERVAL
from ..base.wording import NOTHING, joined, plural, unbroken, value_text

MOST_ROWS = 40
MOST_INTERACTIONS = 6


def effects_tables(grid, effects):
    """Rows as text, and sentences on them; None where fewer than two axes vary."""
    if not effects.axes:
        return None
    rows = [_effect(grid, each, effect) for each in effects.axes for effect in each.effects]
    interactions = [_interaction(grid, each) for each in effects.interactions[:MOST_INTERACTIONS]]
    return {"rows": rows[:MOST_ROWS], "n_left_out": max(0, len(rows) - MOST_ROWS), "interactions": interactions,
            "n_pairs_left_out": len(effects.interactions) - len(interactions), "n_contrasts": effects.n_contrasts,
            "notes": [unbroken(note) for note in _notes(grid, effects)]}


def _effect(grid, each, effect):
    return {"axis": grid.names.short(each.axis), "reference": value_text(each.reference), "value": value_text(effect.value),
            "settings": _settings_text(effect.settings, each.planned), **_difference(grid.metric, effect.difference)}


def _interaction(grid, each):
    at = [f"{grid.names.short(axis)} {value_text(reference)} → {value_text(value)}"
          for axis, reference, value in zip(each.axes, each.references, each.values)]
    return {"axes": " × ".join(map(grid.names.short, each.axes)), "at": at, "settings": _settings_text(each.settings),
            **_difference(grid.metric, each.difference)}


def _difference(metric, difference):
    return {"difference": metric.change(difference.mean), "interval": metric.ends_of_change(difference) or NOTHING, "seeds": difference.n}


def _settings_text(settings, planned=None):
    """`12`, `10–12`, `10–12 of 16`: over so many settings of the other axes, by seed."""
    text = str(settings[1]) if settings[0] == settings[1] else f"{settings[0]}–{settings[1]}"
    return text if planned is None or settings == (planned, planned) else f"{text} of {planned}"


def _notes(grid, effects):
    incomplete = [grid.names.short(each.axis) for each in effects.axes if not each.is_complete]
    unpaired = [f"{grid.names.short(each.axis)} = {value_text(effect.value)}"
                for each in effects.axes for effect in each.effects if not effect.difference.n]
    n_seeds = max((effect.difference.n for each in effects.axes for effect in each.effects), default=0)
    notes = []
    if incomplete:
        notes.append(f"Not every setting has every trial: effects of {joined(incomplete)} are over those settings of the other axes in which both "
                     "values were trained, for some seeds over fewer than for others, so that they may differ by more than the axis.")
    if unpaired:
        notes.append(f"No setting of the other axes has both {joined(unpaired[:6], ' or ')} and the reference: no effect can be given.")
    if n_seeds < LEAST_FOR_INTERVAL:
        notes.append(f"With {plural(n_seeds, 'seed')} no interval is given: it takes {LEAST_FOR_INTERVAL}, each trained at both values.")
    if len(effects.table.axes) < len(grid.axes):
        notes.append(f"Of {grid.describe(effects.best, [axis for axis in grid.axes if axis not in effects.table.axes])} alone.")
    return notes
