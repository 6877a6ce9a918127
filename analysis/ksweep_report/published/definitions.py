"""tables.toml → Table.  The file's head explains its keys."""

import tomllib
from dataclasses import dataclass, field, fields

from ..base.errors import ReportError
from ..base.wording import number
from .quantities import QUANTITIES

CHOICES = ("validation_accuracy", "validation_mse")
GOAL_SIGNS = {"least": "≥", "most": "≤", "below": "<", "above": ">"}


@dataclass(frozen=True)
class Goal:
    """In the unit that the column is printed in."""
    least: float = None
    most: float = None
    below: float = None
    above: float = None

    def text(self, decimals):
        if self.least is not None and self.most is not None:
            return f"{number(self.least, decimals)}–{number(self.most, decimals)}"
        name = next(name for name in GOAL_SIGNS if getattr(self, name) is not None)
        return f"{GOAL_SIGNS[name]} {number(getattr(self, name), decimals)}"

    def side(self, value):
        """0 where the value is what the goal asks for; 1 where it is too high, -1 where it is too low."""
        if self.least is not None and value < self.least or self.above is not None and value <= self.above:
            return -1
        return int(self.most is not None and value > self.most or self.below is not None and value >= self.below)

    def gap(self, value):
        """How far above, or if negative below, what the goal asks for."""
        ends = {-1: (self.least, self.above), 1: (self.most, self.below)}.get(self.side(value), (value,))
        return value - next(end for end in ends if end is not None)


@dataclass(frozen=True)
class Published:
    """value: as printed there.  source: a key of [sources].  samples: of its test set, where that is another than that of the results."""
    value: str
    source: str
    about: bool = False
    says: str = ""
    samples: int = None


@dataclass(frozen=True)
class Column:
    quantity: str
    heading: str = ""
    where: dict = field(default_factory=dict)
    epoch: int = None
    sd: bool = False

    @property
    def title(self):
        return self.heading or QUANTITIES[self.quantity].heading


@dataclass(frozen=True)
class Row:
    label: str
    where: dict = field(default_factory=dict)
    published: tuple = ()
    goal: Goal = None
    reason: str = ""


@dataclass(frozen=True)
class ByEpoch:
    quantity: str
    epochs: tuple = ()
    published: tuple = ()
    steps: int = 0


@dataclass(frozen=True)
class Table:
    name: str
    column: tuple
    row: tuple = ()
    row_keys: tuple = ()
    where: dict = field(default_factory=dict)
    choose: str = CHOICES[0]
    title: str = ""
    question: str = ""
    published: str = ""
    here: str = ""
    says: str = ""
    note: str = ""
    test_samples: int = None
    goal: Goal = None
    by_epoch: tuple = ()
    per_class: dict = None
    paired: dict = None
    over_all: dict = None


@dataclass(frozen=True)
class Search:
    """A sweep over recipes, in which the validation part chooses.  table, rows: what the recipe is for, by label."""
    name: str
    table: str
    rows: tuple
    says: str = ""
    title: str = ""
    question: str = ""


@dataclass(frozen=True)
class Race:
    """A race beside its full grid.  name: of the race's results and of the sweep file of both; grid: of the full grid's results."""
    name: str
    grid: str
    says: str = ""
    title: str = ""
    question: str = ""


def read_tables(path):
    """(tables, searches, races, {source: its words}).  Raises ReportError if the file is not what its head says."""
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
        sources = content.get("sources", {})
        tables = [_table(each, sources) for each in content["table"]]
        races = [_made(Race, each, each.get("name", "a race without name")) for each in content.get("race", ())]
        return tables, [_search(each, tables) for each in content.get("search", ())], races, sources
    except OSError as error:
        raise ReportError(f"{path}: {error.strerror}: it says which tables there are. Give the folder of the sweep files "
                          "with --jobs DIR.") from error
    except (tomllib.TOMLDecodeError, KeyError, TypeError, ValueError) as error:
        raise ReportError(f"{path}: {error}. Mend the line; the head of the file explains its keys.") from error


def _table(content, sources):
    name = content.get("name", "a table without name")
    parts = {"column": tuple(_made(Column, each, name) for each in content.get("column", ())),
             "row": tuple(_row(each, name, sources) for each in content.get("row", ())),
             "by_epoch": tuple(_made(ByEpoch, each, name) for each in content.get("by_epoch", ())),
             "goal": _goal(content.get("goal"), name)}
    table = _made(Table, content | parts, name)
    quantities = [each.quantity for each in table.column + table.by_epoch]
    unknown = [quantity for quantity in quantities if quantity not in QUANTITIES]
    if unknown or not table.column:
        raise ValueError(f"{name}: unknown quantity {unknown[0]}" if unknown else f"{name}: has no column")
    if table.choose not in CHOICES:
        raise ValueError(f"{name}: choose = {table.choose} is none of {', '.join(CHOICES)}")
    absent = [title for title in (table.paired or {}).get("goals", ()) if title not in [each.title for each in table.column]]
    if absent:
        raise ValueError(f"{name}: paired goal {absent[0]!r} is the heading of no column")
    return table


def _search(content, tables):
    search = _made(Search, content, content.get("name", "a search without name"))
    labels = {row.label for table in tables if table.name == search.table for row in table.row}
    absent = [label for label in search.rows if label not in labels]
    if absent or not search.rows:
        raise ValueError(f"{search.name}: table {search.table} has no row {absent[0]!r}" if absent else f"{search.name}: is for no row")
    return search


def _row(content, name, sources):
    published = tuple(_made(Published, each, name) for each in content.get("published", ()))
    unknown = [each.source for each in published if each.source not in sources]
    if unknown:
        raise ValueError(f"{name}: source = {unknown[0]} is none of {', '.join(sources)}, which [sources] explains")
    return _made(Row, content | {"goal": _goal(content.get("goal"), name), "published": published}, name)


def _goal(content, name):
    return _made(Goal, content, name) if content else None


def _made(kind, content, name):
    unknown = content.keys() - {each.name for each in fields(kind)}
    if unknown:
        raise ValueError(f"{name}: unknown key {sorted(unknown)[0]}")
    return kind(**content)
