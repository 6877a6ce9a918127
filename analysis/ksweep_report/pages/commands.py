"""The command that trains one setting, or one trial, again."""

import re
import shlex

from ..base.quoting import quoted
from ..base.wording import value_text
from ..results.columns import column_of
from ..results.grid import concerns

SWEEP_FILE = "SWEEP.cfg"
# $'caf\xe9': a word of bytes that are no text, which the program writes so and shlex does not know.
FOREIGN = re.compile(r"\$'(?:[^'\\]|\\.)*'")
WORD = re.compile(rf"""(?<!\S){FOREIGN.pattern}(?!\S)|(?:'[^']*'|"(?:[^"\\]|\\.)*"|\\.|[^\s'"\\]|['"\\])+""", re.DOTALL)


class Commands:
    """`ksweep run jobs/a.cfg --set model.k=25 --set train.seed=0,1`: the sweep file with every axis at one value."""

    def __init__(self, grid):
        self.grid = grid
        attributes = grid.sweep.attributes
        self.keys = [key.strip() for key in re.split(r"[,\s]+", str(attributes.get("axes", ""))) if key.strip()]
        self.file = sweep_file(str(attributes.get("command", "")))
        self.rest = [entry for entry in _overrides(attributes) if entry.split("=")[0].strip() not in self.keys]
        text = str(attributes.get("sweep_text", "")) + "\n".join(self.rest)
        self.rest += [f"grid.{name}=" for name in ("zip", "exclude") if re.search(rf"(?m)^\s*{name}\s*=|grid\.{name}=", text)]

    def of_cell(self, cell, seeds=None):
        """seeds: those of the whole setting if not given."""
        columns = self.grid.sweep.columns
        seeds = ",".join(value_text(int(seed)) for seed in columns["seed"][cell.rows]) if seeds is None else seeds
        settings = [f"{key}={seeds if key == 'train.seed' else self._value(cell, key)}" for key in self.keys]
        if "train.seed" not in self.keys:
            settings.append(f"train.seed={seeds}")
        return f"ksweep run {shell_word(self.file)} " + " ".join(f"--set {shlex.quote(each)}" for each in [*self.rest, *settings])

    def _value(self, cell, key):
        """Keys that do not concern the cell are 0 in the results, which the program may refuse: then another cell's value."""
        column = column_of(key, self.grid.sweep.columns)
        if _concerns(self.grid, column, key, cell):
            return _written(self.grid.value(cell, column))
        others = (other for other in self.grid.all_cells if _concerns(self.grid, column, key, other))
        return _written(self.grid.value(next(others, cell), column))


def _written(value):
    """As a sweep file and --set take it."""
    return quoted(value) if isinstance(value, str) else value_text(value)


def sweep_file(command):
    """The sweep file of `mpirun … ksweep run [options] FILE [options]`."""
    words = _words(command)
    after = words[words.index("run") + 1:] if "run" in words else []
    named = [word for i, word in enumerate(after) if not word.startswith("-") and (i == 0 or not after[i - 1].startswith("-"))]
    return next(iter(named), SWEEP_FILE)


def shell_word(word):
    """As a shell takes it."""
    return word if FOREIGN.fullmatch(word) else shlex.quote(word)


def _words(command):
    """Of a command; those that are no text stay as the program wrote them.  None if a quote is not closed."""
    try:
        return [word if FOREIGN.fullmatch(word) else shlex.split(word)[0] for word in WORD.findall(command)]
    except ValueError:
        return []


def _overrides(attributes):
    return [line.strip() for line in str(attributes.get("overrides", "")).splitlines() if "=" in line]


def _concerns(grid, column, key, cell):
    if column not in grid.sweep.columns or not concerns(column, cell):
        return False
    specification = grid.sweep.columns.get("specification")
    return specification is None or f"\n{key} = " in "\n" + str(specification[cell.rows[0]])
