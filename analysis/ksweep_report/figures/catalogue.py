"""Which figures a sweep gets."""

import functools
from dataclasses import replace

import numpy as np

from ..base.wording import capitalised
from ..results.answer import goodness
from ..results.codes import MOST_CELLS, Codes
from ..results.effects import find_effects
from ..results.grid import RANDOM, concerns, evenly
from ..results.panels import MOST_LINES, Panel, panel_of, panels_of
from ..results.references import level_of
from ..results.tradeoff import farthest_from_k, frontier_of, l0_of
from . import classes, cost, heatmaps, over_l0, pictures
from .curves import learning_curves
from .drawing import FULL, PAGE
from .effect_plot import effect_plot
from .lines import interval_note, over_x
from .race_lanes import race_figure
from .units import stored_densities, unit_figures

MOST_PANELS = 9
MOST_REFERENCE_LINES = 4
AS_K = 0.05   # how far L0 may be from k, as a share of k, to be k but for what rarely happens
SAME_IN_TRAINING = {"l0_encoding": "l0_training", "dead_units_encoding": "dead_units"}
ONE_MINUS_FVU = ("test_fraction_of_variance_explained", "test_fraction_of_variance_explained_by_rule")   # but for which mean
SIDE_BY_SIDE = (5.2, 3.7)   # inches


def draw_all(out, grid, answer, published=(), codes=Codes(), effects=None):
    """Section name -> figures, in the order shown."""
    effects = effects or find_effects(grid, answer)
    reference = answer.best or next((cell for cell in grid.cells if len(cell.done)), None)
    some = answer.best_of_x or ([reference] if reference else [])
    compared = some + [each.cell for each in answer.others]
    montages, n_montages = pictures.filter_pictures(out, grid, compared)
    return {
        "metric": _over_metric(out, grid, answer, published),
        "race": _drawn(race_figure(out, grid)),
        "frontier": over_l0.frontier_figures(out, grid, answer),
        "effects": _drawn(effect_plot(out, grid, effects)),
        "classes": _drawn(classes.class_accuracy(out, grid, evenly(some, 24)), classes.confusion(out, grid, answer.best)),
        "curves": _curves(out, grid, answer, some),
        "weights": heatmaps.pairs_of_axes(out, grid, effects),
        "reconstruction": (_reconstruction(out, grid, answer, reference) if reference else []) + unit_figures(out, grid, codes)
        + _drawn(stored_densities(out, grid, *_named_densities(grid, some))),
        "filters": montages,
        "n_filters": n_montages,
        "reconstructions": _drawn(pictures.reconstructions(out, grid, codes)),
        "codes": pictures.hidden_activations(out, grid, codes),
        "cost": _cost(out, grid, answer, reference) if reference else [],
    }


def cells_with_codes(grid, answer):
    """Which settings' best trials are looked into: one for each x, then one of each other kind."""
    cells = evenly(answer.best_of_x, MOST_CELLS)
    for comparison in answer.others:
        if comparison.cell.kind not in {cell.kind for cell in cells}:
            cells.append(comparison.cell)
    return cells


def _drawn(*figures):
    return [figure for figure in figures if figure is not None]


def _left_out(panel):
    total = len(panel.lines) + panel.n_left_out
    return f" {len(panel.lines)} of {total} lines shown; all are in the table." if panel.n_left_out else ""


def _over_metric(out, grid, answer, published):
    metric = grid.metric
    if not grid.has(metric.judging) or _shown_by_frontier(grid, answer):
        return []
    published = published if metric.is_accuracy else ()
    panels = panels_of(grid, answer.best)[:MOST_PANELS]
    first = panel_of(grid, answer.best) if answer.best else panels[0]
    panels = [panel for panel in panels if panel.label != first.label]
    shared = dict(quantity=metric.judging, scale=metric.scale, label=metric.label, apart=True, log=metric.log,
                  chosen=answer.chosen if len(grid.all_cells) > 1 else None)
    references = _best_references(grid)
    two = _far_away(grid, first, references, published)
    judged = capitalised(metric.judged)
    title = judged if len(grid.all_cells) == 1 else _titled(f"{judged} over {grid.x_name}", first)
    shared["beside"] = [cell for panel in (first, *panels) for line in panel.lines for cell in line.cells]
    main = functools.partial(over_x, out, grid, first, **shared, references=references, published=published, title=title,
                             caption=_metric_note(grid, first) + _reference_note(grid, references))
    figures = [main(size=SIDE_BY_SIDE, name=metric.name)]
    if figures[0] and not two and out.where == PAGE:
        figures = [replace(figures[0], full=main(size=FULL, name=f"{metric.name}_full"))]
    if two:
        figures.append(over_x(out, grid, _trained(first), **shared | {"beside": ()}, size=SIDE_BY_SIDE, name=f"{metric.name}_enlarged",
                              published=_near(grid, first, published), title="The same without references, enlarged",
                              caption=_metric_note(grid, _trained(first))))
    figures += [over_x(out, grid, panel, **shared, name=f"{metric.name}_{i}", references=references,
                       published=published, title=_titled(f"{judged} over {grid.x_name}", panel), caption=_metric_note(grid, panel))
                for i, panel in enumerate(panels, start=2)]
    return _drawn(*figures)


