"""The folders of src/ include only what the design allows, so that each can be read, tested and replaced alone."""

import pathlib
import re

import pytest

SRC = pathlib.Path(__file__).resolve().parents[2] / "src"

# folder of src/: what it may include of the others.
ALLOWED = {
    "base": set(),
    "core": {"base"},
    "race": {"base"},
    "data": {"base", "core"},
    "sweep": {"base", "core", "race"},
    "cost": {"base", "core", "sweep"},
    "kernels": {"base", "core"},
    "measure": {"base", "core", "kernels"},
    "model": {"base", "core", "kernels"},
    "probe": {"base", "core", "data", "kernels", "measure", "model"},
    "train": {"base", "core", "data", "kernels", "measure", "model", "probe"},
    "schedule": {"base", "core"},
    "store": {"base", "core", "race"},
    "run": {"base", "core", "cost", "data", "kernels", "measure", "race", "schedule", "store", "sweep", "train"},
    "cli": {"base", "core", "cost", "data", "kernels", "race", "run", "schedule", "store", "sweep", "train"},
    "main.cpp": {"base", "cli", "run"},
}

# header of a library: the folders that may include it.
CONFINED = {
    r"mpi\.h": {"schedule", "data"},
    r"hdf5.*|H5.*": {"store", "data"},
    r"boost/program_options.*": {"cli", "sweep"},
}

# folder below another one: the only file that may include its headers, which are fragments of that file.
FRAGMENTS = {"kernels/simd/": "kernels/versions.cpp"}

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.MULTILINE)


def complaint(path, quote, header):
    """What is wrong with one include of a file given relative to src/; None if nothing."""
    folder = path.parts[0]
    if quote == "<":
        for pattern, folders in CONFINED.items():
            if re.fullmatch(pattern, header) and folder not in folders:
                return f"src/{path} includes <{header}>, which belongs to {', '.join(sorted(folders))}"
        return None
    if not (SRC / header).is_file():
        return f'src/{path} includes "{header}", which is not below src/: write the folder too'
    for fragments, owner in FRAGMENTS.items():
        if header.startswith(fragments) and str(path) != owner:
            return f'src/{path} includes "{header}", a fragment of {owner}'
    if header.split("/")[0] not in ALLOWED[folder] | {folder}:
        return f'src/{path} includes "{header}", which {folder} may not'
    return None


def sources():
    return sorted(p.relative_to(SRC) for p in SRC.rglob("*") if p.suffix in {".h", ".cpp", ".in"})


def test_every_folder_has_its_row():
    assert {path.parts[0] for path in sources()} <= set(ALLOWED)


def test_no_include_crosses_the_table():
    found = [complaint(path, *include) for path in sources()
             for include in INCLUDE.findall((SRC / path).read_text(encoding="utf-8"))]
    assert [text for text in found if text] == []


@pytest.mark.parametrize("path, quote, header", [
    ("store/store.cpp", '"', "schedule/callbacks.h"),
    ("train/train.cpp", "<", "mpi.h"),
    ("schedule/policy.cpp", "<", "hdf5.h"),
    ("core/trial.cpp", "<", "boost/program_options.hpp"),
    ("core/trial.cpp", '"', "trial.h"),
    ("kernels/naive.cpp", '"', "kernels/simd/rows.h"),
])
def test_a_forbidden_include_is_seen(path, quote, header):
    assert complaint(pathlib.Path(path), quote, header)


def modules():
    """name without suffix -> the modules that its header and its source include; together the two are one module."""
    edges = {}
    for path in sources():
        included = {header for quote, header in INCLUDE.findall((SRC / path).read_text(encoding="utf-8")) if quote == '"'}
        name = str(path).split(".")[0]
        edges.setdefault(name, set()).update({header.split(".")[0] for header in included} - {name})
    return edges


def knots(edges):
    """The sets of two and more modules that all reach each other."""
    reached = {name: reachable(name, edges) for name in edges.keys() | set().union(*edges.values())}
    return {frozenset(other for other in reached[name] if name in reached[other]) for name in edges if name in reached[name]}


def reachable(start, edges):
    found, left = set(), [start]
    while left:
        new = edges.get(left.pop(), set()) - found
        found |= new
        left += new
    return found


def test_no_modules_include_each_other_in_a_circle():
    assert knots(modules()) == set()


def test_a_circle_is_seen():
    assert knots({"a": {"b"}, "b": {"c"}, "c": {"b"}, "d": {"a"}}) == {frozenset("bc")}


def test_no_two_modules_bear_one_name():
    places = {}
    for name in modules():
        places.setdefault(name.split("/")[-1], []).append(name)
    assert {name: found for name, found in places.items() if len(found) > 1} == {}


def test_no_two_headers_define_a_type_of_one_name():
    """All are in one namespace: the linker would keep the functions of one of the two, for both."""
    places = {}
    for path in sources():
        if path.suffix == ".h":
            for name in re.findall(r"^(?:struct|class|enum class) (\w+)[^;{]*{", (SRC / path).read_text(), re.MULTILINE):
                places.setdefault(name, set()).add(str(path))
    assert {name: files for name, files in places.items() if len(files) > 1} == {}
