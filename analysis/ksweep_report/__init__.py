"""The comparison report of a sweep: which k, and how sure are we?

main       command line, as options reads it → reports (one sweep), comparing (several), watching (again and again)
pages      numbers and pictures → text: HTML, CSV, LaTeX
figures    numbers → pictures
results    files → numbers
base       what knows no sweep
published  the tables of jobs/README.md, published beside measured
templates  markup, style and scripts of the pages

Imports point downwards in this list, and published takes nothing of pages and figures; a test reads them all.  A folder's __init__.py
says what its modules do.

In templates/: core.js is what all scripts share, hover.js the pointer over figures, charts.js and explore.js the charts with choices
and brush, table.js the table of trials, sorting.js other tables, trial.js the page of a trial.
"""

from .base import no_locks, one_thread  # noqa: F401  before any module that imports h5py or NumPy
