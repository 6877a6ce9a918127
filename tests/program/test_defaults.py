"""A sweep file that says little trains on whatever set it names: no trial fails, and each learns something."""

import numpy as np
import pytest
from runs import TINY, column, ksweep, run, write_sweep
from test_mnist import DATA

KINDS = "k-sparse, batch-topk, wta, plain, rbm, classifier"
FEW = {name: value for name, value in TINY.items() if name.startswith("data.")} | {
    "data.train": 500, "data.validation": 200, "data.test": 300}


def images(side, n, seed):
    """n pictures of ten bright objects each of which fills half of the picture, moved, shaded and with noise; 0 to 255."""
    shapes, random = np.random.default_rng(0), np.random.default_rng(seed)
    down, right = np.mgrid[:side + 4, :side + 4] / side
    objects = []
    for _ in range(10):
        waves = shapes.normal(size=(6, 4))
        height = sum(a * np.cos(6 * (b * down + c * right) + 3 * d) for a, b, c, d in waves)
        objects.append(np.where(height > np.median(height), 0.6 + 0.4 * np.cos(4 * height), 0))
    labels = random.permutation(n) % 10
    pictures = []
    for label in labels:
        y, x = random.integers(0, 5, 2)
        pictures.append(objects[label][y:y + side, x:x + side] * random.uniform(0.7, 1) + 0.05 * random.normal(size=(side, side)))
    return (255 * np.clip(pictures, 0, 1)).astype(np.uint8), labels


def idx(path):
    content = path.read_bytes()
    shape = np.frombuffer(content, ">u4", content[3], 4)
    return np.frombuffer(content, np.uint8, offset=4 + 4 * content[3]).reshape(shape)


def small_digits(folder):
    """The built-in digits as 8 x 8 pictures of 0 to 16."""
    ksweep("data", "digits", "--output", folder / "digits", "--train", 2000, "--test", 500)
    parts = []
    for part in ("train", "t10k"):
        pictures = idx(folder / "digits" / f"{part}-images-idx3-ubyte")[:, 2:26, 2:26].astype(float)
        means = pictures.reshape(-1, 8, 3, 8, 3).mean((2, 4))
        parts += [np.round(means / means.max() * 16).astype(np.uint8), idx(folder / "digits" / f"{part}-labels-idx1-ubyte")]
    return parts


def write_set(folder, name):
    """Returns the keys of [data] for it."""
    if name in ("digits", "fashion"):
        return {"data.set": name}
    side = {"28 x 28 clothes": 28, "32 x 32 objects": 32}.get(name)
    train, test = (images(side, 2000, 1), images(side, 500, 2)) if side else (small_digits(folder)[:2], small_digits(folder)[2:])
    np.savez(folder / "set.npz", x_train=train[0], y_train=train[1], x_test=test[0], y_test=test[1])
    return {"data.set": folder / "set.npz", "data.normalise": None if side else "standardise"}


SETS = ["digits", "28 x 28 clothes", "32 x 32 objects", "8 x 8 digits, standardised",
        pytest.param("fashion", marks=pytest.mark.skipif(not (DATA / "fashion").is_dir(), reason=(
            f"NOT TESTED on Fashion-MNIST: it is not in {DATA}. Fetch it with jobs/fetch-data fashion")))]
LEAST = {"digits": 0.8, "28 x 28 clothes": 0.8, "32 x 32 objects": 0.8, "8 x 8 digits, standardised": 0.7, "fashion": 0.6}


@pytest.mark.parametrize("name", SETS)
def test_the_defaults_train_on_any_set(tmp_path, name):
    nothing = dict.fromkeys(TINY)
    sweep = write_sweep(tmp_path, nothing | FEW | write_set(tmp_path, name) | {"model.kind": KINDS, "model.hidden": 500})
    run(sweep, tmp_path / "out", "--data-dir", DATA)
    kinds, accuracy = column(tmp_path / "out", "kind"), column(tmp_path / "out", "test_accuracy")
    explained = column(tmp_path / "out", "test_fraction_of_variance_explained")
    assert len(kinds) == len(KINDS.split(",")) and np.isfinite(accuracy).all()
    assert dict(zip(kinds, accuracy))["k-sparse"] > LEAST[name], dict(zip(kinds, accuracy))
    assert (accuracy > 0.3).all(), dict(zip(kinds, accuracy))  # by chance: 0.1
    assert dict(zip(kinds, explained))["k-sparse"] > 0.3, dict(zip(kinds, explained))
