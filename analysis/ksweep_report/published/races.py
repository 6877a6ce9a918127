"""Races beside their full grids: whether both find the same, and what each took."""

from dataclasses import dataclass

import numpy as np

from ..base.errors import ReportError
from ..base.wording import NOTHING, plural
from ..results.bounds import bounds_of
from ..results.finish import leads, order_of_finish
from ..results.metrics import metric_named
from ..results.reading import DONE
from ..results.statistics import t_interval
from .markdown import table_text
from .quantities import NOT_RUN
from .sections import Section, paragraph
from .settings import axes_of, name_of, settings_of, total_core_seconds

TEXT = """\
<a id="races"></a>

## Races against their full grids

**Question.** Does a [race](../docs/racing.md) find what its full grid finds, and for how much less?

Both are of one sweep file, the full grid with `--set grid.search=all`, and each was trained by itself. The answer of a full grid is the setting with
the best mean of the race's metric over all seeds, that of a race its leader.
"""


@dataclass(frozen=True)
class Contest:
    """A race and its full grid.  grid_of: number of a setting in the race -> its Setting in the grid; race_of: the same in the race."""
    about: object
    race: object
    grid: object
    metric: object
    race_of: dict
    grid_of: dict

    def values(self, setting):
        return setting.sweep.columns[self.metric.choosing][setting.done]

    def mean(self, setting):
        return t_interval(self.values(setting)).within(bounds_of(self.metric.choosing))

    @property
    def best(self):
        """The grid's answer, as the race numbers it; the first of equals."""
        return max(self.grid_of, key=lambda number: self.metric.sign * self.mean(self.grid_of[number]).mean)

    @property
    def leader(self):
        return self.race.race.leader

    @property
    def axes(self):
        return axes_of(list(self.grid_of.values()))

    def name(self, number):
        return name_of(self.grid_of[number], self.axes)

    def agreement(self):
        """Whether the race has found the grid's answer."""
        if self.leader == self.best:
            return "yes"
        left = self.race.race.left_after(self.best)
        return f"no: {self.name(self.best)} left after {plural(left, 'seed')}" if left else f"not told apart from {self.name(self.best)}"


def races_text(contents):
    """Sections; none if there are no races."""
    if not contents.races:
        return []
    contests = [(race, _contest(race, contents.sweeps)) for race in contents.races]
    head = ["race", "settings", "answer of the full grid", "answer of the race", "the same", "trainings: grid", "race", "core-hours: grid", "race",
            "share of core-hours"]
    return [TEXT, table_text(head, [_line(race, contest) for race, contest in contests]),
            *[_section(race, contest, contents) for race, contest in contests]]


def _contest(about, sweeps):
    """None without the results of both."""
    race, grid = sweeps.get(about.name), sweeps.get(about.grid)
    if race is None or grid is None:
        return None
    metric = metric_named(race.race.metric) if race.race else None
    if metric is None or not race.race.has_leader:
        raise ReportError(f"published/{about.name}.h5: is of no race that has a leader, though tables.toml names it as one. Take the results of the "
                          "sweep file without --set grid.search=all.")
    race_of = {race.race.setting_of(each.rows): each for each in settings_of(race, about.name)}
    of_keys = {each.keys: each for each in settings_of(grid, about.grid)}
    grid_of = {number: of_keys.get(each.keys) for number, each in race_of.items() if number >= 0}
    if not all(each and len(each.done) for each in grid_of.values()):
        raise ReportError(f"published/{about.grid}.h5: lacks settings of published/{about.name}.h5, whose full grid it is to be. Run the same sweep "
                          "file with --set grid.search=all, and take its results.")
    return Contest(about, race, grid, metric, race_of, grid_of)


def _line(about, contest):
    link = f"[{about.name}](#{about.name})"
    if contest is None:
        return [link, NOTHING, *[NOT_RUN] * 2, *[NOTHING] * 6]
    hours = [total_core_seconds(sweep) / 3600 for sweep in (contest.grid, contest.race)]
    trained = [f"{np.sum(sweep.status == DONE):,}" for sweep in (contest.grid, contest.race)]
    return [link, str(len(contest.grid_of)), contest.name(contest.best), contest.name(contest.leader), contest.agreement(), *trained,
            *[f"{each:.2g}" for each in hours], f"{100 * hours[1] / hours[0]:.0f} %"]


def _section(about, contest, contents):
    section = Section(about, contents.jobs, f"published/{about.name}.h5", contents.sweeps.get(about.name))
    full = Section(about, contents.jobs, f"published/{about.grid}.h5", contents.sweeps.get(about.grid))
    parts = [section.heading().replace("\n## ", "\n### "), section.question(), f"Race: {section.results_text()}", f"Full grid: {full.results_text()}"]
    if contest:
        parts += [_settings_text(contest), _same_numbers(contest)]
    return "\n".join(part for part in [*parts, paragraph("What it says", about.says)] if part)


def _settings_text(contest):
    metric, race = contest.metric, contest.race.race
    what = metric.chosen_on + (", %" if metric.in_percent else "")
    head = ["setting", f"full grid: {what}", "seeds", f"race: {what}", "seeds", "difference to the leader then" + ", points" * metric.in_percent,
            "bounds"]
    return table_text(head, [_setting_line(contest, number) for number in order_of_finish(race, contest.grid_of)])


def _setting_line(contest, number):
    metric, race = contest.metric, contest.race.race
    bound = race.last_difference(number)
    difference = ["leads", NOTHING] if leads(race, number) else [metric.change(bound.mean), metric.ends_of_change(bound) or NOTHING]
    cells = [text for each in (contest.grid_of[number], contest.race_of[number]) for text in _mean_cells(contest, each)]
    return [contest.name(number), *cells, *difference]


def _mean_cells(contest, setting):
    mean = contest.mean(setting)
    return [" ".join(filter(None, (contest.metric.text_of_choosing(mean.mean), contest.metric.ends(mean)))), setting.count_text]


def _same_numbers(contest):
    """Whether the trials that both trained came out alike, so that the race decides on the grid's results as it did on its own."""
    of_both = [dict(zip(sweep.columns["specification"], sweep.columns[contest.metric.choosing])) for sweep in (contest.race, contest.grid)]
    common = of_both[0].keys() & of_both[1].keys()
    same = sum(of_both[0][trial] == of_both[1][trial] for trial in common)
    count = f"All {len(common):,}" if same == len(common) else f"{same:,} of {len(common):,}"
    return f"{count} trials of the race have to the last bit the same {contest.metric.chosen_on} in the full grid.\n"
