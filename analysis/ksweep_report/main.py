"""Command line → files."""

import argparse
import sys
from pathlib import Path

from . import comparing, reports, watching
from .errors import ReportError
from .grid import ALL_SEEDS, OTHER_SEEDS
from .reports import DEFAULT_FORMATS, FORMATS
from .statistics import INTERVALS, LEAST_FOR_BCA, use_interval


def main(arguments):
    """Returns the exit code: 0 written, 1 wrong usage or input."""
    options = None
    for stream in sys.stdout, sys.stderr:   # paths are printed with the very bytes that they have
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="surrogateescape")
    try:
        options = _parse(arguments)
        use_interval(options.interval)
        write = comparing.write_comparison if len(options.sweep) > 1 else reports.write_report_of
        if options.watch is not None:
            return watching.watch(options, write)
        print(write(options))
        return 0
    except ReportError as error:
        print(f"report: {error}", file=sys.stderr)
    except OSError as error:
        where = error.filename or (options.output if options else "the output")
        print(f"report: {where}: {error.strerror or error}: the report cannot be written. "
              "Give a folder that can be written to with --output DIR.", file=sys.stderr)
    return 1


class _Parser(argparse.ArgumentParser):
    def error(self, message):
        raise ReportError(f"{message}. Usage: analysis/report SWEEP.h5… --output DIR")


def _parse(arguments):
    parser = _Parser(prog="report", formatter_class=argparse.RawDescriptionHelpFormatter, description=(
        "Writes the comparison report of a sweep: DIR/report.html (one file that needs no network), DIR/tables (CSV, LaTeX) and\n"
        "DIR/figures (PNG, SVG, PDF at the column width of a paper). Works on unfinished sweeps. Of several sweeps it writes what\n"
        "they differ in, paired by setting and seed; the first is what the others are compared with."))
    parser.add_argument("sweep", nargs="+", type=Path, metavar="SWEEP.h5", help="the sweep.h5 of a sweep")
    parser.add_argument("--output", required=True, type=Path, metavar="DIR", help="folder to write to; made if absent")
    parser.add_argument("--format", type=_formats, default=_formats(DEFAULT_FORMATS), metavar="LIST",
                        help=f"what to write, of {','.join(FORMATS)}; default: {DEFAULT_FORMATS}")
    parser.add_argument("--watch", nargs="?", type=_seconds, const=10.0, metavar="SECONDS",
                        help="write again whenever the sweep has changed, looking every 10 (or so many) seconds, until it is complete")
    parser.add_argument("--interval", choices=sorted(INTERVALS), default="t",
                        help="of means over seeds: Student's t (default) or the BCa bootstrap, which is refused below "
                             f"{LEAST_FOR_BCA} seeds and covers less than it says with few more (docs/report.md)")
    parser.add_argument("--choose-by", choices=(ALL_SEEDS, OTHER_SEEDS), default=ALL_SEEDS,
                        help="what the best setting is chosen by: the validation accuracy of all seeds (default), or of other seeds than are reported: of "
                             "the sweep's seeds in ascending order the 1st, 3rd, 5th … choose, and all numbers are of the 2nd, 4th …")
    parser.add_argument("--all-trials", action="store_true",
                        help="with trials that the grid which was run last does not ask for; every key in which trials differ is then an axis")
    parser.add_argument("--data-dir", type=Path, metavar="DIR",
                        help="folder with mnist/, fashion/ …, for pictures that need samples; default: KSWEEP_DATA, ~/.cache/ksweep")
    parser.add_argument("--references", type=Path, metavar="FILE",
                        help="sweep file whose `# reference:` comments to draw; default: those of the sweep itself")
    parser.add_argument("--explore", metavar="TRIAL", default="",
                        help="trial of the feature explorer (its id); default: the best one whose weights were saved")
    options = parser.parse_args(arguments)
    twice = [path for i, path in enumerate(options.sweep) if path in options.sweep[:i]]
    if twice:
        raise ReportError(f"{twice[0]}: is given twice. Give each sweep once; of several, the first is what the others are compared with.")
    if len(options.sweep) > 1 and options.choose_by != ALL_SEEDS:
        raise ReportError(f"--choose-by {options.choose_by} concerns the report of one sweep: in a comparison of several nothing is chosen. Leave it out.")
    return options


def _formats(text):
    names = [name.strip() for name in text.split(",") if name.strip()]
    unknown = [name for name in names if name not in FORMATS]
    if unknown or not names:
        raise argparse.ArgumentTypeError(f"{text!r} is none of {', '.join(FORMATS)}")
    return tuple(names)


def _seconds(text):
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0.05 <= value <= 86400:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of seconds from 0.05 to 86400")
    return value
