"""sweep.h5 of a real run as other programs see it: h5py, xarray, pandas and ncdump."""

import subprocess

import h5py
import numpy as np
import pandas as pd
import pytest
import xarray as xr
from runs import run, write_sweep

DIMENSIONS = {"trial", "epoch", "class", "predicted_class", "density_bin", "best_k", "filter", "pixel"}


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
        k, accuracy = sweep["k"].values, sweep["test_accuracy"].values
        assert by_k["k"].values.tolist() == [2, 4]
        assert by_k.values == pytest.approx([accuracy[(sweep["kind"] == "k-sparse") & (k == each)].mean() for each in (2, 4)])


def test_xarray_derives_accuracies_from_the_confusion(path):
    with xr.open_dataset(path, engine="h5netcdf") as sweep:
        confusion = sweep["test_confusion"].rename(predicted_class="predicted")
        hits, count = confusion.where(confusion["class"] == confusion["predicted"], 0).sum("predicted"), confusion.sum("predicted")
        assert (count == count[0]).all() and len(set(count[0].values)) > 1  # one test set, classes of several sizes
        np.testing.assert_allclose(sweep["test_accuracy_per_class"], hits / count, rtol=1e-12)
        np.testing.assert_allclose(sweep["test_accuracy"], hits.sum("class") / count.sum("class"), rtol=1e-12)


def test_pandas_takes_the_columns(path):
    with h5py.File(path) as file:
        table = pd.DataFrame({name: file[name][()] for name in ("k", "seed", "test_accuracy", "train_loss")})
    assert len(table) == 9
    assert table[table.k > 0].groupby("k").seed.apply(sorted).to_dict() == {2: [0, 1, 2], 4: [0, 1, 2]}
    assert table.test_accuracy.between(0.1, 1, inclusive="neither").all()


def test_ncdump_shows_names_and_units(path):
    header = subprocess.run(["ncdump", "-h", path], capture_output=True, text=True, check=True).stdout
    assert "\ttrial = 9 ;" in header and "\tepoch = 2 ;" in header
    assert "double test_accuracy(trial) ;" in header
    assert 'train_time_s:units = "s" ;' in header
    assert "phony_dim" not in header
    values = subprocess.run(["ncdump", "-v", "k", path], capture_output=True, text=True, check=True).stdout
    with h5py.File(path) as file:
        assert values.split("\n k = ")[1].partition(" ;")[0].split(", ") == list(map(str, file["k"][()]))
