"""The Spack recipe asks for what jobs/packages.txt lists.  Spack is not needed: its directives are recorded."""

import contextlib
import runpy
import sys
import types
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).parents[1]))
from packages import packages_of  # noqa: E402  (found where the line above looks)

PROJECT = Path(__file__).resolve().parents[2]
RECIPE = PROJECT / "packaging/spack/packages/ksweep/package.py"
# Packages of Debian that Spack calls otherwise.
NAMES = {"ninja-build": "ninja", "g++": "cxx", "openmpi-bin": "mpi", "libopenmpi-dev": "mpi", "libeigen3-dev": "eigen", "libhdf5-dev": "hdf5",
         "libboost-program-options-dev": "boost", "librandom123-dev": "random123", "liblbfgs-dev": "liblbfgs", "libfmt-dev": "fmt",
         "libssl-dev": "openssl", "libzip-dev": "libzip", "liblzf-dev": "liblzf", "nlohmann-json3-dev": "nlohmann-json", "zlib1g-dev": "zlib-api"}


def name_of(spec):
    return spec.partition("@")[0].partition("+")[0]


@pytest.fixture(params=[False, True], ids=["spack 0.23", "spack 1.0"])
def recipe(request, monkeypatch):
    """The recipe's class, and by name what it depends on: when it is built, linked or run."""
    found = {}
    build_system = {"CMakePackage": object, "generator": lambda name: None}
    directives = {"depends_on": lambda spec, type=("build", "link"): found.update({name_of(spec): type}),
                  "when": lambda condition: contextlib.nullcontext()}
    directives |= {name: lambda *words, **more: None for name in ("version", "variant", "conflicts")}
    package = types.ModuleType("spack.package")
    package.__dict__.update(directives if request.param else directives | build_system)
    modules = {"spack": types.ModuleType("spack"), "spack.package": package}
    if request.param:
        names = ["spack_repo", "spack_repo.builtin", "spack_repo.builtin.build_systems", "spack_repo.builtin.build_systems.cmake"]
        modules |= {name: types.ModuleType(name) for name in names}
        modules[names[-1]].__dict__.update(build_system)
    for name, module in modules.items():
        monkeypatch.setitem(sys.modules, name, module)
    return runpy.run_path(str(RECIPE))["Ksweep"], found


def test_the_recipe_asks_for_what_the_program_and_its_report_need(recipe):
    program = {NAMES.get(name, name) for name in packages_of("run")}
    report = {name.replace("python3-", "py-").replace("python3", "python") for name in packages_of("report")}
    assert recipe[1].keys() - {"c"} == program | report


def test_what_the_program_starts_is_there_when_it_runs(recipe):
    """Spack does not put what is only linked into PATH."""
    assert "run" in recipe[1]["mpi"] and "run" in recipe[1]["python"]


def test_the_recipe_takes_the_sources_that_it_lies_in(recipe):
    assert recipe[0].git == PROJECT.as_uri()
