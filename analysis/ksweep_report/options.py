"""The options of the command line.  Imports no package, so that help and mistakes are told at once, and where packages are missing."""

import argparse
from pathlib import Path

from .base.choices import ALL_SEEDS, COLUMN_WIDTH, INTERVALS, LEAST_FOR_BCA, OTHER_SEEDS, PAGE_WIDTH, TABLE_COLUMNS
from .base.errors import ReportError
from .results.metrics import NAMES

FORMATS = ("html", "csv", "latex", "png", "svg", "pdf")
DEFAULT_FORMATS = "html,csv,latex,png,svg"
SWEEP_NAME, REPORT_NAME = "sweep.h5", "report"
USAGE = "ksweep report DIR|FILE... [options]"
PURPOSE = """Writes the report of a sweep, finished or not: report.html (one file that needs no
network), tables (CSV, LaTeX), a methods paragraph and figures (PNG, SVG, PDF at the column
width of a paper). DIR is the output folder of `ksweep run`; the report goes into DIR/report. A
FILE is a sweep.h5 wherever it is, and needs --output. Of several sweeps it writes
what they differ in, paired by setting and seed; the first is what the others are
compared with.

It runs in /usr/bin/python3, else in the first python3 in PATH, or in the one that the
variable KSWEEP_PYTHON names, with h5py, NumPy, SciPy, Matplotlib and Jinja2."""
ENDING = """Examples:
  ksweep report results/mnist-k
  ksweep report results/mnist-k --watch
  ksweep report results/one results/two --output compared

Exit codes: 0 written, and the last line is the path of the page; 1 wrong usage or
input; 3 Python or one of its packages is missing."""


def options_from(arguments):
    """Of the sweeps, the files; of the report, the folder.  Raises ReportError; ends the program after --help."""
    options = _parser().parse_args(arguments)
    if len(options.sweep) == 1 and options.output is None and options.sweep[0].is_dir():
        options.output = options.sweep[0] / REPORT_NAME
    options.sweep = [path / SWEEP_NAME if path.is_dir() or not (path.suffix or path.exists()) else path for path in options.sweep]
    _check(options)
    return options


def _check(options):
    if options.output is None:
        what = f"{options.sweep[0]} is no folder" if len(options.sweep) == 1 else "several sweeps are compared"
        raise ReportError(f"--output DIR is missing: {what}, so where the report belongs is unclear. Usage: {USAGE}")
    absent = [path for path in options.sweep if options.watch and not path.parent.is_dir()]
    if absent:
        raise ReportError(f"{absent[0]}: there is no folder {absent[0].parent}, so that --watch would wait for nothing. Start `ksweep run` with "
                          f"--output {absent[0].parent} first, which makes it, or mend the path.")
    twice = [path for i, path in enumerate(options.sweep) if path in options.sweep[:i]]
    if twice:
        raise ReportError(f"{twice[0]}: is given twice. Give each sweep once; of several, the first is what the others are compared with.")
    if len(options.sweep) > 1 and options.choose_by != ALL_SEEDS:
        raise ReportError(f"--choose-by {options.choose_by} concerns the report of one sweep: in a comparison of several nothing is chosen. "
                          "Leave it out.")
    if len(options.sweep) > 1 and options.names:
        raise ReportError("--names concerns the report of one sweep: a comparison names keys as the sweep files do. Leave it out.")


class _Parser(argparse.ArgumentParser):
    def error(self, message):
        raise ReportError(f"{message}. Usage: {USAGE}")


class _Page(argparse.RawDescriptionHelpFormatter):
    """A help page like those of the other commands."""

    def __init__(self, prog):
        super().__init__(prog, width=84, max_help_position=26)

    def add_usage(self, usage, actions, groups, prefix=None):
        super().add_usage(usage, actions, groups, "Usage: ")

    def start_section(self, heading):
        super().start_section(heading.capitalize())


def _parser():
    parser = _Parser(usage=USAGE, description=PURPOSE, epilog=ENDING, formatter_class=_Page)
    parser.add_argument("sweep", nargs="+", type=Path, metavar="DIR|FILE", help=argparse.SUPPRESS)
    parser.add_argument("--output", "-o", type=Path, metavar="DIR", help="folder to write to; made if absent (DIR/report of the one DIR given)")
    parser.add_argument("--format", type=_formats, default=_formats(DEFAULT_FORMATS), metavar="LIST",
                        help=f"what to write, of {','.join(FORMATS)}; default: {DEFAULT_FORMATS}")
    parser.add_argument("--watch", nargs="?", type=_seconds, const=10.0, metavar="SECONDS",
                        help="write again whenever the sweep has changed, looking every 10 (or so many) seconds, until it is complete")
    parser.add_argument("--interval", choices=sorted(INTERVALS), default="t",
                        help="of means over seeds: Student's t (default) or the BCa bootstrap, which is refused below "
                             f"{LEAST_FOR_BCA} seeds and covers less than it says with few more (docs/report.md)")
    parser.add_argument("--choose-by", choices=(ALL_SEEDS, OTHER_SEEDS), default=ALL_SEEDS,
                        help="what the best setting is chosen by: the validation part of all seeds (default), or of other seeds than are "
                             "reported: of the sweep's seeds in ascending order the 1st, 3rd, 5th … choose, and all numbers are of the 2nd, 4th …")
    parser.add_argument("--metric", choices=NAMES, default="", metavar="NAME",
                        help=f"what settings are chosen and judged by, of {', '.join(NAMES)}; default: report.metric of the sweep file, else "
                             "accuracy or, without labels, fvu, the fraction of variance unexplained")
    parser.add_argument("--names", default="", metavar="NAMES",
                        help="what keys are called, as in \"hidden: latents; alpha: λ\"; default: report.names of the sweep file")
    parser.add_argument("--columns", type=_columns, default=(), metavar="LIST",
                        help=f"of tables/summary.tex, of {','.join(TABLE_COLUMNS)}; default: the most telling ones that fit a column of "
                             f"{COLUMN_WIDTH} in")
    parser.add_argument("--two-columns", action="store_true",
                        help=f"figures also {PAGE_WIDTH} in wide, as NAME_wide, for both columns of a paper; otherwise {COLUMN_WIDTH} in")
    parser.add_argument("--all-trials", action="store_true",
                        help="with trials that the grid which was run last does not ask for; every key in which trials differ is then an axis")
    parser.add_argument("--data-dir", type=Path, metavar="DIR",
                        help="folder with mnist/, fashion/ …, for pictures that need samples; default: KSWEEP_DATA, ~/.cache/ksweep")
    parser.add_argument("--references", type=Path, metavar="FILE",
                        help="sweep file whose `# reference:` comments to draw; default: those of the sweep itself")
    parser.add_argument("--explore", metavar="TRIAL", default="",
                        help="trial of the feature explorer (its id); default: the best one whose weights were saved")
    return parser


def _formats(text):
    names = [name.strip() for name in text.split(",") if name.strip()]
    unknown = [name for name in names if name not in FORMATS]
    if unknown or not names:
        raise argparse.ArgumentTypeError(f"{text!r} is none of {', '.join(FORMATS)}")
    return tuple(names)


def _columns(text):
    names = tuple(name.strip() for name in text.split(",") if name.strip())
    unknown = [name for name in names if name not in TABLE_COLUMNS]
    if unknown or not names:
        raise argparse.ArgumentTypeError(f"{', '.join(unknown) or repr(text)} is none of {', '.join(TABLE_COLUMNS)}")
    return names


def _seconds(text):
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0.05 <= value <= 86400:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of seconds from 0.05 to 86400")
    return value
