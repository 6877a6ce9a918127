"""Every module of Python tests is named in the CMakeLists.txt beside it: one that is not would never run."""

import re
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]


def unlisted(modules, text):
    """Those of these files that no word of a CMakeLists.txt names, as a whole or without `test_`."""
    words = set(re.findall(r"[\w.]+", re.sub(r"#.*", "", text)))
    return [name for name in modules if not {name, name.removeprefix("test_").removesuffix(".py")} & words]


def test_every_module_is_listed():
    lists = {path: path.read_text() for path in sorted(TESTS.glob("*/CMakeLists.txt"))}
    modules = {path: sorted(each.name for each in path.parent.glob("test_*.py")) for path in lists}
    assert sum(map(len, modules.values())) > 50
    missing = {path.parent.name: unlisted(modules[path], text) for path, text in lists.items()}
    assert {folder: names for folder, names in missing.items() if names} == {}


def test_an_unlisted_module_is_seen():
    assert unlisted(["test_grid.py", "test_page.py"], "foreach(module grid)  # page\n") == ["test_page.py"]
    assert unlisted(["test_formats.py"], "pytest ${HERE}/test_formats.py") == []
