"""The report of one sweep: page, tables, figures, explorer."""

from pathlib import Path

from .base.choices import ALL_SEEDS
from .base.errors import ReportError
from .figures import catalogue
from .figures.drawing import FILE_FORMATS, FILES, Output
from .options import DEFAULT_FORMATS
from .pages import explorer, tables
from .pages.effects_table import effects_tables
from .pages.page import write_page
from .results.answer import find_answer
from .results.codes import codes_of
from .results.effects import find_effects
from .results.grid import Grid
from .results.reading import MISSING, read_sweep
from .results.references import read_references
from .results.statistics import check_interval

REFRESH_S = 15


def write_report_of(options, refresh=False):
    """As the command line asks.  refresh: the page of an unfinished sweep loads itself again.  Returns the page's path."""
    text = _references_text(options.references)
    return write_report(options.sweep[0], options.output, options.format, options.data_dir, text, options.explore, refresh, options.choose_by,
                        options.all_trials, options.metric)


def _references_text(path):
    if path is None:
        return None
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ReportError(f"{path}: cannot be read ({error}). Give the sweep file that names the references.") from error


def write_report(sweep_path, output, formats=tuple(DEFAULT_FORMATS.split(",")), data_dir=None, references=None, explore="",
                 refresh=False, choose_by=ALL_SEEDS, all_trials=False, metric=""):
    """Writes all files of the report; the page last.  Returns its path, or the folder without a page."""
    output = Path(output)
    output.mkdir(parents=True, exist_ok=True)
    grid = Grid(read_sweep(sweep_path, all_trials), choose_by, metric)
    _check_interval(grid)
    answer = find_answer(grid)
    published, unread = read_references(grid.sweep.attributes.get("sweep_text", "") if references is None else references)
    effects = find_effects(grid, answer)
    codes = codes_of(grid, catalogue.cells_with_codes(grid, answer), data_dir)
    _write_tables(grid, answer, output / "tables", formats)
    _write_figures(grid, answer, published, codes, effects, output / "figures", formats)
    if "html" not in formats:
        return output
    on_page = Output()
    on_page.use_style()
    drawn = catalogue.draw_all(on_page, grid, answer, published, codes, effects)
    explored = explorer.write_explorer(output / "explorer.html", grid, codes, explore, data_dir)
    unfinished = bool((grid.sweep.status == MISSING).any())
    write_page(output / "report.html", grid, answer, drawn,
               {"refresh": REFRESH_S if refresh and unfinished else None, "unread": unread, "why_no_codes": codes.why,
                "explored": explored, "effects": effects_tables(grid, effects), "has_tables": "csv" in formats, "formats": formats})
    return output / "report.html"


def _check_interval(grid):
    check_interval(max((grid.n_planned(cell, grid.reporting_seeds) for cell in grid.all_cells), default=0), grid.sweep.file_name)


def _write_tables(grid, answer, folder, formats):
    if {"csv", "latex"} & set(formats):
        folder.mkdir(parents=True, exist_ok=True)
    if "csv" in formats:
        tables.write_csv(grid, answer, folder)
    if "latex" in formats:
        tables.write_latex(grid, answer, folder)


def _write_figures(grid, answer, published, codes, effects, folder, formats):
    formats = tuple(each for each in FILE_FORMATS if each in formats)
    if formats:
        folder.mkdir(parents=True, exist_ok=True)
        out = Output(FILES, folder, formats)
        out.use_style()
        catalogue.draw_all(out, grid, answer, published, codes, effects)
