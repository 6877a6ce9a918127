"""The other commands, on results of real runs."""

import csv
import hashlib
import re
import struct
from pathlib import Path

import h5py
import numpy as np
import pytest
from runs import column, kill_all, ksweep, results_hash, run, start, trial_files, wait_until, weights_of, write_sweep

JOBS = Path(__file__).parents[2] / "jobs"
GRID = {"model.k": "2, 4", "train.seed": "0..2"}


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    folder = tmp_path_factory.mktemp("finished")
    sweep = write_sweep(folder, GRID)
    run(sweep, folder / "out", ranks=2)
    return {"sweep": sweep, "out": folder / "out"}


def said(*words, **options):
    done = ksweep(*words, **options)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("words", [[], ["run"], ["plan"], ["status"], ["report"], ["merge"], ["verify"], ["export"], ["prune"], ["weights"], ["data"],
                                   ["data", "info"], ["data", "digits"], ["data", "export"], ["data", "activations"]], ids=" ".join)
def test_help_of_each_command_is_a_page(words):
    page = said(*words, "--help")
    assert page.startswith("Usage:") or "\nUsage:" in page
    assert max(map(len, page.splitlines())) <= 100


def test_version_names_what_was_built():
    page = said("--version")
    assert re.fullmatch(r"ksweep \d+\.\d+\.\d+\ncommit +\S.*\ncompiler +\S.*\nflags +\S.*\n", page), page


def test_plan_lists_every_key():
    page = said("plan", "--keys")
    assert all(f"\n[{section}]\n" in page for section in ("data", "model", "train", "probe", "results", "grid"))
    assert "  k  " in page and "default 25" in page


def test_plan_writes_nothing(tmp_path):
    page = said("plan", write_sweep(tmp_path, GRID), "--output", tmp_path / "out", "--ranks", 2, "--list")
    assert "6 trials" in page and "#SBATCH --ntasks=2" in page and page.count("seed=") == 6
    assert [path.name for path in tmp_path.iterdir()] == ["tiny.cfg"]


def write_norb(folder, name, count):
    """Black stereo pairs and their classes in the format of small NORB, see src/data/norb.h."""
    folder.mkdir(exist_ok=True)
    pixels = struct.pack("<6I", 0x1E3D4C55, 4, count, 2, 96, 96) + bytes(count * 2 * 96 * 96)
    (folder / f"smallnorb-{name}-dat.mat").write_bytes(pixels)
    classes = struct.pack("<5I", 0x1E3D4C54, 1, count, 1, 1) + struct.pack(f"<{count}i", *(i % 5 for i in range(count)))
    (folder / f"smallnorb-{name}-cat.mat").write_bytes(classes)


def test_the_sweep_of_norb_can_be_planned(tmp_path):
    write_norb(tmp_path / "norb", "5x46789x9x18x6x2x96x96-training", 200)
    write_norb(tmp_path / "norb", "5x01235x9x18x6x2x96x96-testing", 10)
    page = said("plan", JOBS / "paper-norb.cfg", "--data-dir", tmp_path, "--set", "data.validation=50")
    assert "norb (standardise): 2048 inputs, 5 classes; 150 training" in page and "78 trials" in page


def test_the_sweep_of_natural_images_can_be_planned(tmp_path):
    (tmp_path / "cifar10").mkdir()
    for name in ("data_batch_1.bin", "test_batch.bin"):
        (tmp_path / "cifar10" / name).write_bytes(b"".join(bytes([i]) * 3073 for i in range(10)))
    page = said("plan", JOBS / "natural-images.cfg", "--data-dir", tmp_path)
    assert "cifar10 (12 x 12 patches, whiten): 432 inputs, 0 classes" in page and "4 trials" in page


def test_plan_counts_what_is_stored(finished):
    page = said("plan", finished["sweep"], "--output", finished["out"], "--set", "train.seed=0..4")
    assert "6 stored" in page and "4 to do" in page


def test_plan_names_the_trials_as_run_does(finished):
    page = said("plan", finished["sweep"], "--output", finished["out"], "--list")
    assert {line.split()[0] for line in page.splitlines() if "seed=" in line} == set(column(finished["out"], "trial_id"))


def test_status_after_a_run(finished):
    text = said("status", finished["out"])
    assert "complete" in text and "6 of 6 trials done" in text and " % on the validation part: k=" in text


PUBLISHED = sorted((JOBS / "published").glob("*.h5"))


def test_there_are_published_sweeps():
    assert len(PUBLISHED) >= 9


@pytest.mark.parametrize("file", PUBLISHED, ids=lambda file: file.stem)
def test_status_of_a_published_sweep_is_its_table_in_80_columns(file):
    lines = said("status", file).splitlines()
    assert re.match("Test (accuracy|variance unexplained) in %|GT-MCC", lines[2]) and max(map(len, lines)) <= 80


def test_status_while_it_runs_and_after_it_was_killed(tmp_path):
    sweep = write_sweep(tmp_path, {"train.epochs": "1, 1000000", "model.k": 4})
    process = start("run", sweep, "--output", tmp_path / "out", "--threads", 1, ranks=2)
    try:
        wait_until(lambda: trial_files(tmp_path / "out"), "the short trial")
        wait_until(lambda: "1 of 2 trials done, 1 running" in said("status", tmp_path / "out"), "the status file")
        assert "running on " in said("status", tmp_path / "out")
    finally:
        kill_all(process)
    # A killed process takes a while to die where others want the CPU.
    wait_until(lambda: "no longer runs" in said("status", tmp_path / "out"), "the end of the killed ranks")
    text = said("status", tmp_path / "out")
    assert "1 of 2 trials done" in text and "running" not in text


