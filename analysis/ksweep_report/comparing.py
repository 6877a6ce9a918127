"""The report on several sweeps: what the first and each other one differ in, and what that does to the metric."""

import sys

from .figures.differences import draw_differences
from .figures.drawing import FILE_FORMATS, FILES, Output
from .pages import tables
from .pages.comparison import comparison_tex, csv_rows, warnings_of, write_comparison_page
from .results.pairing import compare
from .results.reading import MISSING, read_sweep
from .results.status_files import is_running
from .results.statistics import check_interval


def write_comparison(options, refresh=None):
    """Returns the page's path, or the folder without a page."""
    output = options.output
    output.mkdir(parents=True, exist_ok=True)
    found = compare([read_sweep(path, options.all_trials) for path in options.sweep], options.metric)
    for warning in warnings_of(found):
        print(f"report: warning: {warning}", file=sys.stderr)
    unfinished = any((sweep.status == MISSING).any() for sweep in found.sweeps)
    if not unfinished:
        check_interval(found.most_pairs, ", ".join(found.names))
    if "csv" in options.format:
        (output / "tables").mkdir(exist_ok=True)
        tables.write_rows(output / "tables" / "comparison.csv", csv_rows(found))
    if "latex" in options.format:
        (output / "tables").mkdir(exist_ok=True)
        (output / "tables" / "comparison.tex").write_text(comparison_tex(found), encoding="utf-8")
    formats = tuple(each for each in FILE_FORMATS if each in options.format)
    if formats:
        (output / "figures").mkdir(exist_ok=True)
        draw_differences(Output(FILES, output / "figures", formats), found)
    if "html" not in options.format:
        return output
    write_comparison_page(output / "report.html", found, draw_differences(Output(), found),
                          refresh if unfinished or is_running(options.sweep) else None)
    return output / "report.html"
