"""Command line → files."""

import argparse
import sys
from pathlib import Path

from . import drawing, figures, tables
from .answer import find_answer
from .errors import ReportError
from .grid import Grid
from .page import write_page
from .reading import read_sweep


def main(arguments):
    """Returns the exit code: 0 written, 1 wrong usage or input."""
    try:
        options = _parse(arguments)
        path = write_report(options.sweep[0], Path(options.output))
    except ReportError as error:
        print(f"report: {error}", file=sys.stderr)
        return 1
    except OSError as error:
        print(f"report: {error.filename or options.output}: {error.strerror or error}: the report cannot be written. "
              "Give a folder that can be written to with --output DIR.", file=sys.stderr)
        return 1
    print(path)
    return 0


class _Parser(argparse.ArgumentParser):
    def error(self, message):
        raise ReportError(f"{message}. Usage: analysis/report SWEEP.h5 --output DIR")


def _parse(arguments):
    parser = _Parser(prog="report", description="Writes the comparison report of a sweep: DIR/report.html (one file that "
                     "needs no network), DIR/figures (PNG, SVG) and DIR/tables (CSV, LaTeX). Works on unfinished sweeps.")
    parser.add_argument("sweep", nargs="+", metavar="SWEEP.h5", help="the sweep.h5 of a sweep")
    parser.add_argument("--output", required=True, metavar="DIR", help="folder to write to; made if absent")
    options = parser.parse_args(arguments)
    if len(options.sweep) > 1:
        raise ReportError(f"{len(options.sweep)} sweep files given, but a report is of one. Join them first: "
                          "ksweep merge DIR… --output merged.h5")
    return options


def write_report(sweep_path, output):
    """Writes all files of the report; the page last.  Returns its path."""
    grid = Grid(read_sweep(sweep_path))
    answer = find_answer(grid)
    for folder in ("figures", "tables"):
        (output / folder).mkdir(parents=True, exist_ok=True)
    drawing.use_style()
    drawn = figures.draw_all(grid, answer, output / "figures")
    tables.write_all(grid, answer, output / "tables")
    write_page(output / "report.html", grid, answer, drawn)
    return output / "report.html"
