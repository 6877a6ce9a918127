"""What numbers depend on and the command line lets a user choose.  Imports no package, as options."""

INTERVALS = {"t": "95 % t interval", "bca": "BCa bootstrap interval (nominally 95 %)"}
LEAST_FOR_INTERVAL, LEAST_FOR_BCA = 3, 6   # values
ALL_SEEDS, OTHER_SEEDS = "all-seeds", "other-seeds"
