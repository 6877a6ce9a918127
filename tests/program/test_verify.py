"""`ksweep verify`: what is right passes; whatever is wrong with a results folder is found and named."""

import hashlib
import io
import shutil

import h5py
import pytest
from runs import ksweep, results_hash, run, trial_files, write_sweep

SEAL = 512


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """A finished sweep of four trials: (sweep file, results folder)."""
    folder = tmp_path_factory.mktemp("finished")
    sweep = write_sweep(folder, {"train.seed": "0, 1"})
    run(sweep, folder / "out")
    return sweep, folder / "out"


@pytest.fixture
def results(finished, tmp_path):
    """A copy that a test may spoil."""
    return shutil.copytree(finished[1], tmp_path / "out")


def verify(folder, *words, code):
    done = ksweep("verify", folder, "--threads", 1, *words)
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout + done.stderr


def some_record(folder):
    return sorted(folder.glob("trials/??/*.h5"))[0]


def seal(header, body):
    """The text in front of a record (src/store/FORMAT.md), with a checksum that is right."""
    lines = header.decode().splitlines()[:3] + [f"bytes {len(body)}"]
    text = ("\n".join(lines) + "\n").encode()
    text += b"sha256 " + hashlib.sha256(text + body).hexdigest().encode() + b"\n"
    return text.ljust(SEAL, b"\0")


def change(record, edit):
    """What nobody can see: edit(file) changes the record's HDF5 file, under a seal that is right."""
    whole = record.read_bytes()
    body = io.BytesIO(whole[SEAL:])
    with h5py.File(body, "r+") as file:
        edit(file)
    record.write_bytes(seal(whole[:SEAL], body.getvalue()) + body.getvalue())


def set_number(record, quantity, number_of):
    def edit(file):
        place = file["scalars"].attrs["names"].decode().split(",").index(quantity)
        file["scalars"][place] = number_of(file["scalars"][place])
    change(record, edit)


def change_number(record):
    """Another loss."""
    set_number(record, "train_loss", lambda loss: loss + 1e-9)


def test_a_finished_sweep_is_as_it_should_be(finished):
    text = verify(finished[1], "--sample", 4, code=0)
    assert "records    4 sound" in text
    assert f"4 of 4 finished trials as in the records; results_sha256 {results_hash(finished[1])}" in text
    assert text.count("the same bits") == 4 and "(k=4 seed=1, " in text
    assert "all is as it should be" in text


def test_nothing_is_changed(results):
    before = trial_files(results), (results / "sweep.h5").read_bytes()
    some_record(results).write_bytes(b"spoilt")
    spoilt = trial_files(results)
    verify(results, code=2)
    assert trial_files(results) == spoilt and (results / "sweep.h5").read_bytes() == before[1]


def test_the_same_seed_chooses_the_same_sample_and_another_others(finished):
    chosen = [verify(finished[1], "--sample", 1, "--seed", seed, code=0).split("retraining")[1] for seed in (0, 0, 1, 2, 3, 4)]
    assert chosen[0] == chosen[1]
    assert len(set(chosen)) > 1


