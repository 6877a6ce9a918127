"""Files as NumPy and h5py write them are read by ksweep's readers."""

import os
import subprocess

import h5py
import numpy as np
import pytest

PROGRAM = os.environ.get("KSWEEP_DESCRIBE_DATA", "")
pytestmark = pytest.mark.skipif(not PROGRAM, reason="KSWEEP_DESCRIBE_DATA (the build's describe_data) is not set")

IMAGES = (np.arange(12 * 3 * 4) % 256).astype(np.uint8).reshape(12, 3, 4)
LABELS = np.arange(12) % 5


def described(path):
    """Lines that the program prints of a data set: {"train": "10 samples; ...", ...}"""
    text = subprocess.run([PROGRAM, str(path)], capture_output=True, text=True, check=True).stdout
    return {line[:14].strip(): line[14:].strip() for line in text.splitlines()}


def refused(path):
    """The message with which the program refuses a data set."""
    run = subprocess.run([PROGRAM, str(path)], capture_output=True, text=True, check=False)
    assert run.returncode == 1, run.stderr
    return run.stderr


def expect_images(facts, scale):
    assert facts["sample"] == "12 numbers: 1 channel(s) of 3 x 4"
    assert facts["train"].startswith("10 samples") and facts["test"].startswith("2 samples")
    assert float(facts["sum"]) == pytest.approx(IMAGES.sum() * scale, rel=1e-6)


@pytest.mark.parametrize("dtype", ["u1", "<i2", ">i4", "<i8", ">f4", "<f4", "<f8", ">f8", "<u2", "i1"])
def test_npy_of_every_type(tmp_path, dtype):
    images = IMAGES % 100
    np.save(tmp_path / "x.npy", images.astype(dtype))
    facts = described(tmp_path / "x.npy")
    scale = 1 / 255 if dtype == "u1" else 1
    assert float(facts["sum"]) == pytest.approx(images.sum() * scale, rel=1e-6)


@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
def test_npz_with_labels(tmp_path, save):
    save(tmp_path / "d.npz", x=IMAGES, y=LABELS)
    facts = described(tmp_path / "d.npz")
    expect_images(facts, 1 / 255)
    assert facts["classes"] == "5"


def test_npz_by_the_names_of_keras(tmp_path):
    np.savez(tmp_path / "d.npz", x_train=IMAGES[:7], y_train=LABELS[:7], x_test=IMAGES[7:], y_test=LABELS[7:])
    facts = described(tmp_path / "d.npz")
    assert facts["train"] == "7 samples; by class: 2 2 1 1 1" and facts["test"].startswith("5 samples")


def test_npy_versions_two_and_three(tmp_path):
    for version in [(2, 0), (3, 0)]:
        with open(tmp_path / "x.npy", "wb") as file:
            np.lib.format.write_array(file, IMAGES, version=version)
        expect_images(described(tmp_path / "x.npy"), 1 / 255)


def test_npy_in_fortran_order_is_refused(tmp_path):
    np.save(tmp_path / "x.npy", np.asfortranarray(IMAGES))
    assert "Fortran order" in refused(tmp_path / "x.npy")


def test_npy_of_python_objects_is_refused(tmp_path):
    np.save(tmp_path / "x.npy", np.array([{}, []], dtype=object))
    assert "its dtype is 'O'" in refused(tmp_path / "x.npy")


@pytest.mark.parametrize("options", [{}, {"compression": "gzip", "chunks": (5, 3, 4)}, {"compression": "lzf"}])
def test_hdf5_plain_and_packed(tmp_path, options):
    with h5py.File(tmp_path / "d.h5", "w") as file:
        file.create_dataset("deep/images", data=IMAGES, **options)
        file["deep/labels"] = LABELS
    facts = described(f"{tmp_path / 'd.h5'}:/deep/images")
    expect_images(facts, 1 / 255)
    assert facts["classes"] == "5"


@pytest.mark.parametrize("dtype", [">f8", "<f2", ">i2", "?"])
def test_hdf5_of_other_types(tmp_path, dtype):
    with h5py.File(tmp_path / "d.h5", "w") as file:
        file["x"] = (IMAGES % 2).astype(dtype)
    expected = (IMAGES % 2).sum()
    assert float(described(tmp_path / "d.h5")["sum"]) == pytest.approx(expected)


def test_hdf5_that_was_only_partly_written_is_refused(tmp_path):
    with h5py.File(tmp_path / "d.h5", "w") as file:
        images = file.create_dataset("x", shape=(100, 3, 4), dtype="u1", chunks=(10, 3, 4))
        images[:12] = IMAGES
    assert "never completely written" in refused(tmp_path / "d.h5")
