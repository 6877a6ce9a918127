"""The store's files as other programs see them: h5py, xarray, pandas, ncdump.  Run by ctest."""

import os
import subprocess

import h5py
import numpy as np
import pandas as pd
import pytest
import xarray as xr

WRITE_SAMPLE = os.environ["KSWEEP_WRITE_SAMPLE"]


@pytest.fixture(scope="module")
def sample(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sample")
    written = subprocess.run([WRITE_SAMPLE, folder], check=True, capture_output=True, text=True)
    return {"sweep": folder / "sweep.h5", "trials": written.stdout.split()}


@pytest.fixture(scope="module")
def large(tmp_path_factory):
    folder = tmp_path_factory.mktemp("large")
    subprocess.run([WRITE_SAMPLE, folder, "large"], check=True)
    return folder / "sweep.h5"


def open_xarray(path, **options):
    return xr.open_dataset(path, engine="h5netcdf", **options)


def test_every_axis_of_every_variable_has_its_named_scale(sample):
    with h5py.File(sample["sweep"]) as file:
        for name, variable in file.items():
            if h5py.h5ds.is_scale(variable.id):
                continue
            for dimension in variable.dims:
                assert len(dimension) == 1, name
                assert dimension[0].name.strip("/") in (
                    "trial", "epoch", "class", "predicted_class", "confusion", "density_bin", "best_k", "filter", "pixel"), name


def test_every_variable_says_what_it_is(sample):
    with h5py.File(sample["sweep"]) as file:
        for name, variable in file.items():
            assert isinstance(variable.attrs["long_name"], str) and variable.attrs["long_name"], name
            assert isinstance(variable.attrs["units"], str) and variable.attrs["units"], name
            assert variable.attrs["reproducible"][0] in (0, 1), name
        assert file["train_time_s"].attrs["reproducible"][0] == 0
        assert file["train_time_s"].attrs["units"] == "s"
        assert [name for name in file if "axis" in file[name].attrs] == ["k", "seed"]


def test_every_key_says_which_kinds_look_at_it(sample):
    with h5py.File(sample["sweep"]) as file:
        kinds = {name: variable.attrs["concerns"].split() for name, variable in file.items() if "concerns" in variable.attrs}
        assert "k-sparse" in kinds["k"] and "plain" not in kinds["k"] and "raw" not in kinds["k"] and "random" in kinds["k"]
        assert kinds["cd_steps"] == ["rbm"] and set(kinds["seed"]) == set(kinds["kind"]) >= {"raw", "random", "classifier"}
        assert file["probe_c_requested"].attrs["probes"] == "svm" and "probes" not in file["k"].attrs
        assert "test_accuracy" not in kinds and len(kinds) > 50


def test_root_attributes(sample):
    with h5py.File(sample["sweep"]) as file:
        root = file.attrs
        assert root["Conventions"] == "ksweep-1"
        assert root["format_version"][0] == 1
        assert root["title"] == "Accuracy versus k"
        assert root["axes"] == "model.k,train.seed"
        assert (root["n_trials"][0], root["n_done"][0], root["n_failed"][0]) == (4, 2, 1)
        assert list(root["image_shape"]) == [1, 2, 2]
        assert len(root["results_sha256"]) == 64
        assert root["sweep_text"] == "[model]\nk = 10, 25\n"


def test_h5py_reads_values(sample):
    with h5py.File(sample["sweep"]) as file:
        assert list(file["status"][:]) == [1, 1, 2, 0]
        assert file["status"].dtype == np.uint8
        assert list(file["k"][:]) == [10, 25, 25, 25] and file["k"].dtype == np.int64
        assert list(file["seed"][:]) == [0, 1, 2, 3]
        assert file["test_accuracy"][0] == 0.1875 and np.isnan(file["test_accuracy"][3])
        assert file["kind"].asstr()[0] == "k-sparse"
        assert file["reason"].asstr()[:].tolist() == [
            "", "", 'the loss is not a number after epoch 2, "diverged"', ""]
        assert file["train_loss_curve"][2, :2].tolist() == [1.5, 2.5] and np.isnan(file["train_loss_curve"][2, 2])
        assert file["test_confusion"][0].tolist() == [[0, 1, 2], [3, 4, 5], [6, 7, 8]]
        assert file["test_confusion"][3].min() == file["test_confusion"][3].max() == -1
        assert "k = 10" in file["specification"].asstr()[0]


def test_filters_are_values_not_levels(sample):
    with h5py.File(sample["sweep"]) as file:
        assert list(file["best_k"][:]) == [10, 25]
        assert file["filters"].dtype == np.float32 and file["filters"].shape == (2, 2, 4)
        assert file["filters"][0, 0].tolist() == [63.5, -63.5, 1.5, 0.0]
        assert np.isnan(file["filters"][1, 1]).all()
        assert file["filter_unit"][:].tolist() == [[7, 3], [9, -1]]
        assert file["best_trial"].asstr()[0] == file["trial_id"].asstr()[0]


def test_xarray_keeps_dimension_names(sample):
    with open_xarray(sample["sweep"]) as data:
        assert dict(data.dims) == {"trial": 4, "epoch": 3, "class": 3, "predicted_class": 3, "confusion": 3, "density_bin": 3,
                                   "best_k": 2, "filter": 2, "pixel": 4}
        assert data["test_accuracy"].dims == ("trial",)
        assert data["train_loss_curve"].dims == ("trial", "epoch")
        assert data["test_confusion"].dims == ("trial", "class", "predicted_class")
        assert data["filters"].dims == ("best_k", "filter", "pixel")
        assert data["epoch"].values.tolist() == [1, 2, 3]
        assert data["trial_id"].values[0] == os.path.basename(sample["trials"][0]).removesuffix(".h5")


def test_xarray_groups_accuracy_by_k(sample):
    with open_xarray(sample["sweep"]) as data:
        by_k = data.set_coords("k")["test_accuracy"].where(data["status"] == 1, drop=True).groupby("k").mean()
        assert by_k["k"].values.tolist() == [10, 25]
        assert by_k.values.tolist() == [0.1875, 1.1875]


def test_xarray_reads_start_times_as_dates(sample):
    with open_xarray(sample["sweep"]) as data:
        assert np.issubdtype(data["started_unix_s"].dtype, np.datetime64)


def test_pandas_gets_a_table_of_the_trials(sample):
    with open_xarray(sample["sweep"]) as data:
        columns = [name for name in data.data_vars if data[name].dims == ("trial",)]
        table = data[columns].to_dataframe()
    assert table.index.name == "trial" and len(table) == 4
    assert table["k"].tolist() == [10, 25, 25, 25]
    assert table["host"][0] == "node-1"


def test_pandas_gets_the_table_by_column_with_h5py(sample):
    with h5py.File(sample["sweep"]) as file:
        table = pd.DataFrame({name: file[name][:] for name in ("k", "seed", "test_accuracy", "status")})
    assert table.query("status == 1")["test_accuracy"].tolist() == [0.1875, 1.1875]


def test_ncdump_shows_names_in_order(sample):
    header = subprocess.run(["ncdump", "-h", sample["sweep"]], check=True, capture_output=True, text=True).stdout
    dimensions = header.split("variables:")[0]
    order = [line.split()[0] for line in dimensions.splitlines() if " = " in line]
    assert order == ["trial", "epoch", "class", "predicted_class", "confusion", "density_bin", "best_k", "filter", "pixel"]
    assert "double train_loss_curve(trial, epoch) ;" in header
    assert "int test_confusion(trial, class, predicted_class) ;" in header
    assert "ubyte status(trial) ;" in header
    assert "status:flag_values = 0UB, 1UB, 2UB ;" in header
    assert 'status:flag_meanings = "missing done failed" ;' in header
    assert "string trial_id(trial) ;" in header
    assert "phony" not in header and "_Netcdf4" not in header


def test_ncdump_shows_values(sample):
    text = subprocess.run(["ncdump", "-v", "k,test_accuracy,reason", sample["sweep"]],
                          check=True, capture_output=True, text=True).stdout
    assert "k = 10, 25, 25, 25 ;" in text
    assert "test_accuracy = 0.1875, 1.1875, _, _ ;" in text
    assert '"diverged' in text


def test_large_variables_are_compressed_and_checked(large):
    with h5py.File(large) as file:
        curve = file["train_loss_curve"]
        assert curve.chunks and curve.chunks[1] == 50
        assert curve.compression == "gzip" and curve.shuffle and curve.fletcher32
        assert file["k"].chunks is None
        assert curve[7, 0] == file["train_loss_curve"][:][7, 0]
    with open_xarray(large) as data:
        assert data["train_loss_curve"].shape == (600, 50)
        assert data["trial_id"].values[599] != data["trial_id"].values[0]
    subprocess.run(["ncdump", "-v", "test_confusion", large], check=True, stdout=subprocess.DEVNULL)


def test_h5py_opens_a_trial_file_behind_its_text(sample):
    assert len(sample["trials"]) == 3
    with h5py.File(sample["trials"][0]) as file:
        assert file.attrs["status"] == 1
        assert b"model.k = 10\n" in file.attrs["specification"]
        scalars = dict(zip(file["scalars"].attrs["names"].decode().split(","), file["scalars"][:]))
        assert scalars["test_accuracy"] == 0.1875
        assert file["curves"].shape == (11, 3)
        assert file["filters"].dtype == np.int8
        assert file["encoder"].shape == (2, 3)
        assert (file["sample_divisor"][0], file["sample_factor"][0], file["sample_mean"].shape) == (255, 0.25, (3,))
        assert all(file[f"sample_{what}"].attrs["long_name"] for what in ("divisor", "factor", "mean"))


def test_a_trial_file_begins_with_readable_text(sample):
    with open(sample["trials"][0], "rb") as file:
        lines = file.read(512).rstrip(b"\0").decode().splitlines()
    assert [line.split()[0] for line in lines] == ["ksweep", "id", "specification", "bytes", "sha256"]
    assert int(lines[3].split()[1]) == os.path.getsize(sample["trials"][0]) - 512
