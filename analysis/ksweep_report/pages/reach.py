"""What the intervals beside the answer cover and what they do not, in words."""

import numpy as np

from ..base.choices import LEAST_FOR_INTERVAL, OTHER_SEEDS
from ..base.wording import bracket, joined, plural, value_text
from ..results.statistics import coverage_note, coverage_of_the_best
from ..results.test_set import n_test_samples, interval_of_test_set
from .racing import validity


def reach(grid, answer):
    """Sentences on the chosen setting's interval: test set, choice, kind of interval.  Of an answer without a value, none."""
    if answer.chosen is None or not len(grid.judged(answer.chosen)):
        return []
    n = len(grid.judged(answer.chosen))
    return list(filter(None, [_of_test_set(grid, answer.chosen) if grid.metric.has_parts else "", _of_choice(grid, answer, n), coverage_note(n)]))


def _of_test_set(grid, cell):
    n = n_test_samples(grid, cell)
    interval = interval_of_test_set(grid, cell) if grid.metric.is_accuracy else None
    if interval is None and n is None:
        return "Intervals are over seeds, on one fixed test set of unknown size: what another test set would change is not in them."
    text = f"Intervals are over seeds, on one fixed test set of {plural(n, 'sample')}: what another test set would change is not in them."
    if interval is not None:
        text += f" Its own binomial interval (Wilson, 95 %, of one network): {bracket(100 * interval[0], 100 * interval[1])}."
    values = grid.judged(cell)
    equal = len(values) >= LEAST_FOR_INTERVAL and np.ptp(values) == 0
    return text + (f" All seeds gave the same {grid.metric.noun}, so that theirs has no width." if equal else "")


def _of_choice(grid, answer, n):
    if grid.race:
        return validity(grid)
    if grid.has_halves:
        return (f"Seeds {_listed(grid.choosing_seeds)} chose; all numbers are of the others, {_listed(grid.reporting_seeds)}, "
                "so that the choice takes nothing from the interval's coverage.")
    if n < LEAST_FOR_INTERVAL or answer.n_candidates < 2:
        return ""
    at_worst = 100 * coverage_of_the_best(answer.n_candidates, n)
    luck = ", networks as lucky on the test set as on validation" if grid.metric.has_parts else ""
    return (f"The same networks were chosen by and are reported: in the worst case ({answer.n_candidates:,} equally good settings{luck}) "
            f"a 95 % t interval of the chosen setting covers {at_worst:.0f} %, and differences to it look larger and surer than they are. "
            f"`--choose-by {OTHER_SEEDS}` lets half of the seeds choose and reports the other half.")


def _listed(seeds):
    """At most a dozen, the last one always."""
    texts = [value_text(seed) for seed in seeds]
    return joined(texts if len(texts) <= 12 else [*texts[:11], "…", texts[-1]])