def _shown_by_frontier(grid, answer):
    """Whether the frontier shows all that the metric over x would: where x is k and k is what is active."""
    lines = frontier_of(grid, answer.best)
    if grid.x != "k" or grid.references or answer.chosen is not None or not 0 < len(lines) <= MOST_LINES:
        return False
    cells = [cell for _, line in lines for cell in line]
    return len(cells) == sum(len(grid.judged(cell)) > 0 for cell in grid.cells) and all(
        abs(l0_of(grid, cell) / grid.x_of(cell) - 1) < AS_K for cell in cells)


def _best_references(grid):
    """Of each kind the best on the validation part first, then others, as many as can be told apart."""
    def score(cell):
        good = goodness(grid, cell)
        return -good if np.isfinite(good) else 0.0 if grid.metric.more_is_better else np.inf

    ordered = sorted((cell for cell in grid.references if len(grid.judged(cell))), key=score)
    kinds, firsts = set(), []
    for cell in ordered:
        if cell.kind not in kinds:
            kinds.add(cell.kind)
            firsts.append(cell)
    rest = [cell for cell in ordered if not any(cell is each for each in firsts)]
    return (firsts + rest)[:MOST_LINES]


def _metric_note(grid, panel):
    apart = ""
    if len(panel.lines) > 1:
        apart = f" {'Lines' if grid.is_number(grid.x) else 'Marks'} stand a little apart, so that their bars can be told apart."
    return interval_note(grid) + apart + _left_out(panel)


def _titled(title, panel):
    return f"{title} ({panel.label})" if panel.label else title


def _reference_note(grid, references):
    if not references:
        return ""
    left_out = len(grid.references) - len(references)
    return (f" Grey levels: settings that {grid.x_name} does not concern, with their intervals."
            + (f" {left_out} more are in the table." if left_out > 0 else ""))


def _trained(panel):
    """The panel without lines of untrained weights, unless there are no others."""
    lines = tuple(line for line in panel.lines if line.cells[0].kind != RANDOM)
    return Panel(panel.label, lines or panel.lines, panel.cells, panel.n_left_out)


def _far_away(grid, panel, references, published):
    """Whether references and untrained weights squeeze the values into less than half of the frame."""
    own_cells = [cell for line in _trained(panel).lines for cell in line.cells]
    own = [value for cell in own_cells for value in grid.judged(cell)]
    theirs = [value for cell in (*references, *panel.cells) for value in grid.judged(cell)]
    theirs += [level_of(each) / 100 for each in published if each.axis in (None, grid.x)]
    return bool(own and theirs) and np.ptp(own) < 0.5 * np.ptp(own + theirs)


def _near(grid, panel, published):
    """Published values that do not squeeze the trained ones."""
    own = [grid.metric.scale * value for line in _trained(panel).lines for cell in line.cells for value in grid.judged(cell)]
    return tuple(each for each in published if min(own) - np.ptp(own) <= level_of(each) <= max(own) + np.ptp(own))


def _curves(out, grid, answer, some):
    position = next((i for i, cell in enumerate(some) if cell is answer.best), None)
    references = [cell for cell in (_best_references(grid) or grid.references) if cell.kind != "raw"][:MOST_REFERENCE_LINES]
    cells = evenly(some, MOST_LINES - len(references), position)
    names, rest = names_at_best(grid, cells)
    shown = list(zip(cells, names))
    shown += [(cell, grid.name(cell)) for cell in references]
    if len(grid.all_cells) == 1:
        return learning_curves(out, grid, shown, "Line: mean over seeds; band: from the least to the greatest seed.")
    note = f"Line: mean over seeds; band: from the least to the greatest seed.{rest}"
    if len(shown) < len(some) + len(grid.references):
        note += f" {len(shown)} of {len(some) + len(grid.references)} settings shown."
    return learning_curves(out, grid, shown, note)


