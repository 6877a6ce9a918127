"""What the report calls keys: as a paper writes them, unless the sweep file or --names says otherwise."""

from ..base.errors import ReportError
from ..base.wording import joined
from .columns import column_of

ATTRIBUTE = "report_names"
# Column of a key -> the symbol in sentences, legends and tables, and what it stands for.
SYMBOLS = {"sparsity_weight": ("λ", "sparsity weight"), "alpha": ("α", "multiple of k in the encoder")}
LONGEST_NAME = 40   # letters, as the program allows in a sweep file


class Names:
    """Of the columns of one sweep."""

    def __init__(self, sweep, wanted=""):
        """wanted: of --names, which goes before the sweep file's.  Raises ReportError for names that cannot be used."""
        stored = f"{sweep.file_name}: {ATTRIBUTE}"
        self._own = {column: name for column, name, _ in _read(sweep, str(sweep.attributes.get(ATTRIBUTE, "")), stored) if column}
        for column, name, key in _read(sweep, wanted, "--names"):
            if not column:
                raise ReportError(f"--names: {key} is no key of {sweep.file_name}: its name would be used nowhere. "
                                  f"Trials differ in {joined(axis for axis in sweep.axes if axis != 'seed') or 'the seed alone'}.")
            self._own[column] = name
        self._check_apart(dict.fromkeys([*sweep.axes, *self._own]), "--names" if wanted else stored)

    def _check_apart(self, columns, where):
        for column in columns:
            other = next((each for each in self._own if each != column and self.short(each) == self.short(column)), None)
            if other:
                raise ReportError(f"{where}: {column} and {other} are both called {self.short(other)}: nobody could tell them apart. Rename one.")

    def short(self, column):
        """In sentences, legends and tables."""
        return self._own.get(column) or SYMBOLS.get(column, (_spaced(column),))[0]

    def words(self, column):
        """What a symbol stands for; of others the same name."""
        return self._own.get(column) or SYMBOLS.get(column, (_spaced(column),))[-1]

    def full(self, column):
        """At axes and heads: `sparsity weight λ`."""
        return " ".join(dict.fromkeys((self.words(column), self.short(column))))


def _spaced(column):
    return column.removesuffix("_requested").replace("_", " ")


def _read(sweep, text, where):
    """`hidden: latents; model.alpha: λ` -> [(column, name, key as given)]; of what is no key of the sweep, the column is None."""
    found = []
    for part in text.split(";") if text.strip() else ():
        key, colon, name = (each.strip() for each in part.partition(":"))
        if not colon or not key or not name:
            raise ReportError(f"{where}: {part.strip()!r} is not KEY: NAME. Write for example \"hidden: latents; alpha: α\".")
        if len(name) > LONGEST_NAME:
            raise ReportError(f"{where}: {name!r} has {len(name)} letters, more than {LONGEST_NAME}: figures would be all legend. Shorten it.")
        column = _column(sweep, key)
        if column and column in (each[0] for each in found):
            raise ReportError(f"{where}: {key} is named twice: only one name could be used. Leave one out.")
        found.append((column, name, key))
    return found


def _column(sweep, key):
    """Of a key with or without its section; None where the sweep has no such column."""
    if "." in key:
        found = [column_of(key, sweep.columns)]
    elif key in sweep.columns:
        found = [key]
    else:
        found = [name for name in sweep.columns if name.removesuffix("_requested") in (f"data_{key}", f"probe_{key}", key)]
    return next((name for name in reversed(found) if name in sweep.columns), None)
