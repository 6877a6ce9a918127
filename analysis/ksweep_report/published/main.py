"""Command line → file."""

import argparse
import sys
from pathlib import Path

from ..base.errors import ReportError
from .readme import page_text
from .take import take

JOBS = Path(__file__).parents[3] / "jobs"


def main(arguments):
    """Returns the exit code: 0 written, 1 wrong usage or input."""
    try:
        options = _parse(arguments)
        for results in options.take:
            print(take(results, options.jobs / "published"))
        output = options.output or options.jobs / "README.md"
        output.write_text(page_text(options.jobs), encoding="utf-8")
    except ReportError as error:
        print(f"published: {error}", file=sys.stderr)
        return 1
    except OSError as error:
        print(f"published: {error.filename}: {error.strerror or error}: the tables cannot be written. "
              "Give the folder of the sweep files with --jobs DIR, a file that can be written with --output FILE.",
              file=sys.stderr)
        return 1
    print(output)
    return 0


class _Parser(argparse.ArgumentParser):
    def error(self, message):
        raise ReportError(f"{message}. Usage: analysis/published [--take RESULTS…] [--jobs DIR] [--output FILE]")


def _parse(arguments):
    parser = _Parser(prog="published", description="Writes DIR/README.md: the tables that DIR/published/tables.toml asks for, "
                     "out of DIR/published/NAME.h5 (the sweep.h5 of DIR/NAME.cfg). What has no results yet is printed as not run.")
    parser.add_argument("--jobs", type=Path, default=JOBS, metavar="DIR", help="folder of the sweep files; default: jobs/")
    parser.add_argument("--output", type=Path, metavar="FILE", help="file to write; default: DIR/README.md")
    parser.add_argument("--take", nargs="+", default=[], metavar="RESULTS",
                        help="folders of results whose sweep.h5 are first copied to DIR/published/, without paths and host names")
    return parser.parse_args(arguments)
