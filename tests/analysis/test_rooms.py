"""The folders of the report import one way only, so that each can be read, tested and replaced alone."""

import ast
from collections import Counter
from graphlib import CycleError, TopologicalSorter
from pathlib import PurePath

import pytest
from conftest import REPORT

PACKAGE = REPORT.with_name("ksweep_report")

# folder of the package: what it may import of the others; "" holds what the command line starts.
ALLOWED = {
    "base": set(),
    "results": {"base"},
    "figures": {"base", "results"},
    "pages": {"base", "results", "figures"},
    "published": {"base", "results"},
    "": {"base", "results", "figures", "pages"},
}
TWINS = {"__init__", "main", "conftest"}   # main: of the report, and of the published tables


def modules():
    """Dotted names below the package, a package by that of its folder; "" is the package itself."""
    paths = (path.relative_to(PACKAGE).with_suffix("") for path in PACKAGE.rglob("*.py"))
    return {".".join(path.parts).removesuffix("__init__").removesuffix("."): PACKAGE / f"{path}.py" for path in paths}


def folder_of(module):
    folder, dot, _ = module.partition(".")
    return folder if dot or (PACKAGE / folder).is_dir() and folder else ""


def imports_of(module, path, text, known):
    """Modules of the package that a module imports, wherever in it: `from ..results.grid import Grid`, `from . import tables`."""
    package = module.split(".") if path.stem == "__init__" else module.split(".")[:-1]
    found = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.ImportFrom):
            above = [each for each in package[:len(package) - node.level + 1] if each] if node.level else []
            inside = node.level or (node.module or "").split(".")[0] == PACKAGE.name
            parts = above + (node.module or "").removeprefix(PACKAGE.name).strip(".").split(".") * bool(inside)
            named = ".".join(filter(None, parts))
            of_package = {".".join(filter(None, (named, alias.name))) for alias in node.names} & known
            found |= of_package or {named} if inside else set()
        elif isinstance(node, ast.Import):
            names = (alias.name for alias in node.names if alias.name.split(".")[0] == PACKAGE.name)
            found |= {name.removeprefix(PACKAGE.name).strip(".") for name in names}
    return found


def every_import():
    """module -> what it imports of the package."""
    known = modules()
    return {module: imports_of(module, path, path.read_text(encoding="utf-8"), set(known)) for module, path in known.items()}


def complaint(module, imported):
    """What is wrong with an import; None if nothing."""
    here, there = folder_of(module), folder_of(imported)
    if there in ALLOWED[here] | {here}:
        return None
    return f"{module or 'the package'} imports {imported}, which {here or 'the top'} may not"


def test_every_folder_has_its_row():
    assert {folder_of(module) for module in modules()} == set(ALLOWED)


def test_no_import_crosses_the_table():
    found = [complaint(module, imported) for module, those in every_import().items() for imported in sorted(those)]
    assert [text for text in found if text] == []


def test_every_import_within_the_package_is_of_a_module_that_exists():
    assert set().union(*every_import().values()) <= set(modules())


def test_no_two_modules_import_each_other():
    try:
        TopologicalSorter(every_import()).prepare()
    except CycleError as error:
        pytest.fail(" imports ".join(reversed(error.args[1])))


def test_no_two_modules_bear_one_name():
    """But tests, which are named like what they test."""
    names = Counter(path.stem for folder in ("analysis", "tests") for path in (REPORT.parents[1] / folder).rglob("*.py"))
    assert [name for name, count in names.items() if count > 1 and name not in TWINS and not name.startswith("test_")] == []


@pytest.mark.parametrize("module, line, imported", [
    ("results.grid", "from ..pages.page import write_page", "pages.page"),
    ("results.grid", "from ..pages import page", "pages.page"),
    ("results.grid", "def late():\n    from ..figures import catalogue", "figures.catalogue"),
    ("results.grid", "from .. import reports", "reports"),
    ("results.grid", "from ksweep_report.options import options_from", "options"),
    ("base.errors", "import ksweep_report.results.grid", "results.grid"),
    ("figures.lines", "from ..pages.headline import headline", "pages.headline"),
    ("published.rows", "from ..pages import tables", "pages.tables"),
    ("main", "from .published import take", "published.take"),
])
def test_a_forbidden_import_is_seen(module, line, imported):
    assert imports_of(module, PurePath(f"{module.split('.')[-1]}.py"), line, set(modules())) == {imported}
    assert complaint(module, imported)
