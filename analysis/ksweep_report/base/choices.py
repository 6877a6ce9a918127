"""What numbers depend on and the command line lets a user choose.  Imports no package, as options."""

INTERVALS = {"t": "95 % t interval", "bca": "BCa bootstrap interval (nominally 95 %)"}
LEAST_FOR_INTERVAL, LEAST_FOR_BCA = 3, 6   # values
ALL_SEEDS, OTHER_SEEDS = "all-seeds", "other-seeds"
COLUMN_WIDTH, PAGE_WIDTH = 3.25, 6.75   # inches: one of two columns of a paper, both
TABLE_COLUMNS = ("n", "validation", "test", "interval", "error", "l0", "difference", "difference_interval", "verdict", "p")   # of summary.tex
