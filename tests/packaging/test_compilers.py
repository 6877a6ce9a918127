"""A compiler that asks for a CPU of its own, as those of Spack do, changes no bits: all but the kernels is for every CPU of the kind."""

import json
import os
import platform
import re
import subprocess
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def commands(tmp_path_factory):
    """By object file: the CPUs that its command asks for, of which the last one counts."""
    build = tmp_path_factory.mktemp("build")
    subprocess.run(["cmake", "-S", PROJECT, "-B", build, "-G", "Ninja", "-DKSWEEP_TESTS=OFF"], check=True, stdout=subprocess.DEVNULL,
                   env=os.environ | {"CXXFLAGS": "-march=haswell"})
    entries = [each["command"] for each in json.loads((build / "compile_commands.json").read_text())]
    return {re.search(r" -o (\S+)", command)[1]: re.findall(r"-march=(\S+)", command) for command in entries}


@pytest.mark.skipif(platform.machine() != "x86_64", reason="only x86-64 has kernels for several CPUs")
def test_only_kernels_are_compiled_for_certain_cpus(commands):
    assert all(cpus[0] == "haswell" for cpus in commands.values())
    kernels = {path: cpus[-1] for path, cpus in commands.items() if "/versions.cpp" in path}
    assert set(kernels.values()) == {"x86-64-v2", "x86-64-v3", "x86-64-v4"}
    assert {cpus[-1] for path, cpus in commands.items() if path not in kernels} == {"x86-64"}
