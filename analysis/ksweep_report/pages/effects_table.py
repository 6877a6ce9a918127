"""Tables of what each axis does, and of which pairs of axes do not add up."""

from ..base.choices import LEAST_FOR_INTERVAL
from ..base.wording import NOTHING, joined, plural, unbroken, value_text

MOST_ROWS = 40
MOST_INTERACTIONS = 6
MOST_NAMED = 6


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
    """`12`, `12 of 16`: over so many settings of the other axes."""
    return str(settings) if planned is None or settings == planned else f"{settings} of {planned}"


def _of_incomplete(grid, incomplete):
    """What the effects of an incomplete grid are over, and what is not in them."""
    text = ["Not every setting has every trial: effects are over complete blocks alone, settings of the other axes in which all that is compared was "
            "trained, with the same seeds in each."]
    apart = [grid.names.short(each.axis) for each in incomplete if not each.is_one_block]
    if apart:
        text.append(f"No setting has every value of {joined(apart)}: each value is compared over settings of its own, so that two of them may differ "
                    "by more than the axis.")
    for each in incomplete[:MOST_NAMED]:
        absent = [f"{grid.names.short(axis)} = {joined(map(value_text, values[:MOST_NAMED]), ' or ')}" for axis, values in each.absent]
        if absent:
            text.append(f"Of {grid.names.short(each.axis)} none has {joined(absent, ' or ')}: how they interact is not in it.")
    return " ".join(text)


def _notes(grid, effects):
    incomplete = [each for each in effects.axes if not each.is_complete]
    unpaired = [f"{grid.names.short(each.axis)} = {value_text(effect.value)}"
                for each in effects.axes for effect in each.effects if not effect.difference.n]
    n_seeds = max((effect.difference.n for each in effects.axes for effect in each.effects), default=0)
    notes = []
    if incomplete:
        notes.append(_of_incomplete(grid, incomplete))
    if unpaired:
        notes.append(f"No setting of the other axes has both {joined(unpaired[:6], ' or ')} and the reference: no effect can be given.")
    if n_seeds < LEAST_FOR_INTERVAL:
        notes.append(f"With {plural(n_seeds, 'seed')} no interval is given: it takes {LEAST_FOR_INTERVAL}, each trained at both values.")
    if len(effects.table.axes) < len(grid.axes):
        notes.append(f"Of {grid.describe(effects.best, [axis for axis in grid.axes if axis not in effects.table.axes])} alone.")
    return notes
