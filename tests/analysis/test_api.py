import subprocess
import sys

import ksweep
import numpy as np
import pytest
from conftest import REPORT
from ksweep_report.base.errors import ReportError
from sample_sweeps import FAILED, MISSING, baselines, product, trial, write_sweep


def opened(tmp_path, trials, dims=None, **more):
    return ksweep.open(write_sweep(tmp_path / "sweep.h5", trials, **more), dims)


def test_k_weight_and_seed_are_coordinates(tmp_path):
    dataset = opened(tmp_path, product((10, 25, 40), (0.0, 0.001), range(4)))
    assert dict(dataset.sizes) == {"k": 3, "weight": 2, "seed": 4, "epoch": 8, "class": 10}
    assert dataset.k.values.tolist() == [10, 25, 40] and dataset.weight.values.tolist() == [0.0, 0.001]
    assert dataset.test_accuracy.dims == ("k", "weight", "seed")
    assert dataset.train_loss_curve.dims == ("k", "weight", "seed", "epoch")
    assert dataset.attrs["title"] == "Accuracy versus k on digits"


def test_each_value_stands_at_its_place(tmp_path):
    import h5py
    dataset = opened(tmp_path, product((10, 25, 40), (0.0, 0.001), range(4)))
    with h5py.File(tmp_path / "sweep.h5") as file:
        for row in range(24):
            at = dict(k=file["k"][row], weight=file["sparsity_weight"][row], seed=file["seed"][row])
            assert dataset.test_accuracy.sel(at).item() == file["test_accuracy"][row]
            assert dataset.trial_id.sel(at).item() == file["trial_id"].asstr()[row]
            assert np.array_equal(dataset.train_loss_curve.sel(at), file["train_loss_curve"][row])


def test_the_single_k_of_a_sweep_is_a_dimension_too(tmp_path):
    assert dict(opened(tmp_path, product((25,), seeds=(3,))).sizes)["k"] == 1


def test_what_is_missing_is_nan_and_status_says_why(tmp_path):
    trials = product((10, 25))
    trials[0]["status"], trials[1]["status"] = MISSING, FAILED
    dataset = opened(tmp_path, trials)
    assert dataset.status.squeeze("weight").values.tolist() == [["missing", "failed", "done"], ["done"] * 3]
    assert np.isnan(dataset.test_accuracy).sum() == 2


def test_kinds_become_a_dimension_where_they_share_a_k(tmp_path):
    dataset = opened(tmp_path, product((10, 25)) + baselines((10, 25), (0, 1, 2)))
    assert dataset.test_accuracy.dims == ("k", "weight", "seed", "kind") and set(dataset.kind.values) == {"k-sparse", "random", "raw"}
    assert dataset.sel(kind="random", k=10).status.values.squeeze().tolist() == ["done"] * 3
    assert dataset.sel(kind="raw", k=10).status.values.squeeze().tolist() == [""] * 3


def test_dims_that_do_not_tell_trials_apart_are_refused(tmp_path):
    with pytest.raises(ValueError, match="several trials have the same k, seed"):
        opened(tmp_path, product((10, 25), (0.0, 0.1)), dims=("k", "seed"))
    with pytest.raises(ValueError, match="there is no nonsense"):
        opened(tmp_path, product((10, 25)), dims=("nonsense",))


def test_a_grid_of_almost_nothing_is_refused(tmp_path):
    trials = [trial(k, k / 1000, k) for k in range(1, 101)]
    with pytest.raises(ValueError, match="1,000,000 places for 100 trials"):
        opened(tmp_path, trials)


def test_no_sweep_is_told(tmp_path):
    with pytest.raises(ReportError, match="no such file"):
        ksweep.open(tmp_path / "none.h5")


def test_the_example_runs(tmp_path):
    path = write_sweep(tmp_path / "sweep.h5", product((10, 25, 40), (0.0, 0.001)) + baselines((10, 25, 40), (0, 1, 2)))
    done = subprocess.run([sys.executable, str(REPORT.with_name("example.py")), str(path)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "25    98." in done.stdout and "Name: test_accuracy" in done.stdout


def test_classes_are_the_labels_of_the_data(tmp_path):
    def classes(*lines):
        path = write_sweep(tmp_path / f"{len(lines)}{len(lines[0])}.h5", product((10, 25)), attributes={"class_labels": "\n".join(lines)})
        return ksweep.open(path)["class"].values.tolist()
    numbers = [str(10 * i) for i in range(10)]
    assert classes("\t".join(["s", *numbers])) == [10 * i for i in range(10)]
    assert classes("\t".join(["s", *("x" + number for number in numbers)]))[1] == "x10"
    assert classes("\t".join(["s", *numbers]), "\t".join(["t", *numbers[::-1]])) == list(range(10)), "two sets of other labels"
