"""The folders of src/ include only what the design allows, so that each can be read, tested and replaced alone."""

import pathlib
import re

import pytest

SRC = pathlib.Path(__file__).resolve().parents[2] / "src"

# folder of src/: what it may include of the others.
ALLOWED = {
    "core": set(),
    "data": {"core"},
    "sweep": {"core"},
    "kernels": {"core"},
    "model": {"core", "kernels"},
    "probe": {"core", "data", "kernels", "model"},
    "train": {"core", "data", "kernels", "model", "probe"},
    "schedule": {"core"},
    "store": {"core"},
    "cli": {"core", "data", "kernels", "model", "probe", "schedule", "store", "sweep", "train"},
    "main.cpp": {"cli", "core"},
}

# header of a library: the folders that may include it.
CONFINED = {
    r"mpi\.h": {"schedule", "data", "main.cpp"},
    r"hdf5.*|H5.*": {"store", "data"},
    r"boost/program_options.*": {"cli", "sweep"},
}

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
    ("store/store.cpp", '"', "schedule/run.h"),
    ("train/train.cpp", "<", "mpi.h"),
    ("schedule/policy.cpp", "<", "hdf5.h"),
    ("core/trial.cpp", "<", "boost/program_options.hpp"),
    ("core/trial.cpp", '"', "trial.h"),
])
def test_a_forbidden_include_is_seen(path, quote, header):
    assert complaint(pathlib.Path(path), quote, header)


def test_no_two_headers_define_a_type_of_one_name():
    """All are in one namespace: the linker would keep the functions of one of the two, for both."""
    places = {}
    for path in sources():
        if path.suffix == ".h":
            for name in re.findall(r"^(?:struct|class|enum class) (\w+)[^;{]*{", (SRC / path).read_text(), re.MULTILINE):
                places.setdefault(name, set()).add(str(path))
    assert {name: files for name, files in places.items() if len(files) > 1} == {}