def test_P11_merged_halves_equal_the_whole(finished, tmp_path):
    for half, seeds in ("a", "0"), ("b", "1, 2"):
        run(finished["sweep"], tmp_path / half, "--set", f"train.seed={seeds}")
    text = said("merge", tmp_path / "a", tmp_path / "b" / "sweep.h5", "--output", tmp_path / "sweep.h5")
    assert "6 trials: 6 done, 0 failed, 0 missing" in text
    assert results_hash(tmp_path) == results_hash(finished["out"])
    with h5py.File(tmp_path / "sweep.h5") as file:
        assert set(file.attrs["axes"].split(",")) == {"model.k", "train.seed"}


def test_merge_takes_equal_trials_once(finished, tmp_path):
    said("merge", finished["out"], finished["out"], "--output", tmp_path / "sweep.h5")
    assert results_hash(tmp_path) == results_hash(finished["out"])


def test_P11_merge_of_a_file_whose_checksum_is_wrong_is_refused(finished, tmp_path):
    other = tmp_path / "other.h5"
    other.write_bytes((finished["out"] / "sweep.h5").read_bytes())
    with h5py.File(other, "r+") as file:
        file["test_accuracy"][0] += 0.125
    done = ksweep("merge", finished["out"], other, "--output", tmp_path / "all.h5")
    assert done.returncode == 1 and f"{other}: is not a sweep file of ksweep, or was cut short or changed" in done.stderr
    assert not (tmp_path / "all.h5").exists()


def test_export_holds_the_numbers_of_the_file(finished, tmp_path):
    said("export", finished["out"], "--csv", tmp_path / "trials.csv")
    with open(tmp_path / "trials.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 6
    for name in ("k", "seed", "test_accuracy", "train_loss", "wall_time_s"):
        values = column(finished["out"], name)
        assert [float(row[name]) for row in rows] == [float(value) for value in values], name
    assert [row["id"] for row in rows] == list(column(finished["out"], "trial_id"))


def test_data_info_describes_the_built_in_set():
    text = said("data", "info", "digits")
    facts = dict(re.findall(r"^(\w+(?: \w+)?)  +(\S.*)$", text, re.M))
    assert facts["data set"] == "digits" and facts["sample"] == "784 numbers: 1 channel(s) of 28 x 28" and facts["classes"] == "10"
    for part, size in ("train", 60000), ("test", 10000):
        count, _, of_classes = facts[part].partition(" samples; by class: ")
        assert int(count) == sum(map(int, of_classes.split())) == size and len(of_classes.split()) == 10


def test_digits_written_as_files_can_be_swept(tmp_path):
    said("data", "digits", "--output", tmp_path / "set", "--train", 1500, "--test", 300)
    text = said("data", "info", tmp_path / "set")
    assert "\ntrain         1500 samples" in text and "\ntest          300 samples" in text
    sweep = write_sweep(tmp_path, {"data.set": tmp_path / "set", "model.kind": "raw", "model.k": None, "data.train": 1200,
                                   "data.validation": 300, "data.test": 300})
    run(sweep, tmp_path / "out")
    assert 0.7 < column(tmp_path / "out", "test_accuracy")[0] < 1


def test_written_digits_are_those_of_the_generator(tmp_path):
    # Same seed, same split, same samples: the same numbers to the last bit, under other ids.
    said("data", "digits", "--output", tmp_path / "set", "--train", 250, "--test", 100)
    run(write_sweep(tmp_path), tmp_path / "built_in")
    run(write_sweep(tmp_path, {"data.set": tmp_path / "set"}), tmp_path / "files")
    for name in "test_accuracy", "train_loss", "weights_sha256":
        assert list(column(tmp_path / "files", name)) == list(column(tmp_path / "built_in", name)), name


def test_the_weights_of_the_end_of_training_are_kept_when_asked(tmp_path):
    sweep = write_sweep(tmp_path, {"results.save": "weights", "model.k": 4, "train.epochs": "0, 2", "model.tied": "no"})
    run(sweep, tmp_path / "out")
    kept = {}
    for trial, epochs, digest in zip(*(column(tmp_path / "out", name) for name in ("trial_id", "epochs", "weights_sha256"))):
        weights = weights_of(tmp_path / "out", trial)
        assert weights["encoder"].shape == weights["decoder"].shape == (16, 784)
        parts = (weights[name].tobytes() for name in ("encoder", "decoder", "hidden_bias", "visible_bias"))
        assert hashlib.sha256(b"".join(parts)).hexdigest() == digest
        kept[int(epochs)] = digest
    assert kept.keys() == {0, 2} and kept[0] != kept[2]


def test_sets_without_labels_are_trained_and_not_probed(tmp_path):
    np.save(tmp_path / "plain.npy", np.random.default_rng(0).random((200, 30), dtype=np.float32))
    sweep = write_sweep(tmp_path, {"data.set": tmp_path / "plain.npy", "data.train": 0, "data.validation": 0, "data.test": 0,
                                   "model.kind": "k-sparse, random, raw"})
    run(sweep, tmp_path / "out")
    accuracies, errors = column(tmp_path / "out", "test_accuracy"), column(tmp_path / "out", "test_mse")
    assert np.isnan(accuracies).all()
    assert (np.isnan(errors) == (column(tmp_path / "out", "kind") == "raw")).all()
