import hashlib

import h5py
import numpy as np
import pytest
from ksweep_report.errors import ReportError
from ksweep_report.reading import read_sweep
from sample_sweeps import FAILED, MISSING, product, write_sweep


def message_of(path):
    with pytest.raises(ReportError) as caught:
        read_sweep(path)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_columns_hold_every_planned_trial(tmp_path):
    trials = product((10, 25), seeds=(0, 1))
    trials[1]["status"] = MISSING
    trials[2].update(status=FAILED, reason="loss is NaN")
    sweep = read_sweep(write_sweep(tmp_path / "sweep.h5", trials))
    assert sweep.columns["k"].tolist() == [10, 10, 25, 25]
    assert sweep.status.tolist() == [1, 0, 2, 1]
    assert sweep.columns["reason"].tolist() == ["", "", "loss is NaN", ""]
    assert np.isnan(sweep.columns["test_accuracy"]).tolist() == [False, True, True, False]


def test_axes_are_the_variables_that_say_so(tmp_path):
    sweep = read_sweep(write_sweep(tmp_path / "sweep.h5", product((10, 25), (0.0, 0.1))))
    assert sorted(sweep.axes) == ["k", "seed", "sparsity_weight"]


def test_a_coordinate_as_long_as_the_trials_is_no_column(tmp_path):
    sweep = read_sweep(write_sweep(tmp_path / "sweep.h5", product((10, 25), seeds=range(5))))
    assert len(sweep) == len(sweep.class_accuracy[0]) == 10
    assert "class" not in sweep.columns and "trial_id" in sweep.columns


def test_columns_keep_the_order_of_the_file(tmp_path):
    names = list(read_sweep(write_sweep(tmp_path / "sweep.h5", product((10,)))).columns)
    assert names[:4] == ["trial", "trial_id", "status", "reason"]


def test_a_repacked_file_without_creation_order_is_read(tmp_path):
    path = write_sweep(tmp_path / "sweep.h5", product((10,)))
    with h5py.File(path) as file, h5py.File(tmp_path / "copy.h5", "w", track_order=False) as copy:
        copy.attrs.update(file.attrs)
        for name in file:
            copy[name] = file[name][...]
    assert len(read_sweep(tmp_path / "copy.h5")) == 3


def test_filters_get_the_shape_of_the_samples(tmp_path):
    sweep = read_sweep(write_sweep(tmp_path / "sweep.h5", product((10, 25)), image_shape=(3, 4, 5)))
    assert [each.k for each in sweep.best] == [10, 25]
    assert sweep.best[0].images.shape == (100, 3, 4, 5)


def test_a_sweep_without_finished_trials_is_read(tmp_path):
    trials = [dict(each, status=MISSING) for each in product((10, 25))]
    sweep = read_sweep(write_sweep(tmp_path / "sweep.h5", trials))
    assert sweep.best == () and sweep.curves == {}


def test_absent_file_is_named(tmp_path):
    assert "none.h5: no such file" in message_of(tmp_path / "none.h5")


def test_folder_is_told_from_file(tmp_path):
    assert "is a folder" in message_of(tmp_path)


def test_text_is_not_taken_for_hdf5(tmp_path):
    (tmp_path / "text.h5").write_text("k,accuracy\n")
    assert "cannot be read as a sweep" in message_of(tmp_path / "text.h5")


def test_cut_file_is_reported(tmp_path):
    path = write_sweep(tmp_path / "sweep.h5", product((10,)))
    path.write_bytes(path.read_bytes()[:5000])
    assert "cannot be read as a sweep" in message_of(path)


def sealed(content):
    return content + b"\nksweep sweep sha256 " + hashlib.sha256(content).hexdigest().encode() + b"\n"


def test_the_checksum_behind_the_files_end_is_compared(tmp_path):
    path = write_sweep(tmp_path / "sweep.h5", product((10,)))
    path.write_bytes(sealed(path.read_bytes()))
    assert len(read_sweep(path)) == 3
    damaged = bytearray(path.read_bytes())
    damaged[len(damaged) // 2] ^= 16
    path.write_bytes(damaged)
    assert "is damaged" in message_of(path)


def test_other_hdf5_is_no_sweep(tmp_path):
    with h5py.File(tmp_path / "other.h5", "w") as file:
        file["a"] = 1
    assert "not a sweep" in message_of(tmp_path / "other.h5")


def test_other_format_version_is_refused_by_number(tmp_path):
    path = write_sweep(tmp_path / "sweep.h5", product((10,)), format_version=2)
    assert "format version 2, this report reads version 1" in message_of(path)


def test_missing_variable_is_named(tmp_path):
    path = write_sweep(tmp_path / "sweep.h5", product((10,)), leave_out=("seed",))
    assert "lacks the variable seed" in message_of(path)
