"""A sweep run on aarch64 gives the bits that it gives here.  Started by tests/aarch64/run."""

import os

import h5py
import pytest
from runs import run, write_sweep

# One trial for each path through the training, and the raw pixels.
SWEEP = {"model.kind": "k-sparse, raw", "model.k": "3, 16", "model.penalty": "l1", "model.sparsity_weight": "0, 0.01",
         "train.optimizer": "sgd, adam", "train.learning_rate": 0.002}

# Debian's libLBFGS is compiled with fused multiply-adds for arm64 and without them for amd64: the norm of the gradient
# that it ends with differs in the last bits.
OF_LIBLBFGS = {"probe_gradient"}


def learned(folder, monkeypatch, program, isa):
    monkeypatch.setattr("runs.KSWEEP", program)
    run(write_sweep(folder, SWEEP), folder / isa, "--isa", isa)
    with h5py.File(folder / isa / "sweep.h5") as file:
        return {name: variable[()].tobytes() if variable.dtype != object else list(map(str, variable[()].flat))
                for name, variable in file.items()
                if variable.attrs["reproducible"][0] == 1 and name not in OF_LIBLBFGS}


@pytest.mark.parametrize("here, there", [("portable", "portable"), ("avx2", "neon"), ("naive", "naive")])
def test_equal_bits(tmp_path, monkeypatch, here, there):
    if here == "avx2" and "avx2" not in open("/proc/cpuinfo", encoding="ascii").read():
        pytest.skip("this CPU has no avx2")
    for folder in ("here", "there"):
        (tmp_path / folder).mkdir()
    on_x86 = learned(tmp_path / "here", monkeypatch, os.environ["KSWEEP"], here)
    on_aarch64 = learned(tmp_path / "there", monkeypatch, os.environ["KSWEEP_AARCH64"], there)
    assert "weights_sha256" in on_x86
    assert [name for name in on_x86 if on_x86[name] != on_aarch64[name]] == []
