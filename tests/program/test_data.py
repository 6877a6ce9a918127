"""What users' own data files become, and that nothing about them is guessed in silence: by the built program."""

import json

import h5py
import numpy as np
import pytest
from runs import column, ksweep, results_hash, run, write_sweep

CLASSES = 10
SMALL = {"data.train": None, "data.validation": None, "data.test": None, "model.k": 8, "model.hidden": 32}


def pictures(side=8, count=600, seed=1):
    """(samples, labels): noisy blobs, whole numbers 0 .. 255, one place for each class."""
    stream = np.random.default_rng(seed)
    labels = np.arange(count) % CLASSES
    rows, columns = np.mgrid[:side, :side] / side
    angles = 2 * np.pi * labels / CLASSES
    middle = [(0.5 + 0.35 * each(angles))[:, None, None] for each in (np.sin, np.cos)]
    blobs = np.exp(-((rows - middle[0]) ** 2 + (columns - middle[1]) ** 2) / 0.03)
    samples = np.clip(200 * blobs + stream.integers(0, 56, (count, side, side)), 0, 255).round().astype(np.uint8)
    samples[0, 0, 0] = 255
    return samples, labels


def trained(folder, changes, *words, name="tiny.cfg"):
    """Numbers of a finished sweep's first trial, and what the sweep says of its data."""
    run(write_sweep(folder, SMALL | changes, name), folder / "out", *words)
    with h5py.File(folder / "out" / "sweep.h5") as file:
        assert (file["status"][()] == 1).all(), file["reason"][()]
        return {"test_samples": file["test_confusion"][0].sum(axis=1).tolist(), "test": file["test_accuracy"][0],
                "validation": file["validation_accuracy"][0], "hash": file["data_hash"][0], "classes": len(file["class"]),
                "labels": file.attrs["class_labels"].split("\t")[1:], "scale": file.attrs["data_scale"],
                "notes": file.attrs["data_notes"]}


def test_samples_sorted_by_class_without_a_test_part(tmp_path):
    samples, labels = pictures()
    order = np.argsort(labels, kind="stable")
    np.savez(tmp_path / "s.npz", x=samples[order], y=labels[order])
    found = trained(tmp_path, {"data.set": tmp_path / "s.npz", "train.epochs": 10})
    assert found["test_samples"] == [10] * CLASSES
    assert found["test"] > 0.8
    assert "100 of the 600 samples are the test set, taken at random from every class" in found["notes"]


def test_a_class_of_the_test_part_without_training_samples_is_told_everywhere(tmp_path):
    samples, labels = pictures()
    order = np.argsort(labels, kind="stable")
    np.savez(tmp_path / "s.npz", x=samples[order], y=labels[order])
    sweep = write_sweep(tmp_path, SMALL | {"data.set": tmp_path / "s.npz", "data.test_part": "last"})
    told = "9 (60 test, no training samples)"
    assert told in ksweep("plan", sweep).stdout
    assert told in run(sweep, tmp_path / "out").stderr
    assert told in ksweep("status", tmp_path / "out").stdout
    with h5py.File(tmp_path / "out" / "sweep.h5") as file:
        assert told in file.attrs["data_notes"]


@pytest.mark.parametrize("train, test", [("u1", "f4"), ("u1", "i8"), ("f8", "u1"), ("i4", "u2")])
def test_one_scale_for_all_parts_whatever_their_types(tmp_path, train, test):
    samples, labels = pictures()
    np.savez(tmp_path / "same.npz", x_train=samples[:500], y_train=labels[:500], x_test=samples[500:], y_test=labels[500:])
    np.savez(tmp_path / "mixed.npz", x_train=samples[:500].astype(train), y_train=labels[:500],
             x_test=samples[500:].astype(test), y_test=labels[500:])
    same = trained(tmp_path, {"data.set": tmp_path / "same.npz"}, name="same.cfg")
    assert trained(tmp_path, {"data.set": tmp_path / "mixed.npz"}, name="mixed.cfg")["hash"] == same["hash"]
    assert same["scale"].endswith("same.npz 255")


