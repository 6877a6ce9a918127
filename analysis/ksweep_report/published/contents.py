"""The folder of the sweep files → tables, searches and their results."""

from dataclasses import dataclass
from pathlib import Path

from ..results.reading import read_sweep
from .definitions import Column, Table, read_tables
from .over_all import best_rows
from .rows import measured_rows
from .settings import settings_of

SEARCH = "search"   # folder of the searches in that of the sweep files
UNNAMED = (Column("test_error"), Column("test_mse"), Column("test_fraction_of_variance_explained"), Column("l0_encoding"))


@dataclass(frozen=True)
class Contents:
    """sweeps, settings: of each table's name.  rows: of each table's name, measured.  searched: sweeps of each search's name."""
    jobs: Path
    tables: list
    searches: list
    races: list
    sources: dict
    sweeps: dict
    settings: dict
    rows: dict
    searched: dict

    def searches_for(self, table, label):
        """Those for a recipe of this row that were run."""
        return [each for each in self.searches if each.table == table.name and label in each.rows and each.name in self.searched]


def read_contents(jobs):
    """jobs: the folder of the sweep files, with published/tables.toml, published/*.h5 and search/*.h5."""
    tables, searches, races, sources = read_tables(jobs / "published" / "tables.toml")
    sweeps = _sweeps_of(jobs / "published")
    settings = {name: settings_of(sweep, name) for name, sweep in sweeps.items()}
    named = {each.name for each in tables} | {name for race in races for name in (race.name, race.grid)}
    tables = tables + [Table(name, UNNAMED) for name in sweeps if name not in named]
    rows = {table.name: _rows(table, settings) for table in tables}
    return Contents(jobs, tables, searches, races, sources, sweeps, settings, rows, _sweeps_of(jobs / SEARCH))


def _sweeps_of(folder):
    return {path.stem: read_sweep(path) for path in sorted(folder.glob("*.h5"))}


def _rows(table, settings):
    if table.over_all:
        return best_rows(table, [each for name in sorted(settings) for each in settings[name]])
    return measured_rows(table, settings.get(table.name, []))