def _reconstruction(out, grid, answer, reference):
    """Of what the probe sees only what differs from training: nothing where alpha is 1, and of kinds without k."""
    has_k = any(grid.value(cell, "k") and concerns("k", cell) for cell in grid.cells)
    kept, in_probe = (" with k kept, as in training", " with alpha k kept") if has_k else (" on the validation part", "")
    by_rule = " from what the rule keeps of mini-batches"
    wanted = (("test_mse", "test MSE per input", "Reconstruction error"),
              ("test_fraction_of_variance_explained", "fraction explained", "Variance explained on the test set"),
              ("test_mse_by_rule", "test MSE per input", f"Reconstruction error{by_rule}"),
              ("test_fraction_of_variance_explained_by_rule", "fraction explained", f"Variance explained on the test set{by_rule}"),
              ("l0_training", "non-zero units per sample", f"Realised L0{kept}"),
              ("l0_encoding", "non-zero units per sample", f"Realised L0{in_probe}, as the probe sees it"),
              ("dead_units", "dead hidden units", "Units active for no training sample in the last epoch"),
              ("dead_units_encoding", "dead hidden units", f"Units active for no training sample{in_probe}"),
              ("test_nmi", "normalised mutual information", "Clusters and classes, test set"))
    in_frontier = (*ONE_MINUS_FVU, *(["l0_training"] if grid.x == "k" else [])) if frontier_of(grid, answer.best) else ()
    return _drawn(*(_over_measured(out, grid, reference, *each) for each in wanted
                    if grid.has(each[0]) and not _alike(grid, each[0], SAME_IN_TRAINING.get(each[0]))
                    and each[0] not in in_frontier and not _none_found(grid, each[0])
                    and not (each[0] == "l0_training" and farthest_from_k(grid) is not None)))


def _none_found(grid, name):
    """Whether it counts dead units and there are none at all."""
    return name.startswith("dead_units") and not any(np.any(grid.numbers(cell, name)) for cell in grid.cells)


def _named_densities(grid, some):
    cells = evenly(some, MOST_LINES)
    return [cells, *names_at_best(grid, cells)]


def names_at_best(grid, cells):
    """(names, sentence): of cells that are each the best of its x: by x and what differs; the sentence says what is the same."""
    differ = [axis for axis in grid.other_axes() if len({grid.value(cell, axis) for cell in cells}) > 1]
    same = [axis for axis in grid.other_axes() if axis not in differ]
    rest = grid.describe(cells[0], same) if cells else ""
    names = [grid.describe(cell, [grid.x, *differ]) for cell in cells]
    if differ:
        return names, f" Each {grid.x_name} at its own best setting" + (f", all with {rest}." if rest else ".")
    return names, f" Each {grid.x_name} at its best setting, {rest}." if rest else ""


def _alike(grid, one, other):
    return other is not None and grid.has(other) and all(grid.by_seed(cell, one) == grid.by_seed(cell, other) for cell in grid.cells)


def _over_measured(out, grid, reference, name, label, title):
    """A quantity in the panel of the reference or, where it was not measured there, in the first one where it was."""
    panels = [panel_of(grid, reference), *panels_of(grid, reference)]
    panel = next(panel for panel in panels if any(len(grid.numbers(cell, name)) for cell in panel.cells))
    return over_x(out, grid, panel, name, 1, label, name, _titled(title, panel), interval_note(grid) + _left_out(panel),
                  references=_references_near(grid, panel, name))


def _references_near(grid, panel, quantity):
    """Settings without x as levels, unless they would squeeze the lines."""
    own = [value for cell in panel.cells for value in grid.numbers(cell, quantity)]
    references = [cell for cell in grid.references if len(grid.numbers(cell, quantity))][:MOST_REFERENCE_LINES]
    means = [float(np.mean(grid.numbers(cell, quantity))) for cell in references]
    return references if own and np.ptp(own) >= 0.5 * np.ptp(own + means) else []


def _cost(out, grid, answer, reference):
    if not grid.has("train_time_s"):
        return []
    panel = panel_of(grid, reference)
    note = interval_note(grid) + " Times differ between hosts and loads." + _left_out(panel)
    return _drawn(over_x(out, grid, panel, "train_time_s", 1, "training time in s", "train_time",
                         _titled("Training time of a trial", panel), note),
                  cost.pareto(out, grid, answer), cost.timeline(out, grid))