def test_any_flipped_bit_of_a_record_is_found(results):
    record = some_record(results)
    whole = record.read_bytes()
    for position in (0, 40, 200, SEAL + 8, len(whole) // 2, len(whole) - 1):
        spoilt = bytearray(whole)
        spoilt[position] ^= 1
        record.write_bytes(spoilt)
        text = verify(results, "--sample", 0, code=2)
        assert f"{record}: " in text
    assert f"trial {record.stem} has no sound record in trials/" in text


def test_a_torn_record_is_found(results):
    record = some_record(results)
    record.write_bytes(record.read_bytes()[:-100])
    assert "its checksum is wrong: cut short, or changed" in verify(results, "--sample", 0, code=2)


def test_a_number_changed_under_a_right_seal_is_found_by_the_sweep_file(results):
    change_number(some_record(results))
    text = verify(results, "--sample", 0, code=2)
    assert "differs from its record: train_loss is " in text


def test_a_number_changed_everywhere_is_found_by_retraining(finished, results):
    change_number(some_record(results))
    run(finished[0], results)  # folds the records into sweep.h5
    verify(results, "--sample", 0, code=0)
    text = verify(results, "--sample", 4, code=2)
    assert f"trial {some_record(results).stem}" in text
    assert text.count("the same bits") == 3 and "train_loss is " in text and "when trained again" in text


@pytest.mark.parametrize("keys, name", [({}, "visible_bias"), ({"model.layers": "16-8"}, "encoder_2"),
                                        ({"model.layers": "16-8", "model.training": "joint"}, "biases_3"),
                                        ({"model.kind": "classifier", "model.layers": "16", "model.activation": "relu"}, "weights_2")])
def test_saved_weights_that_are_not_those_of_the_training_are_found(tmp_path, keys, name):
    run(write_sweep(tmp_path, {"model.k": 4, "results.save": "weights"} | keys), tmp_path / "out")
    record = some_record(tmp_path / "out")
    assert "all is as it should be" in verify(tmp_path / "out", "--sample", 1, code=0)

    def other_weight(file):
        values = file[name][...]
        values.flat[-1] += 1e-6
        file[name][...] = values
    change(record, other_weight)
    text = verify(tmp_path / "out", "--sample", 0, code=2)
    assert f"{record}: its saved weights are not those that its weights_sha256 is of" in text


def test_a_missing_record_is_found(results):
    record = some_record(results)
    record.unlink()
    assert f"trial {record.stem} has no sound record" in verify(results, "--sample", 0, code=2)


def test_a_record_under_another_name_is_found(results):
    one, other = sorted(results.glob("trials/??/*.h5"))[:2]
    one.write_bytes(other.read_bytes())
    assert f"{one}: it is the record of another trial ({other.stem})" in verify(results, "--sample", 0, code=2)


def test_strange_files_are_named_and_no_fault(results):
    for name in ("notes.txt", "ab/readme", "ab/0123.h5"):
        path = results / "trials" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("not ours")
    text = verify(results, "--sample", 0, code=0)
    assert text.count("a strange file, of which ksweep takes no notice") == 3


def test_trials_of_a_larger_grid_are_compared_and_named(finished, results, tmp_path):
    run(write_sweep(tmp_path, {"train.seed": "0"}), results)
    text = verify(results, "--sample", 0, code=0)
    assert "4 of 4 finished trials as in the records" in text and "2 trials of other grids" in text


def test_a_spoilt_or_absent_sweep_file_is_found(results):
    with open(results / "sweep.h5", "r+b") as file:
        file.seek(5000)
        file.write(b"spoilt")
    assert "sweep.h5: is not a sweep file of ksweep, or was cut short or changed" in verify(results, code=2)
    (results / "sweep.h5").unlink()
    assert "sweep.h5: is not there" in verify(results, code=2)


def test_other_data_cannot_prove_anything(tmp_path):
    data = tmp_path / "data"
    ksweep("data", "digits", "--output", data, "--train", 300, "--test", 100)
    run(write_sweep(tmp_path, {"data.set": data}), tmp_path / "out")
    ksweep("data", "digits", "--output", data, "--train", 301, "--test", 100)
    assert "the samples found here are not those that the records were made of" in verify(tmp_path / "out", code=1)


def test_a_folder_without_records_is_refused(tmp_path):
    assert "holds no folder trials/" in verify(tmp_path, code=1)


def test_what_an_older_version_did_not_measure_is_no_fault(tmp_path):
    sweep = write_sweep(tmp_path, {"model.kind": "wta", "model.k": None})
    run(sweep, tmp_path / "out")
    for record in (tmp_path / "out").glob("trials/??/*.h5"):
        for quantity in ("validation_mse_by_rule", "test_mse_by_rule", "test_fraction_of_variance_explained_by_rule", "l0_by_rule"):
            set_number(record, quantity, lambda _: float("nan"))
    run(sweep, tmp_path / "out")
    assert "the same bits" in verify(tmp_path / "out", "--sample", 1, code=0)
