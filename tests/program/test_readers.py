"""sweep.h5 of a real run as other programs see it: h5py, xarray, pandas and ncdump."""

import subprocess

import h5py
import numpy as np
import pandas as pd
import pytest
import xarray as xr
from runs import run, write_sweep

DIMENSIONS = {"trial", "epoch", "class", "predicted_class", "best_k", "filter", "pixel"}


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    folder = tmp_path_factory.mktemp("readers")
    run(write_sweep(folder, {"train.seed": "0..2", "model.kind": "k-sparse, raw"}), folder / "out", ranks=2)
    return folder / "out" / "sweep.h5"


def test_h5py_finds_a_named_scale_on_every_axis(path):
    with h5py.File(path) as file:
        variables = {name: variable for name, variable in file.items() if name not in DIMENSIONS}
        for name, variable in variables.items():
            assert [len(axis) for axis in variable.dims] == [1] * variable.ndim, name
            assert {axis[0].name.strip("/") for axis in variable.dims} <= DIMENSIONS, name
        assert [axis[0].name for axis in file["test_confusion"].dims] == ["/trial", "/class", "/predicted_class"]
        assert file["test_confusion"][()][file["status"][()] == 1].sum() == 9 * 100  # 6 k-sparse, 3 raw; 100 test samples


def test_P17_xarray_computes_with_dimension_names(path):
    with xr.open_dataset(path, engine="h5netcdf") as sweep:
        assert set(sweep.dims) == DIMENSIONS
        assert sweep["train_loss_curve"].dims == ("trial", "epoch")
        sparse = sweep[["k", "test_accuracy"]].where(sweep["kind"] == "k-sparse", drop=True)
        by_k = sparse.groupby(sparse["k"]).mean()["test_accuracy"]
        assert by_k["k"].values.tolist() == [2, 4] and by_k.notnull().all()
        per_class = sweep["test_accuracy_per_class"].mean("class")
        assert float(abs(per_class - sweep["test_accuracy"]).max()) < 0.15


def test_pandas_takes_the_columns(path):
    with h5py.File(path) as file:
        table = pd.DataFrame({name: file[name][()] for name in ("k", "seed", "test_accuracy", "train_loss")})
    assert len(table) == 9
    assert table[table.k > 0].groupby("k").test_accuracy.count().to_dict() == {2: 3, 4: 3}


def test_ncdump_shows_names_and_units(path):
    header = subprocess.run(["ncdump", "-h", path], capture_output=True, text=True, check=True).stdout
    assert "\ttrial = 9 ;" in header and "\tepoch = 2 ;" in header
    assert "double test_accuracy(trial) ;" in header
    assert 'train_time_s:units = "s" ;' in header
    assert "phony_dim" not in header
    values = subprocess.run(["ncdump", "-v", "k", path], capture_output=True, text=True, check=True).stdout
    assert np.isin(["2", "4"], values.split("\n k = ")[1].replace(",", " ").split()).all()
