"""Files as NumPy and h5py write them are read by ksweep's readers."""

import os
import re
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
    facts = {}
    for line in text.splitlines():
        name = line[:14].strip()
        facts[name if name not in facts else f"{name}{len(facts)}"] = line[14:].strip()
    return facts


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
    assert float(facts["sum"]) == pytest.approx(images.sum() / 99, rel=1e-6)
    assert facts["scale"] == "divided by 99"


@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
def test_npz_with_labels(tmp_path, save):
    save(tmp_path / "d.npz", x=IMAGES, y=LABELS)
    facts = described(tmp_path / "d.npz")
    expect_images(facts, 1 / 143)
    assert facts["classes"] == "5"


def test_npz_by_the_names_of_keras(tmp_path):
    np.savez(tmp_path / "d.npz", x_train=IMAGES[:7], y_train=LABELS[:7], x_test=IMAGES[7:], y_test=LABELS[7:])
    facts = described(tmp_path / "d.npz")
    assert facts["train"] == "7 samples; by class: 2 2 1 1 1" and facts["test"].startswith("5 samples")


def test_npy_versions_two_and_three(tmp_path):
    for version in [(2, 0), (3, 0)]:
        with open(tmp_path / "x.npy", "wb") as file:
            np.lib.format.write_array(file, IMAGES, version=version)
        expect_images(described(tmp_path / "x.npy"), 1 / 143)


def content_of(path):
    return described(path)["content hash"]


def test_npy_in_fortran_order_is_the_same_set(tmp_path):
    np.save(tmp_path / "c.npy", IMAGES)
    np.save(tmp_path / "f.npy", np.asfortranarray(IMAGES))
    np.savez(tmp_path / "f.npz", x=np.asfortranarray(IMAGES))
    assert content_of(tmp_path / "f.npy") == content_of(tmp_path / "f.npz") == content_of(tmp_path / "c.npy")


@pytest.mark.parametrize("largest", [1, 16, 255, 65535])
def test_the_type_of_the_numbers_changes_nothing(tmp_path, largest):
    images = (np.arange(12 * 7) * 37 % (largest + 1)).reshape(12, 7)
    images[0, 0] = largest
    hashes = set()
    for dtype in ["u1", "u2", "i4", "i8", "f4", "f8", "f2"]:
        if np.array_equal(images.astype(dtype), images):
            np.savez(tmp_path / f"{dtype}.npz", x=images.astype(dtype), y=LABELS)
            hashes.add(content_of(tmp_path / f"{dtype}.npz"))
    assert len(hashes) == 1
    np.savez(tmp_path / "mixed.npz", x_train=images, y_train=LABELS, x_test=images.astype("f8"), y_test=LABELS)
    np.savez(tmp_path / "same.npz", x_train=images, y_train=LABELS, x_test=images, y_test=LABELS)
    assert content_of(tmp_path / "mixed.npz") == content_of(tmp_path / "same.npz")


@pytest.mark.parametrize("labels", [LABELS + 1, LABELS * 10, LABELS - 7, LABELS.astype("f4"), LABELS.astype("U"), LABELS.astype("S3"),
                                    np.array(["ant", "bee", "cat", "dog", "eel"])[LABELS]])
def test_classes_are_the_distinct_labels(tmp_path, labels):
    np.savez(tmp_path / "plain.npz", x=IMAGES, y=LABELS)
    np.savez(tmp_path / "other.npz", x=IMAGES, y=labels)
    facts = described(tmp_path / "other.npz")
    assert facts["classes"] == "5"
    assert facts["content hash"] == content_of(tmp_path / "plain.npz")
    with h5py.File(tmp_path / "other.h5", "w") as file:
        file["x"], file["y"] = IMAGES, labels.astype("S5") if labels.dtype.kind == "U" else labels
    assert content_of(tmp_path / "other.h5") == facts["content hash"]


def test_labels_that_are_named_are_shown_by_name(tmp_path):
    np.savez(tmp_path / "d.npz", x=IMAGES, y=np.array(["ant", "bee"])[LABELS % 2])
    assert described(tmp_path / "d.npz")["train"] == "10 samples; by class: ant: 6 bee: 4"


