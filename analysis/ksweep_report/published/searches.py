"""Contents → jobs/search/README.md: which recipes were tried, and what the validation part said of them.

Of the test set there is only what the experiments measured, beside their goals.
"""

import numpy as np

from ..base.wording import NOTHING, capitalised, number, signed, value_text
from .contents import SEARCH
from .definitions import CHOICES
from .introduction import core_hours, machines_text
from .markdown import table_text
from .quantities import QUANTITIES, by_seed, interval
from .sections import Section, paragraph
from .settings import axes_of, length_column, name_of, ranked, settings_of

VALIDATION = "validation_error"
TEXT = """\
# Searches for recipes

Better training for rows of [the experiments](../README.md) is searched for here. Each search is a sweep file of this folder; its results, without the
weights, are beside it. {cost} `analysis/published` writes this page from these files.

- **The validation part chooses**: 10,000 of MNIST's 60,000 training samples, others for each seed. No figure of the test set stands in a table of
  settings. The seeds are others than those of the experiments, so that a setting that was lucky here has to do it again there.
- **Difference**: mean over the seeds that both settings have, to the first setting of the sweep file, mostly the recipe before the search (the head
  of the file says which). Both train on the same samples and are judged by the same ones.
- The error of one network, about 1.5 % of 10,000 samples, has a standard deviation of 0.12 from the samples alone. A difference on the same samples
  has less, but one or two seeds cannot tell how much: differences of about 0.1 are hints. The first line is the choice all the same.
- The validation error of fine-tuning is that of its best epoch, which favours long schedules a little.
"""


def searches_text(contents):
    return "\n".join([TEXT.format(cost=_cost_text(list(contents.searched.values()))), *[_section(each, contents) for each in contents.searches]])


def _cost_text(sweeps):
    if not sweeps:
        return "None has been run yet."
    return (f"They took {core_hours(sweeps):.2g} core-hours ({machines_text(sweeps)}), counted as wall time times threads; the machine was busy\n"
            "with other work, so that the same trials take less by themselves.")


def _section(search, contents):
    section = Section(search, contents.jobs / SEARCH, f"{search.name}.h5", contents.searched.get(search.name))
    settings = settings_of(section.sweep, search.name) if section.sweep else []
    parts = [section.heading(), section.question(), _goals(search, contents), section.results_text(), _settings_text(settings),
             _by_epochs_text(settings), paragraph("What it says", search.says)]
    return "\n".join(part for part in parts if part)


def _goals(search, contents):
    """The rows that the recipe is for, as the experiments measure them."""
    rows = [each for each in contents.rows[search.table] if each.row.label in search.rows]
    return table_text(["recipe for", rows[0].first.column.title, "goal", "verdict"],
                      [[f"[{search.table}](../README.md#{search.table}), {each.row.label}", each.first.text, each.goal_text(), each.verdict().text]
                       for each in rows])


def _settings_text(settings):
    """All settings with finished trials, the best first."""
    if not settings:
        return ""
    axes, what = axes_of(settings), QUANTITIES[VALIDATION]
    head = ["setting, the best first", what.heading, "of each seed", "difference, same seeds", "seeds"]
    return table_text(head, [[name_of(each, axes), number(interval(each, VALIDATION).mean, what.decimals), _of_seeds(each),
                              _difference(each, settings[0]), each.count_text]
                             for each in ranked(settings, CHOICES[0])])


def _of_seeds(setting):
    return ", ".join(number(value, QUANTITIES[VALIDATION].decimals) for _, value in sorted(by_seed(setting, VALIDATION).items()))


def _difference(setting, baseline):
    one, other = by_seed(setting, VALIDATION), by_seed(baseline, VALIDATION)
    both = one.keys() & other.keys()
    if setting is baseline or not both:
        return NOTHING
    return signed(float(np.mean([one[seed] - other[seed] for seed in both])), QUANTITIES[VALIDATION].decimals)


def _by_epochs_text(settings):
    """A column for each number of epochs, a line for each recipe that was tried with several; "" if there is none."""
    recipes = {}
    for each in settings:
        recipes.setdefault(_without_length(each, settings), {})[each.value(length_column(each))] = each
    lines = {name: of_length for name, of_length in recipes.items() if len(of_length) > 1}
    lengths = sorted({length for of_length in lines.values() for length in of_length})
    what = QUANTITIES[VALIDATION]
    cells = [[name, *[number(interval(of_length[length], VALIDATION).mean, what.decimals) if length in of_length else NOTHING for length in lengths]]
             for name, of_length in lines.items()]
    return f"{capitalised(what.heading)}, by epochs:\n\n{table_text(['setting', *map(value_text, lengths)], cells)}" if lines else ""


def _without_length(setting, settings):
    return name_of(setting, [axis for axis in axes_of(settings) if axis != length_column(setting)])