def test_parts_in_two_scales_are_refused(tmp_path):
    samples, labels = pictures()
    np.savez(tmp_path / "s.npz", x_train=samples[:500], y_train=labels[:500], x_test=samples[500:] / 255, y_test=labels[500:])
    done = ksweep("plan", write_sweep(tmp_path, SMALL | {"data.set": tmp_path / "s.npz"}))
    assert done.returncode == 1 and "not in one scale" in done.stderr


@pytest.mark.parametrize("rename", [lambda y: y + 1, lambda y: y * 10, lambda y: np.array(list("abcdefghij"))[y]])
def test_labels_of_any_kind_give_the_same_numbers(tmp_path, rename):
    samples, labels = pictures()
    np.savez(tmp_path / "plain.npz", x=samples, y=labels)
    np.savez(tmp_path / "other.npz", x=samples, y=rename(labels))
    changes = {"probe.kind": "kmeans"}
    plain = trained(tmp_path, changes | {"data.set": tmp_path / "plain.npz"})
    other = trained(tmp_path, changes | {"data.set": tmp_path / "other.npz"}, name="other.cfg")
    assert other["classes"] == CLASSES and other["test"] == plain["test"]
    assert other["labels"] == [str(label) for label in rename(np.arange(CLASSES))]


def test_what_is_not_used_is_told(tmp_path):
    samples, labels = pictures()
    np.savez(tmp_path / "s.npz", x_train=samples, y_train=labels, x_val=samples[:9], mean=samples.mean(0))
    sweep = write_sweep(tmp_path, SMALL | {"data.set": tmp_path / "s.npz"})
    for words in (("data", "info", tmp_path / "s.npz"), ("plan", sweep)):
        assert "not used: x_val, mean" in ksweep(*words).stdout
    assert "not used: x_val, mean" in run(sweep, tmp_path / "out", ranks=2).stderr


def test_a_relative_path_is_looked_for_beside_the_sweep_file_too(tmp_path):
    samples, labels = pictures()
    (tmp_path / "here").mkdir()
    np.savez(tmp_path / "s.npz", x=samples, y=labels)
    sweep = write_sweep(tmp_path, SMALL | {"data.set": "s.npz"})
    run(sweep, tmp_path / "out", cwd=tmp_path / "here")
    done = ksweep("plan", write_sweep(tmp_path, SMALL | {"data.set": "t.npz"}), cwd=tmp_path / "here")
    assert done.returncode == 1 and "\n  t.npz\n" in done.stderr and f"\n  {tmp_path / 't.npz'}" in done.stderr
    np.savez(tmp_path / "here" / "s.npz", x=samples[:120], y=labels[:120])
    plan = ksweep("plan", write_sweep(tmp_path, SMALL | {"data.set": "s.npz"}), cwd=tmp_path / "here").stdout
    assert "20 test samples" in plan and f"also found, and not used: {tmp_path / 's.npz'}" in plan


@pytest.mark.parametrize("change", [{"data.scale": 2}, {"data.test_part": "last"}])
def test_keys_of_files_are_refused_for_the_generator(tmp_path, change):
    done = ksweep("plan", write_sweep(tmp_path, change))
    assert done.returncode == 1 and "data.set = digits is made, not read" in done.stderr


def test_keys_that_change_nothing_orphan_nobody(tmp_path):
    samples, labels = pictures()
    np.savez(tmp_path / "s.npz", x=samples, y=labels)
    run(write_sweep(tmp_path, SMALL | {"data.set": tmp_path / "s.npz"}), tmp_path / "out")
    sweep = write_sweep(tmp_path, SMALL | {"data.set": tmp_path / "s.npz", "data.scale": 255, "data.test_part": "balanced"})
    assert "1 stored" in ksweep("plan", sweep, "--output", tmp_path / "out").stdout


def exported(folder, *words):
    """The arrays that `ksweep data export` writes into a folder."""
    done = ksweep("data", "export", *words, "--npy", "--output", folder)
    assert done.returncode == 0, done.stderr
    return {path.stem: np.load(path) for path in folder.glob("*.npy")}