def test_npz_names_what_it_does_not_use(tmp_path):
    np.savez(tmp_path / "d.npz", x_train=IMAGES, y_train=LABELS, test_x=IMAGES[:3], test_y=LABELS[:3], x_val=IMAGES[:2])
    facts = described(tmp_path / "d.npz")
    assert facts["test"].startswith("3 samples")
    assert facts["note"] == "not used: x_val"


def test_npy_of_python_objects_is_refused(tmp_path):
    np.save(tmp_path / "x.npy", np.array([{}, []], dtype=object))
    assert "its dtype is 'O'" in refused(tmp_path / "x.npy")


@pytest.mark.parametrize("options", [{}, {"compression": "gzip", "chunks": (5, 3, 200)}, {"compression": "lzf"},
                                     {"compression": "lzf", "shuffle": True, "fletcher32": True}])
def test_hdf5_plain_and_packed(tmp_path, options):
    images = np.repeat(IMAGES, 50, axis=2)   # so that packing makes them smaller: what does not shrink is stored as it is
    with h5py.File(tmp_path / "d.h5", "w") as file:
        packed = file.create_dataset("deep/images", data=images, **options)
        if "compression" in options:
            assert packed.id.get_storage_size() < images.nbytes / 2
        file["deep/labels"] = LABELS
    np.savez(tmp_path / "d.npz", x=images, y=LABELS)
    facts = described(f"{tmp_path / 'd.h5'}:/deep/images")
    assert facts["classes"] == "5" and facts["content hash"] == content_of(tmp_path / "d.npz")


def test_hdf5_packed_with_an_unknown_filter_is_refused(tmp_path):
    with h5py.File(tmp_path / "d.h5", "w") as file:
        space, settings = h5py.h5s.create_simple((12, 3)), h5py.h5p.create(h5py.h5p.DATASET_CREATE)
        settings.set_chunk((12, 3))
        settings.set_filter(305, h5py.h5z.FLAG_OPTIONAL, ())
        h5py.h5d.create(file.id, b"x", h5py.h5t.NATIVE_UINT8, space, settings).write(
            h5py.h5s.ALL, h5py.h5s.ALL, np.ones((12, 3), "u1"))
    assert "a filter that is not installed (305" in refused(tmp_path / "d.h5")


def test_hdf5_groups_are_known_by_their_names(tmp_path):
    with h5py.File(tmp_path / "usps.h5", "w") as file:
        file["train/data"], file["train/target"] = IMAGES, LABELS
        file["test/data"], file["test/target"] = IMAGES[:5], LABELS[:5]
        file["notes/mean"] = IMAGES.mean(0)
    facts = described(tmp_path / "usps.h5")
    assert facts["train"].startswith("12 samples; by class") and facts["test"].startswith("5 samples; by class")
    assert facts["note"] == "not used: notes/mean"


def test_hdf5_coordinates_are_no_samples(tmp_path):
    with h5py.File(tmp_path / "d.h5", "w") as file:
        file["images"], file["label"], file["sample"], file["feature"] = IMAGES, LABELS, np.arange(12), np.arange(4)
        for axis, name in ((0, "sample"), (2, "feature")):
            file[name].make_scale(name)
            file["images"].dims[axis].attach_scale(file[name])
    facts = described(tmp_path / "d.h5")
    assert facts["classes"] == "5" and facts["sample"] == "12 numbers: 1 channel(s) of 3 x 4"


def test_hdf5_links_to_nothing_are_refused(tmp_path):
    with h5py.File(tmp_path / "d.h5", "w") as file:
        file["x"] = IMAGES
        file["y"] = h5py.ExternalLink("gone.h5", "/y")
    assert "d.h5:/y: is a link to something that is not there" in refused(tmp_path / "d.h5")
    with h5py.File(tmp_path / "gone.h5", "w") as file:
        file["y"] = LABELS
    assert described(tmp_path / "d.h5")["classes"] == "5"


def test_hdf5_enums_above_127(tmp_path):
    labels = np.where(LABELS > 2, 200, 7)
    with h5py.File(tmp_path / "d.h5", "w") as file:
        file["x"] = IMAGES
        file.create_dataset("y", data=labels, dtype=h5py.enum_dtype({"a": 7, "b": 200}, basetype="u1"))
    assert re.fullmatch(r"10 samples; by class: 7: \d 200: \d", described(tmp_path / "d.h5")["train"])


