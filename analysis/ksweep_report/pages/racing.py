"""What the report says of a race of settings over the seeds: sentences, and rows of its table."""

from math import isfinite

from ..base.wording import NOTHING, capitalised, plural, unbroken
from ..results.finish import cells_by_setting, leads, order_of_finish
from ..results.grid import kind_name
from ..results.metrics import metric_named
from ..results.race_outcome import ending, raced
from ..results.verdicts import ALIKE, UNTESTABLE

MOST_ROWS = 200


def left_text(n_seeds):
    return f"left after {plural(n_seeds, 'seed')}"


def certainty_of_race(grid, answer, named):
    """Sentences on which other settings are still in the race.  named: words for some comparisons."""
    race = grid.race
    if race.metric != grid.metric.name:
        return [f"Settings raced by {_noun(race)}, and the best of those left by {grid.metric.chosen_on} is chosen: of differences in "
                f"{grid.metric.noun} there are no bounds that allow for the race."]
    alike, untestable = ([each for each in answer.comparisons if each.verdict == verdict] for verdict in (ALIKE, UNTESTABLE))
    found = [f"Not distinguishable: {named(alike)}."] if alike else []
    found += [f"Not testable from so few seeds: {named(untestable)}."] if untestable else []
    in_it = race.n_settings - race.n_out
    if in_it > 1 and not found:
        found = [f"{plural(in_it - 1, 'other setting')} at the same {grid.x_name} {'is' if in_it == 2 else 'are'} still in the race."]
    found += [f"{plural(race.n_out, 'setting')} left the race, each shown to be worse than the one that led then."] if race.n_out else []
    return [*found, f"Decided by the race's bounds of differences in {grid.metric.chosen_on} to its leader, paired by seed; they rest on "
                    "approximate normality of these differences."]


def validity(grid):
    """Which intervals hold despite the racing, and which do not."""
    error = f"{100 * grid.race.error:g} %"
    return unbroken("Means of settings that a race has chosen are optimistic, and intervals of single settings, of effects and of steps do not "
                    "account for the racing. The bounds of differences to the leader do: they may be looked at after every seed, and the "
                    f"truly best setting ever leaves with a probability of at most {error}.")


def bounds_of_differences(race):
    """For a paper's methods and captions."""
    share = "shared among all comparisons that could be made" if race.is_refined else f"divided by {race.n_settings - 1:,} rivals"
    return (f"bounds of paired differences to the leader that are valid however often one looks (t martingale; error {100 * race.error:g} %, "
            f"{share}), of settings that left when they did; other intervals do not account for the racing")


def methods_of_race(race, n_seeds):
    return (f"{plural(race.n_settings, 'setting')} raced over at most {plural(n_seeds, 'seed')}, the same for all, by {_noun(race)}: a setting got "
            f"no further seeds once it was shown to be worse than the leader ({race.n_out:,} left; {race.n_trained:,} of "
            f"{plural(race.n_planned, 'trial')} trained; {ending(race)}).")


def _noun(race):
    metric = metric_named(race.metric)
    return metric.chosen_on if metric else race.metric


def race_table(grid):
    """Rows as text, and what stands around them; None without a race."""
    if not grid.race:
        return None
    cells = cells_by_setting(grid)
    order = order_of_finish(grid.race, cells)
    metric = metric_named(grid.race.metric) or grid.metric
    added = [name_of(grid, cells[setting]) for setting in grid.race.added if setting in cells]
    sentence = f"{capitalised(raced(grid.race)[2:])}." + (f" Added by the race, in this order: {'; '.join(added)}." if added else "")
    return {"sentence": sentence, "rows": [_row(grid, metric, cells, setting) for setting in order[:MOST_ROWS]],
            "n_left_out": max(0, len(order) - MOST_ROWS), "validity": validity(grid), "quantity": metric.chosen_on,
            "in_points": metric.in_percent}


def _row(grid, metric, cells, setting):
    race, cell = grid.race, cells[setting]
    bound, left = race.last_difference(setting), race.left_after(setting)
    is_leader = leads(race, setting)
    return {"name": name_of(grid, cell), "seeds": len(cell.done), "left": left or NOTHING, "leads": is_leader,
            "difference": "leads" if is_leader else metric.change(bound.mean), "bounds": metric.ends_of_change(bound) or NOTHING,
            "pairs": bound.n if isfinite(bound.mean) else NOTHING,
            "leader": NOTHING if is_leader or not isfinite(bound.mean) else name_of(grid, cells[race.leader_of(setting)])}


def name_of(grid, cell):
    return unbroken(grid.name(cell)) or kind_name(cell)


def race_rows(grid):
    """One row for each setting: when it left, and its difference to the leader then or, of those in the race, at the last decision."""
    race, cells = grid.race, cells_by_setting(grid)
    yield ["setting", "n_done", "left_after", "leads", "leader_then", "metric", "difference_mean", "difference_low", "difference_high", "pairs"]
    for setting in order_of_finish(race, cells):
        bound, is_leader = race.last_difference(setting), leads(race, setting)
        yield [grid.name_in_keys(cells[setting]), len(cells[setting].done), race.left_after(setting) or "", int(is_leader),
               "" if is_leader else grid.name_in_keys(cells[race.leader_of(setting)]), race.metric, bound.mean, bound.low, bound.high,
               bound.n if isfinite(bound.mean) else ""]
