"""One short trial on the real MNIST, from KSWEEP_DATA or from a folder beside the repository."""

import os
from pathlib import Path

import pytest
from runs import column, ksweep, run, write_sweep

BESIDE = Path(__file__).resolve().parents[3] / "shared" / "data"
DATA = Path(os.environ.get("KSWEEP_DATA", BESIDE))

pytestmark = pytest.mark.skipif(not (DATA / "mnist").is_dir(),
                                reason=f"NOT TESTED: no MNIST in {DATA}. Fetch it with jobs/fetch-data mnist")

WHOLE = {"data.set": "mnist", "data.train": 0, "data.validation": 0, "data.test": 0, "model.hidden": 300, "model.k": 25,
         "train.epochs": 1, "train.batch": 100, "train.optimizer": "adam", "train.learning_rate": 0.003,
         "train.k_schedule": 0, "probe.tolerance": 1e-4}


def test_mnist_is_split_into_its_usual_parts(tmp_path):
    page = ksweep("plan", write_sweep(tmp_path, WHOLE), "--data-dir", DATA).stdout
    assert "784 inputs, 10 classes; 50000 training, 10000 validation, 10000 test samples" in page


def test_one_epoch_makes_usable_features(tmp_path):
    run(write_sweep(tmp_path, WHOLE), tmp_path / "out", KSWEEP_DATA=str(DATA))
    assert column(tmp_path / "out", "test_accuracy")[0] > 0.91  # 0.927 at the time of writing
    assert column(tmp_path / "out", "test_confusion")[0].sum() == 10000
