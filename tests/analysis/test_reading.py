import os
import signal

import h5py
import numpy as np
import pytest
from ksweep_report.base.errors import ReportError
from ksweep_report.results.reading import read_sweep
from sample_sweeps import FAILED, MISSING, SEAL_LENGTH, edited, product, seal, write_sweep


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
    seal(tmp_path / "copy.h5")
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


def test_the_checksum_behind_the_files_end_is_compared(tmp_path):
    path = write_sweep(tmp_path / "sweep.h5", product((10,)))
    assert len(read_sweep(path)) == 3
    damaged = bytearray(path.read_bytes())
    damaged[len(damaged) // 2] ^= 16
    path.write_bytes(damaged)
    assert "is damaged" in message_of(path)


def test_other_hdf5_is_no_sweep(tmp_path):
    with h5py.File(tmp_path / "other.h5", "w") as file:
        file["a"] = 1
    seal(tmp_path / "other.h5")
    assert "not a sweep" in message_of(tmp_path / "other.h5")


def test_other_format_version_is_refused_by_number(tmp_path):
    path = write_sweep(tmp_path / "sweep.h5", product((10,)), format_version=2)
    assert "format version 2, this report reads version 1" in message_of(path)


def test_missing_variable_is_named(tmp_path):
    path = write_sweep(tmp_path / "sweep.h5", product((10,)), leave_out=("seed",))
    assert "lacks the variable seed" in message_of(path)


def test_a_file_without_its_last_line_is_refused(tmp_path):
    path = write_sweep(tmp_path / "sweep.h5", product((10,)))
    path.write_bytes(path.read_bytes()[:-SEAL_LENGTH])
    assert "its last line is no checksum" in message_of(path)


def test_a_pipe_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "sweep.h5")
    assert "is a pipe or a device" in message_of(tmp_path / "sweep.h5")


@pytest.mark.parametrize("end, words", [(signal.SIGSEGV, "it crashed (Segmentation fault)"), (signal.SIGXCPU, "it came to no end")])
def test_a_crash_of_libhdf5_is_the_childs_alone(tmp_path, monkeypatch, end, words):
    path = write_sweep(tmp_path / "sweep.h5", product((10,)))
    monkeypatch.setattr(h5py, "File", lambda *_: os.kill(os.getpid(), end))
    assert words in message_of(path)


def test_memory_that_a_file_asks_for_is_bounded(tmp_path, monkeypatch):
    path = write_sweep(tmp_path / "sweep.h5", product((10,)))
    monkeypatch.setattr(h5py, "File", lambda *_: bytearray(1 << 37))
    assert "it asked for more memory than can be right" in message_of(path)


def without(name):
    def change(file):
        del file[name]
    return change


def replaced(name, values):
    def change(file):
        del file[name]
        file[name] = values
    return change


