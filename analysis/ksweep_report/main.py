"""Command line → files."""

import importlib.util
import sys

from .base.errors import ReportError
from .options import options_from

PACKAGES = {"h5py": "python3-h5py", "numpy": "python3-numpy", "matplotlib": "python3-matplotlib",
            "scipy": "python3-scipy", "jinja2": "python3-jinja2"}
UNFIT = 3  # as the exit code of `ksweep run`


def main(arguments):
    """Returns the exit code: 0 written, 1 wrong usage or input, 3 packages are missing."""
    options = None
    for stream in sys.stdout, sys.stderr:   # paths are printed with the very bytes that they have
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="surrogateescape")
    try:
        options = options_from(arguments)
        return _tell_missing_packages() or _write(options)
    except ReportError as error:
        print(f"report: {error}", file=sys.stderr)
    except OSError as error:
        where = error.filename or (options.output if options else "the output")
        print(f"report: {where}: {error.strerror or error}: the report cannot be written. "
              "Give a folder that can be written to with --output DIR.", file=sys.stderr)
    return 1


def _write(options):
    from . import comparing, reports, watching  # here, for they import the packages
    from .results.statistics import use_interval
    use_interval(options.interval)
    write = comparing.write_comparison if len(options.sweep) > 1 else reports.write_report_of
    if options.watch is not None:
        return watching.watch(options, write)
    print(write(options))
    return 0


def _tell_missing_packages():
    """Returns the exit code; 0 if all are there."""
    missing = [module for module in PACKAGES if importlib.util.find_spec(module) is None]
    if not missing:
        return 0
    packages = " ".join(PACKAGES[module] for module in missing)
    print(f"report: {sys.executable} lacks {', '.join(missing)}, which the report is made with. "
          f"Run: apt-get install {packages}   (or name a Python that has them: KSWEEP_PYTHON=/path/to/python3 ksweep report …)", file=sys.stderr)
    return UNFIT