def test_exported_samples_are_those_of_the_files_scaled(tmp_path):
    samples, labels = pictures()
    np.savez(tmp_path / "s.npz", x_train=samples[:500], y_train=labels[:500], x_test=samples[500:], y_test=labels[500:])
    found = exported(tmp_path / "e", tmp_path / "s.npz", "--set", "data.test=30")
    assert {name: (array.shape, array.dtype) for name, array in found.items()} == {
        "x_train": ((500, 64), "f4"), "x_test": ((30, 64), "f4"), "y_train": ((500,), "i4"), "y_test": ((30,), "i4")}
    assert (found["x_train"] == samples[:500].reshape(500, 64).astype("f4") / np.float32(255)).all()
    assert (found["y_test"] == labels[500:530]).all() and not (tmp_path / "e" / "classes.json").exists()


def test_exported_samples_are_prepared_and_their_classes_named(tmp_path):
    samples, labels = pictures()
    np.savez(tmp_path / "s.npz", x=samples, y=np.array(["ant", 'b"ee'])[labels % 2])
    found = exported(tmp_path / "e", tmp_path / "s.npz", "--set", "data.normalise=standardise")
    assert np.abs(found["x_train"].mean(axis=0)).max() < 1e-4 and np.abs(found["x_train"].std(axis=0) - 1).max() < 1e-3
    assert json.loads((tmp_path / "e" / "classes.json").read_text()) == ["ant", 'b"ee']


def test_one_part_of_a_generator_is_exported_alone(tmp_path):
    found = exported(tmp_path / "e", "digits", "--part", "train", "--set", "data.train=20", "--set", "data.validation=5")
    assert {name: len(array) for name, array in found.items()} == {"x_train": 25, "y_train": 25}


@pytest.mark.parametrize("words, message", [(["--set", "model.k=3"], "only keys of [data] prepare samples"),
                                            (["--set", "data.grey=yes,no"], "has several values"),
                                            ([], "y_test.npy: is there already: it would be lost")])
def test_what_cannot_be_exported_is_refused_and_nothing_written(tmp_path, words, message):
    (tmp_path / "y_test.npy" if not words else tmp_path / "own").write_bytes(b"mine")
    before = sorted(path.name for path in tmp_path.iterdir())
    done = ksweep("data", "export", "digits", "--npy", "--output", tmp_path, *words)
    assert done.returncode == 1 and message in done.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == before


SUPERPOSITION = SMALL | {"data.set": "superposition", "data.features": 40, "data.dimensions": 32, "data.true_l0": 3, "data.train": 300,
                         "data.validation": 60, "data.test": 60}


def test_superposition_is_trained_and_described(tmp_path):
    sweep = write_sweep(tmp_path, SUPERPOSITION | {"data.true_l0": "2, 3", "data.normalise": "scale"})
    run(sweep, tmp_path / "out", ranks=2)
    with h5py.File(tmp_path / "out" / "sweep.h5") as file:
        assert (file["status"][()] == 1).all() and len(set(file["data_hash"][()])) == 2
    assert "1024 features, L0 10, exponent 0.5, noise 0 in 64 dimensions" in ksweep("data", "info", "superposition").stdout
    done = ksweep("plan", write_sweep(tmp_path, {"data.noise": 1}))
    assert done.returncode == 1 and "data.noise: concerns data.set = superposition only, not digits" in done.stderr


@pytest.mark.parametrize("ranks", [None, 2])
@pytest.mark.parametrize("normalise", ["none", "scale"])
def test_superposition_made_as_it_is_needed_gives_the_results_of_samples_in_memory(tmp_path, ranks, normalise):
    keys = {"data.train": 600_000, "data.normalise": normalise, "train.epochs": None, "train.samples": 3000}  # 77 MB
    sweep = write_sweep(tmp_path, SUPERPOSITION | keys)
    words = {"in memory": (), "as needed": ("--memory", "0.15")}
    said = {name: run(sweep, tmp_path / name, *words[name], ranks=ranks).stderr for name in words}
    assert {name: "are made as they are needed" in text for name, text in said.items()} == {"in memory": False, "as needed": True}
    assert column(tmp_path / "as needed", "trial_id").tolist() == column(tmp_path / "in memory", "trial_id").tolist()
    assert results_hash(tmp_path / "as needed") == results_hash(tmp_path / "in memory")