HOSTILE = {
    "curve of fewer trials": replaced("train_loss_curve", np.zeros((2, 8))),
    "curve of one axis": replaced("train_loss_curve", np.zeros(3)),
    "curve of texts": replaced("train_loss_curve", np.array([["a"] * 8] * 3, dtype=h5py.string_dtype())),
    "curves without epochs": without("epoch"),
    "confusion not square": replaced("test_confusion", np.zeros((3, 10, 9), int)),
    "confusion of other classes": replaced("test_confusion", np.zeros((3, 9, 9), int)),
    "confusion of two axes": replaced("test_confusion", np.zeros((3, 10), int)),
    "accuracies by class of one axis": replaced("test_accuracy_per_class", np.zeros(3)),
    "filters of other pixels": replaced("filters", np.zeros((1, 100, 63), np.float32)),
    "filters of more trials": replaced("filters", np.zeros((2, 100, 64), np.float32)),
    "filters of whole numbers": replaced("filters", np.zeros((1, 100, 64), int)),
    "best trials without ids": replaced("best_trial", np.zeros(1)),
    "no image shape": lambda file: file.attrs.__delitem__("image_shape"),
    "an image shape of one": lambda file: file.attrs.__setitem__("image_shape", 64),
    "an image shape of texts": lambda file: file.attrs.__setitem__("image_shape", "1 8 8"),
    "status without trials": replaced("status", np.zeros(0, np.uint8)),
    "status of no axis": replaced("status", 1),
    "status of two axes": replaced("status", np.ones((3, 1), np.uint8)),
    "status of fractions": replaced("status", np.array([0.5, 1, 1])),
    "unknown status": replaced("status", np.array([1, 7, 1], np.uint8)),
    "seeds as texts": replaced("seed", np.array(["a", "b", "c"], dtype=h5py.string_dtype())),
    "ids as numbers": replaced("trial_id", np.arange(3)),
    "accuracies as texts": replaced("test_accuracy", np.array(["a", "b", "c"], dtype=h5py.string_dtype())),
    "kind as number": replaced("kind", np.arange(3)),
    "k in pairs": replaced("k", np.zeros(3, np.dtype([("a", int), ("b", int)]))),
    "k as group": lambda file: (file.__delitem__("k"), file.create_group("k")),
    "title as number": lambda file: file.attrs.__setitem__("axes", 3),
    "no trial of the grid": lambda file: file.__setitem__("in_grid", np.zeros(3, np.uint8)),
}


REASONS = {  # what the message says: the cases
    "train_loss_curve has another shape": ["curve of fewer trials", "curve of one axis", "curve of texts", "curves without epochs"],
    "test_confusion has another shape": ["confusion not square", "confusion of two axes"],
    "test_confusion has another number of classes": ["confusion of other classes"],
    "test_accuracy_per_class has another shape": ["accuracies by class of one axis"],
    "the filters have another shape": ["filters of other pixels", "filters of whole numbers", "no image shape", "an image shape of one",
                                       "an image shape of texts"],
    "the best trials have another shape": ["filters of more trials", "best trials without ids"],
    "trials lack what tells them apart": ["status without trials", "status of no axis", "status of two axes", "k as group"],
    "a trial has an unknown status": ["status of fractions", "unknown status"],
    "seed is of another kind": ["seeds as texts"], "trial_id is of another kind": ["ids as numbers"],
    "test_accuracy is of another kind": ["accuracies as texts"], "kind is of another kind": ["kind as number"],
    "k is neither text nor number": ["k in pairs"], "no trial is of its grid": ["no trial of the grid"]}
REASON_OF = {case: reason for reason, cases in REASONS.items() for case in cases}


@pytest.mark.parametrize("case", HOSTILE)
def test_parts_that_do_not_fit_are_refused_or_do_no_harm(tmp_path, case):
    path = write_sweep(tmp_path / "sweep.h5", product((10,)))
    with edited(path) as file:
        HOSTILE[case](file)
    if case == "title as number":
        assert len(read_sweep(path)) == 3
    else:
        told = message_of(path)
        assert told.startswith(f"{path}: cannot be read as a sweep (") and REASON_OF[case] in told


def test_trials_that_the_grid_does_not_ask_for_are_left_out_unless_asked_for(tmp_path):
    path = write_sweep(tmp_path / "sweep.h5", product((10,)) + product((25,), (0.1,)))
    with edited(path) as file:
        file["in_grid"] = np.array([1, 1, 1, 0, 0, 0], np.uint8)
        file["sparsity_weight"].attrs["axis"] = file["k"].attrs["axis"] = 0
    sweep = read_sweep(path)
    assert sweep.columns["k"].tolist() == [10] * 3 and "in_grid" not in sweep.columns and sweep.axes == ("seed",)
    assert [len(values) for values in (sweep.class_accuracy, sweep.test_samples, sweep.curves["train_loss_curve"])] == [3, 3, 3]
    everything = read_sweep(path, all_trials=True)
    assert everything.columns["k"].tolist() == [10] * 3 + [25] * 3
    assert set(everything.axes) == {"seed", "k", "sparsity_weight"}
