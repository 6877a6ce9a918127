"""tests/style/measure counts what it says."""

import importlib.machinery
import importlib.util
import subprocess
import sys
from pathlib import Path

SCRIPT = Path(__file__).parent / "measure"


def loaded():
    loader = importlib.machinery.SourceFileLoader("measure", str(SCRIPT))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("measure", loader))
    sys.modules["measure"] = module
    loader.exec_module(module)
    return module


def test_functions_are_found_with_their_lengths():
    text = 'namespace a {\nstruct B {\n  int c() const {\n    if (d) {\n    }\n    return "}";\n  }\n};\nint e[] = {1};\nvoid f() {}\n}\n'
    assert loaded().functions_of_cpp(text) == [(3, 5), (10, 1)]
    assert loaded().functions_of_python("def f():\n    x = 1\n    return x\n") == [(1, 3)]


def test_it_prints_the_whole_tree():
    done = subprocess.run([sys.executable, SCRIPT, "--most", "3"], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[1].startswith("src") and "The longest functions:" in done.stdout
    assert "include each other in a circle: none" in done.stdout
