"""The frontier in words and tables: what each doubling buys, what points at a place on it, and axes that no longer move L0."""

import numpy as np

from ..base.wording import NOTHING, bracket, joined, number, padded, significant, signed, unbroken
from ..results.tradeoff import flat_ends, frontier_of, l0_of, line_with, pointers_of, singles, steps_apart, steps_of

MOST_ROWS = 60
NAMES_OF_POINTERS = {"mean_decoder_cosine": "c_dec", "true_mcc": "GT-MCC", "consistency": "consistency between seeds",
                     "validation_accuracy": "the probe's validation accuracy", "dead_units": "dead units", "dead_units_validation": "dead units"}
AGREE, NEAR = 0, 1   # steps of the grid


def frontier(grid, answer):
    """What the page shows of it; None where there is no frontier."""
    lines = frontier_of(grid, answer.best)
    if not lines:
        return None
    steps = steps_of(grid, lines)
    pointed = [(label, cells, pointers_of(grid, cells)) for label, cells in lines]
    return {"steps": [_step(grid, step) for step in steps[:MOST_ROWS]], "n_left_out": max(0, len(steps) - MOST_ROWS), "n_steps": len(steps),
            "several": len(lines) > 1, "per": f"doubling of {'k' if grid.x == 'k' else 'L0'}",
            "opinion": unbroken(_opinion(grid, *line_with(pointed, answer.best))),
            "flat": [unbroken(text) for line in lines for text in flat(grid, *line)],
            "pointers": _pointer_table(grid, pointed) if len(lines) > 1 else None}


def _step(grid, step):
    metric, change, relative = grid.metric, step.change, step.per_doubling
    return {"line": step.line or NOTHING, "from": grid.x_text(grid.x_of(step.first)), "to": grid.x_text(grid.x_of(step.second)),
            "l0": f"{padded(step.l0[0])} → {padded(step.l0[1])}", "change": metric.change(change.mean),
            "interval": metric.ends_of_change(change) or NOTHING, "relative": signed(100 * relative.mean, 1),
            "relative_interval": bracket(100 * relative.low, 100 * relative.high, 1, signed) or NOTHING, "pairs": change.n}


def _at(grid, cell, *more):
    """`k = 8`, or `sparsity_weight = 0.1 (L0 32)`, with more in the brackets."""
    words = [*([] if grid.x == "k" else [f"L0 {significant(l0_of(grid, cell))}"]), *more]
    return f"{grid.x_name} = {grid.x_text(grid.x_of(cell))}" + (f" ({'; '.join(words)})" if words else "")


def _runs(grid, cells, some):
    """[(first, last)]: those of a line's cells as runs of neighbours."""
    runs = []
    for i, cell in enumerate(cells):
        if any(cell is each for each in some):
            runs = [*runs[:-1], [*runs[-1], i]] if runs and runs[-1][-1] == i - 1 else [*runs, [i]]
    return [tuple(grid.x_text(grid.x_of(cells[i])) for i in (run[0], run[-1])) for run in runs]


def _spans(grid, cells, some, to):
    """`2, 12–16`: the x of some of a line's cells."""
    return [first if first == last else f"{first}{to}{last}" for first, last in _runs(grid, cells, some)]


def _opinion(grid, label, cells, pointers):
    """A paragraph: what was measured beside reconstruction, where it points, and whether it agrees."""
    where = f" ({label})" if label else ""
    if not pointers:
        return (f"Nothing that was measured beside reconstruction points at a {grid.x_name}{where}: it takes a probe on labels, the decoder columns' "
                "cosines (c_dec), their consistency between seeds, or data whose true features are known.")
    sentences = [_sentence(grid, cells, pointer) for pointer in pointers]
    return f"What points at a {grid.x_name}{where}: " + "; ".join(sentences) + ". " + _agreement(grid, cells, pointers)