def save_mat(path, **arrays):
    """As MATLAB's save -v7.3 does: behind a block of text, axes from last to first."""
    with h5py.File(path, "w", userblock_size=512) as file:
        for name, array in arrays.items():
            file[name] = array.T
            file[name].attrs["MATLAB_class"] = np.bytes_("double" if array.dtype == np.float64 else array.dtype.name)
    with open(path, "r+b") as file:
        file.write(b"MATLAB 7.3 MAT-file, Platform: GLNXA64".ljust(124) + b"\0\2IM")


def test_matlab_files(tmp_path):
    rows = IMAGES.reshape(12, 12)
    save_mat(tmp_path / "d.mat", X=rows.T, y=(LABELS + 1.0).reshape(12, 1))
    np.savez(tmp_path / "d.npz", x=rows, y=LABELS)
    facts = described(tmp_path / "d.mat")
    assert facts["content hash"] == content_of(tmp_path / "d.npz")
    assert facts["note"] == "MATLAB's last axis counts the samples: 12 samples of 12 numbers"
    save_mat(tmp_path / "images.mat", images=np.moveaxis(IMAGES, 0, 2), labels=LABELS.reshape(1, 12).astype("u1"))
    np.savez(tmp_path / "images.npz", x=IMAGES, y=LABELS)
    assert content_of(tmp_path / "images.mat") == content_of(tmp_path / "images.npz")


def test_matlab_files_with_samples_in_rows_are_told(tmp_path):
    save_mat(tmp_path / "d.mat", X=IMAGES.reshape(12, 12)[:, :9], y=LABELS.reshape(12, 1).astype("f8"))
    assert "They fit the other axis" in refused(tmp_path / "d.mat")
    (tmp_path / "old.mat").write_bytes(b"MATLAB 5.0 MAT-file, Platform".ljust(128) + b"x" * 100)
    assert "-v7.3" in refused(tmp_path / "old.mat")


@pytest.mark.parametrize("dtype", [">f8", "<f2", ">i2", "?"])
def test_hdf5_of_other_types(tmp_path, dtype):
    with h5py.File(tmp_path / "d.h5", "w") as file:
        file["x"] = (IMAGES % 2).astype(dtype)
    expected = (IMAGES % 2).sum()   # largest number 1
    assert float(described(tmp_path / "d.h5")["sum"]) == pytest.approx(expected)


def test_hdf5_that_was_only_partly_written_is_refused(tmp_path):
    with h5py.File(tmp_path / "d.h5", "w") as file:
        images = file.create_dataset("x", shape=(100, 3, 4), dtype="u1", chunks=(10, 3, 4))
        images[:12] = IMAGES
    assert "only 2 of its 10 chunks were ever written" in refused(tmp_path / "d.h5")


@pytest.mark.parametrize("options", [{}, {"compression": "gzip"}, {"compression": "lzf"}, {"maxshape": (None, 3, 4)},
                                     {"fletcher32": True}])
@pytest.mark.parametrize("libver", ["earliest", "latest"])
@pytest.mark.parametrize("absent", ["x", "y", "x_test"])
def test_hdf5_chunks_that_were_never_written_are_refused(tmp_path, options, libver, absent):
    with h5py.File(tmp_path / "d.h5", "w", libver=libver) as file:
        for name, values in {"x": IMAGES, "y": LABELS, "x_test": IMAGES, "y_test": LABELS}.items():
            limits = {"maxshape": (None,) + values.shape[1:]} if "maxshape" in options else {}
            array = file.create_dataset(name, values.shape, values.dtype, chunks=(5,) + values.shape[1:], **{**options, **limits})
            array[:8 if name == absent else 12] = values[:8 if name == absent else 12]
    assert f"d.h5:/{absent}: only 2 of its 3 chunks were ever written" in refused(tmp_path / "d.h5")


def test_samples_that_look_unwritten_are_noted(tmp_path):
    with h5py.File(tmp_path / "d.h5", "w") as file:
        images = file.create_dataset("x", IMAGES.shape, "u1")   # in one piece: zeros are really stored
        images[:8] = IMAGES[:8]
    assert "4 of 12 training samples are zero throughout" in described(tmp_path / "d.h5")["note"]
