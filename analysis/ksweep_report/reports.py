"""The report of one sweep: page, tables, figures, explorer."""

from pathlib import Path

from .base.choices import ALL_SEEDS, COLUMN_WIDTH, PAGE_WIDTH
from .base.errors import ReportError
from .figures import catalogue
from .figures.drawing import FILE_FORMATS, FILES, Output
from .options import DEFAULT_FORMATS
from .pages import explorer, tables
from .pages.effects_table import effects_tables
from .pages.effects_tex import write_effects_tex
from .pages.methods import write_methods
from .pages.page import write_page
from .pages.summary_tex import write_latex
from .results.answer import find_answer
from .results.codes import codes_of
from .results.effects import find_effects
from .results.grid import Grid
from .results.reading import MISSING, read_sweep
from .results.references import read_references
from .results.status_files import is_running
from .results.statistics import check_interval


def write_report_of(options, refresh=None):
    """As the command line asks.  refresh: seconds after which the page of an unfinished sweep loads itself again.  Returns the page's path."""
    text = _references_text(options.references)
    return write_report(options.sweep[0], options.output, options.format, options.data_dir, text, options.explore, refresh, options.choose_by,
                        options.all_trials, options.metric, options.names, options.columns, options.two_columns)


def _references_text(path):
    if path is None:
        return None
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ReportError(f"{path}: cannot be read ({error}). Give the sweep file that names the references.") from error


def write_report(sweep_path, output, formats=tuple(DEFAULT_FORMATS.split(",")), data_dir=None, references=None, explore="",
                 refresh=None, choose_by=ALL_SEEDS, all_trials=False, metric="", names="", columns=(), two_columns=False):
    """Writes all files of the report; the page last.  Returns its path, or the folder without a page."""
    output = Path(output)
    output.mkdir(parents=True, exist_ok=True)
    grid = Grid(read_sweep(sweep_path, all_trials), choose_by, metric, names)
    _check_interval(grid)
    answer = find_answer(grid)
    published, unread = read_references(grid.sweep.attributes.get("sweep_text", "") if references is None else references)
    effects = find_effects(grid, answer)
    codes = codes_of(grid, catalogue.cells_with_codes(grid, answer), data_dir)
    _write_tables(grid, answer, effects, output / "tables", formats, columns)
    _write_figures(grid, answer, published, codes, effects, output / "figures", formats, two_columns)
    if "html" not in formats:
        return output
    on_page = Output()
    on_page.use_style()
    drawn = catalogue.draw_all(on_page, grid, answer, published, codes, effects)
    explored = explorer.write_explorer(output / "explorer.html", grid, codes, explore, data_dir)
    unfinished = bool((grid.sweep.status == MISSING).any()) or is_running([Path(sweep_path)])
    write_page(output / "report.html", grid, answer, drawn,
               {"refresh": refresh if unfinished else None, "unread": unread, "why_no_codes": codes.why,
                "explored": explored, "effects": effects_tables(grid, effects), "has_tables": "csv" in formats, "formats": formats})
    return output / "report.html"


def _check_interval(grid):
    check_interval(max((grid.n_planned(cell, grid.reporting_seeds) for cell in grid.all_cells), default=0), grid.sweep.file_name)


def _write_tables(grid, answer, effects, folder, formats, columns):
    if {"csv", "latex"} & set(formats):
        folder.mkdir(parents=True, exist_ok=True)
    if "csv" in formats:
        tables.write_csv(grid, answer, effects, folder)
    if "latex" in formats:
        write_latex(grid, answer, folder, columns)
        write_effects_tex(grid, effects, folder)
        write_methods(grid, answer, folder)


def _write_figures(grid, answer, published, codes, effects, folder, formats, two_columns):
    formats = tuple(each for each in FILE_FORMATS if each in formats)
    if formats:
        folder.mkdir(parents=True, exist_ok=True)
        for width in (COLUMN_WIDTH, *([PAGE_WIDTH] if two_columns else [])):
            out = Output(FILES, folder, formats, width)
            out.use_style()
            catalogue.draw_all(out, grid, answer, published, codes, effects)