def _sentence(grid, cells, pointer):
    name, cell = NAMES_OF_POINTERS[pointer.quantity], pointer.cells[0]
    if pointer.how == "few":
        return (f"{name} are fewest, {number(100 * pointer.value, 1)} % of all and at most a point more, at "
                f"{grid.x_name} = {joined(_spans(grid, cells, pointer.cells, ' to '))}")
    value = f"{100 * pointer.value:.2f} %" if pointer.quantity.endswith("accuracy") else significant(pointer.value)
    if pointer.how == "elbow":
        return f"{name} falls over the whole grid, with its elbow at {_at(grid, cell, value)}"
    votes = f", in {pointer.votes[0]} of {pointer.votes[1]} seeds" if pointer.votes[1] > 1 else ""
    edge = ", an end of the grid, so that a better place may lie beyond" if pointer.at_edge else ""
    return f"{name} is {pointer.how} at {_at(grid, cell, value + votes + edge)}"


def _agreement(grid, cells, pointers):
    apart, ones = steps_apart(cells, pointers), singles(pointers)
    if apart is None:
        return f"No two of these single out a {grid.x_name}, so that there is nothing to agree on." if not ones else \
            f"Only {NAMES_OF_POINTERS[ones[0].quantity]} singles out a {grid.x_name}: look for a second witness before you trust it."
    ends = sorted((each.cells[0] for each in ones), key=lambda cell: l0_of(grid, cell))
    span = f"from {_at(grid, ends[0])} to {_at(grid, ends[-1])}"
    text = f"They agree on {_at(grid, ends[0])}." if apart == AGREE else \
        f"They agree to within one step of the grid, {span}." if apart == NEAR else \
        f"They do not agree: they point {span}, {apart} steps of the grid apart."
    return text + _of_dead(grid, ends, pointers)


def _of_dead(grid, ends, pointers):
    """Whether many units are dead where the others point."""
    few = next((each for each in pointers if each.how == "few"), None)
    outside = [cell for cell in ends if few and not any(cell is each for each in few.cells)]
    if not outside:
        return ""
    places = joined(dict.fromkeys(_at(grid, cell) for cell in outside))
    return f" More units than need be are dead at {places}: AuxK, a longer warm-up or fewer units may change what is best there."


def flat(grid, label, cells):
    """Sentences on ends of the axis along which L0 barely changes."""
    where = f" ({label})" if label else ""
    texts = []
    for first, last in flat_ends(grid, cells):
        l0 = f"L0 {significant(l0_of(grid, first))} to {significant(l0_of(grid, last))}"
        span = f"{grid.x_name} = {grid.x_text(grid.x_of(first))} to {grid.x_text(grid.x_of(last))}"
        whole = len(cells) > 1 and {id(first), id(last)} == {id(min(cells, key=grid.x_of)), id(max(cells, key=grid.x_of))}
        what, so = ("flat", f"other values of {grid.x_name} are needed for a frontier") if whole else \
            ("saturated at one end", "these values say one thing several times")
        texts.append(f"The grid is {what}{where}: from {span}, L0 barely changes ({l0}), so that {so}.")
    return texts


def _pointer_table(grid, pointed):
    """(head, rows): lines by quantities, in each cell the x that is pointed at."""
    names = list(dict.fromkeys(pointer.quantity for _, _, pointers in pointed for pointer in pointers))
    rows = []
    for label, cells, pointers in pointed[:MOST_ROWS]:
        by_name = {pointer.quantity: pointer for pointer in pointers}
        rows.append([label or NOTHING, *(_place(grid, cells, by_name.get(name)) for name in names)])
    return ([NAMES_OF_POINTERS[name].removeprefix("the ") for name in names], rows) if names and np.size(rows) else None


def _place(grid, cells, pointer):
    if pointer is None:
        return NOTHING
    return ", ".join(_spans(grid, cells, pointer.cells, "–")) + (" (end)" if pointer.at_edge else " (elbow)" if pointer.how == "elbow" else "")
