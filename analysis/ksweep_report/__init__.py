"""The comparison report of a sweep: which k, and how sure are we?

main      command line, as options reads it → reports (one sweep), comparing (several), watching (again and again)
columns   names of a sweep's columns, and core-seconds
reading, trial_files   sweep.h5 → Sweep; trials/*.h5 beside it → filters, weights
grid, panels   Sweep → cells: the trials that differ in nothing but the seed; cells → lines over x
statistics, bounds, answer   numbers over seeds; where quantities end; the choice and its comparisons
headline, reach, test_set   these in words, and what their intervals do not cover; what the size of the test set leaves open
coverage  measures by simulation what share of intervals covers
references   published figures that a sweep file names
figures   which figures there are; drawing, axes: how they look and where they go
lines, curves, heatmaps, cost, units, pictures, differences   one sort of figure each
network, samples, codes   saved weights, test samples, and the codes that the first make of the second
page, settings_table, trial_data, commands   everything → report.html; templates/: its markup, style and script
comparison   several sweeps in words → report.html, tables
explorer  one trial's weights → explorer.html
pairing   several sweeps → pairs by setting and seed
tables    CSV and LaTeX
one_thread   linear algebra uses one thread
published   folder: the tables of jobs/README.md, published beside measured

In templates/: core.js is what all scripts share, hover.js the pointer over figures, charts.js and explore.js the charts with choices
and brush, table.js the table of trials, sorting.js other tables, trial.js the page of a trial.
"""

from . import one_thread  # noqa: F401  before any module that imports NumPy
