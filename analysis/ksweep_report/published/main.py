"""Command line → files."""

import argparse
import sys
from pathlib import Path

from ..base.errors import ReportError
from .contents import SEARCH, read_contents
from .readme import page_text
from .searches import searches_text
from .take import take

JOBS = Path(__file__).parents[3] / "jobs"


def main(arguments):
    """Returns the exit code: 0 written, 1 wrong usage or input."""
    try:
        options = _parse(arguments)
        for results in options.take:
            print(take(results, options.jobs))
        written = _write_pages(read_contents(options.jobs), options.output or options.jobs)
    except ReportError as error:
        print(f"published: {error}", file=sys.stderr)
        return 1
    except OSError as error:
        print(f"published: {error.filename}: {error.strerror or error}: the tables cannot be written. "
              "Give the folder of the sweep files with --jobs DIR, one that can be written to with --output DIR.",
              file=sys.stderr)
        return 1
    print(*written, sep="\n")
    return 0


def _write_pages(contents, folder):
    """Returns the files."""
    pages = {folder / "README.md": page_text(contents)}
    if contents.searches:
        pages[folder / SEARCH / "README.md"] = searches_text(contents)
    for path, text in pages.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return pages


class _Parser(argparse.ArgumentParser):
    def error(self, message):
        raise ReportError(f"{message}. Usage: analysis/published [--take RESULTS…] [--jobs DIR] [--output DIR]")


def _parse(arguments):
    parser = _Parser(prog="published", description="Writes DIR/README.md and DIR/search/README.md: the tables that DIR/published/tables.toml asks "
                     "for, out of DIR/published/NAME.h5 (the sweep.h5 of DIR/NAME.cfg) and DIR/search/NAME.h5 (of DIR/search/NAME.cfg). "
                     "What has no results yet is printed as not run.")
    parser.add_argument("--jobs", type=Path, default=JOBS, metavar="DIR", help="folder of the sweep files; default: jobs/")
    parser.add_argument("--output", type=Path, metavar="DIR", help="folder to write the pages to; default: that of the sweep files")
    parser.add_argument("--take", nargs="+", default=[], metavar="RESULTS",
                        help="folders of results whose sweep.h5 are first copied, without paths and host names: to DIR/search/ if the "
                             "sweep file of their name is there, else to DIR/published/")
    return parser.parse_args(arguments)
