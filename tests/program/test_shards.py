"""Samples in shards, by the built program: of every format and type, in memory or left in their files, and what is refused before any training."""

import json
import shutil
import struct

import numpy as np
import pytest
import rederive
from runs import PATIENCE_S, column, kill_all, ksweep, lasting, results_hash, run, start, trial_files, wait_until, write_sweep
from safetensors_files import exact_samples, stored_bytes, write_raw, write_safetensors

# Samples of more than a quarter of MEMORY stay in their files; what is more than a rank needs is left for a second one.
MEMORY = ("--memory", "0.15")
N_SAMPLES, N_INPUTS, N_POSITIONS = 300_000, 64, 4
PER_SHARD = N_SAMPLES // 3

# Of so many samples a few are trained on: reading and hashing all takes a second.
KEYS = {"data.train": 500, "data.validation": 100, "data.test": 100, "model.hidden": 32, "model.activation": "relu", "model.tied": "no",
        "model.pre_bias": "yes", "model.unit_norm": "yes", "train.seed": "0, 1"}
IN_FILES = "GB, stay in their files and are read while training"


def in_documents(samples):
    return samples.reshape(-1, N_POSITIONS, samples.shape[1])


@pytest.fixture(scope="module")
def samples():
    return np.tile(exact_samples(3000, N_INPUTS), (N_SAMPLES // 3000, 1))


def write_mixed(folder, samples, shape_first=lambda part: part):
    """Three shards, a type each; the later ones in documents."""
    folder.mkdir()
    write_safetensors(folder / "s8.safetensors", shape_first(samples[:PER_SHARD]), "F32")
    write_safetensors(folder / "s9.safetensors", in_documents(samples[PER_SHARD:-PER_SHARD]), "BF16")
    write_safetensors(folder / "s10.safetensors", in_documents(samples[-PER_SHARD:]), "F16")
    return folder


def write_numpy_shards(folder, samples):
    folder.mkdir()
    for number, part in enumerate(np.split(samples, 3)):
        np.save(folder / f"part-{number}.npy", part.astype("f2"))
    return folder


def write_indexed(folder, samples):
    """Two arrays in one file and a third in another, by an index that passes over a file and a vector."""
    folder.mkdir()
    first, second, third = np.split(samples, 3)
    write_safetensors(folder / "one.safetensors", first, "BF16", "a", more={"b": second, "bias": samples[0]})
    write_safetensors(folder / "two.safetensors", third, "BF16", "c")
    write_safetensors(folder / "other.safetensors", samples[:5])
    files = {"c": "two.safetensors", "b": "one.safetensors", "a": "one.safetensors", "bias": "one.safetensors"}
    (folder / "model.safetensors.index.json").write_text(json.dumps({"metadata": {}, "weight_map": files}))
    return folder


@pytest.fixture(scope="module")
def layouts(samples, tmp_path_factory):
    """{name: data.set}: the same samples in the same order."""
    folder = tmp_path_factory.mktemp("layouts")
    np.save(folder / "whole.npy", samples)
    mixed, numpy_shards = write_mixed(folder / "mixed", samples), write_numpy_shards(folder / "numpy", samples)
    indexed = write_indexed(folder / "indexed", samples)
    yield {"one file": folder / "whole.npy", "mixed": mixed, "npy": numpy_shards, "glob": f'"{numpy_shards}/*.npy"', "index": indexed}
    shutil.rmtree(folder)


def results_of(folder):
    return {"ids": column(folder, "trial_id").tolist(), "results": results_hash(folder), "done": column(folder, "status").tolist()}


def trained(folder, where, *words, ranks=None, **changes):
    done = run(write_sweep(folder, KEYS | {"data.set": where} | changes), folder / "out", *words, ranks=ranks)
    assert (IN_FILES in done.stderr) == (words == MEMORY), done.stderr
    return results_of(folder / "out")


@pytest.fixture(scope="module")
def in_memory(layouts, tmp_path_factory):
    found = trained(tmp_path_factory.mktemp("in_memory"), layouts["one file"])
    assert found["done"] == [1] * 4
    return found


@pytest.mark.parametrize("layout", ["mixed", "index"])
def test_shards_in_memory_are_the_samples_of_one_file(layouts, in_memory, tmp_path, layout):
    assert trained(tmp_path, layouts[layout]) == in_memory


@pytest.mark.parametrize("layout", ["one file", "mixed", "npy", "glob", "index"])
def test_samples_that_stay_in_files_give_the_results_of_those_in_memory(layouts, in_memory, tmp_path, layout):
    assert trained(tmp_path, layouts[layout], *MEMORY) == in_memory


def test_two_ranks_on_samples_in_files_give_the_results_of_one_on_samples_in_memory(layouts, in_memory, tmp_path):
    assert trained(tmp_path, layouts["mixed"], *MEMORY, ranks=2) == in_memory


@pytest.mark.parametrize("ranks", [None, 2])
def test_killed_and_resumed_from_files_it_equals_an_undisturbed_run_in_memory(layouts, tmp_path, ranks):
    keys = lasting(0.3, KEYS | {"data.set": layouts["mixed"], "train.seed": "0..3", "train.epochs": 2})
    run(write_sweep(tmp_path, keys), tmp_path / "undisturbed")
    sweep = write_sweep(tmp_path, keys)
    process = start("run", sweep, "--output", tmp_path / "out", "--threads", 1, *MEMORY, ranks=ranks)
    wait_until(lambda: trial_files(tmp_path / "out") or process.poll() is not None, "the first trial")
    kill_all(process)
    before = trial_files(tmp_path / "out")
    assert 0 < len(before) < 8
    run(sweep, tmp_path / "out", *MEMORY, ranks=ranks)
    assert results_of(tmp_path / "out") == results_of(tmp_path / "undisturbed")


@pytest.mark.parametrize("words", [(), MEMORY], ids=["in memory", "in files"])
def test_positions_that_are_left_out_are_no_samples(samples, tmp_path, words):
    shards = write_mixed(tmp_path / "shards", samples, in_documents)
    np.save(tmp_path / "kept.npy", in_documents(samples)[:, [1, 2]].reshape(-1, N_INPUTS))
    (tmp_path / "a").mkdir(), (tmp_path / "b").mkdir()
    kept = trained(tmp_path / "a", tmp_path / "kept.npy")
    assert trained(tmp_path / "b", shards, *words, **{"data.skip_positions": '"0,3"'}) == kept
    shutil.rmtree(shards)


@pytest.mark.parametrize("words", [(), MEMORY], ids=["in memory", "in files"])
def test_what_is_taken_for_positions_is_told(samples, tmp_path, words):
    write_safetensors(tmp_path / "s.safetensors", in_documents(samples), "F16")
    keys = KEYS | {"data.set": tmp_path / "s.safetensors", "data.skip_positions": '"0,1"'}
    told = run(write_sweep(tmp_path, keys), tmp_path / "out", *words).stderr
    assert (f"taken as documents x positions x inputs: {N_SAMPLES // N_POSITIONS} x {N_POSITIONS} x {N_INPUTS}; "
            "every position is a sample, without position(s) 0,1") in told


def test_positions_of_a_later_shard_are_told_too(tmp_path):
    (tmp_path / "shards").mkdir()
    write_safetensors(tmp_path / "shards" / "1.safetensors", exact_samples(600))
    write_safetensors(tmp_path / "shards" / "2.safetensors", in_documents(exact_samples(600)))
    assert "taken as documents x positions x inputs" in ksweep("data", "info", tmp_path / "shards").stdout


def test_positions_of_npy_shards_are_samples_where_some_are_left_out(tmp_path):
    documents = in_documents(exact_samples(1200, 16))
    write_numpy_shards(tmp_path / "shards", documents)
    np.save(tmp_path / "kept.npy", documents[:, 1:].reshape(-1, 16))
    (tmp_path / "a").mkdir(), (tmp_path / "b").mkdir()
    assert trained(tmp_path / "a", tmp_path / "shards", **{"data.skip_positions": 0}) == trained(tmp_path / "b", tmp_path / "kept.npy")


@pytest.mark.parametrize("layout", ["one file", "mixed"])
def test_scaled_samples_in_files_give_the_results_of_those_in_memory(layouts, tmp_path, layout):
    (tmp_path / "a").mkdir(), (tmp_path / "b").mkdir()
    scaled = {"data.normalise": "scale"}
    assert trained(tmp_path / "a", layouts[layout], *MEMORY, **scaled) == trained(tmp_path / "b", layouts["one file"], **scaled)


def test_scaled_samples_are_without_their_mean_and_times_one_factor(tmp_path):
    given = 3 + exact_samples(600).astype(float)
    write_safetensors(tmp_path / "s.safetensors", given)
    done = ksweep("data", "export", tmp_path / "s.safetensors", "--npy", "--output", tmp_path / "e", "--set", "data.normalise=scale")
    assert done.returncode == 0, done.stderr
    test_rows = rederive.test_rows(len(given))
    centred = given - np.delete(given, test_rows, axis=0).mean(axis=0)
    train, test = np.delete(centred, test_rows, axis=0), centred[test_rows]
    factor = np.sqrt(given.shape[1]) / np.linalg.norm(train, axis=1).mean()
    assert np.load(tmp_path / "e" / "x_train.npy") == pytest.approx(factor * train, abs=1e-5)
    assert np.load(tmp_path / "e" / "x_test.npy") == pytest.approx(factor * test, abs=1e-5)


def without_notes(text):
    return [line for line in text.splitlines() if not line.startswith("note")]


@pytest.mark.parametrize("layout", ["one file", "mixed", "npy"])
def test_data_info_says_the_same_of_samples_in_files_and_in_memory(layouts, layout):
    here, there = (ksweep("data", "info", str(layouts[layout]).strip('"'), *words) for words in ((), MEMORY))
    assert (here.returncode, there.returncode) == (0, 0), f"{here.stderr}\n{there.stderr}"
    assert IN_FILES in there.stdout and IN_FILES not in here.stdout
    assert without_notes(here.stdout) == without_notes(there.stdout)


def told_of(path, samples):
    write_safetensors(path, samples)
    return ksweep("data", "info", path).stdout


def test_data_info_advises_to_subtract_a_large_mean(tmp_path):
    samples = exact_samples()
    advice = "advice        subtract the mean"
    assert advice not in told_of(tmp_path / "s.safetensors", samples) and advice in told_of(tmp_path / "t.safetensors", samples + 2)


def test_data_info_counts_outliers_and_advises_to_leave_them_out(tmp_path):
    samples = exact_samples()
    samples[::100] *= 50
    told = told_of(tmp_path / "s.safetensors", samples)
    n_outlying = len(np.setdiff1d(np.arange(0, 600, 100), rederive.test_rows(600)))
    assert f"outliers      {n_outlying} of 500 samples, above 10 times the median norm" in told
    assert "advice        leave the outliers out" in told


# What is wrong with the last shard, and what is said of it.

def cut_short(path, part):
    write_safetensors(path, part)
    path.write_bytes(path.read_bytes()[:-1])


def longer_than_its_header_says(path, part):
    write_safetensors(path, part)
    path.write_bytes(path.read_bytes() + bytes(4))


def header_beyond_the_file(path, part):
    write_safetensors(path, part)
    path.write_bytes(struct.pack("<Q", 1 << 40) + path.read_bytes()[8:])


def gap_before_an_array(path, part):
    data = stored_bytes(part, "F32")
    write_raw(path, {"acts": {"dtype": "F32", "shape": part.shape, "data_offsets": [4, 4 + len(data)]}}, bytes(4) + data)


def larger_than_its_place(path, part):
    write_safetensors(path, part, lies={"shape": [len(part), part.shape[1] + 1]})


def of_another_width(path, part):
    write_safetensors(path, part[:, 1:])


def of_an_unknown_type(path, part):
    write_safetensors(path, part, lies={"dtype": "F8_E4M3"})


def with_number(number):
    def write(path, part):
        part = part.copy()
        part[-1, 5] = number
        write_safetensors(path, part)
    return write


def with_nan_in_a_document(path, part):
    part = part.copy()
    part[-1, 0] = np.nan
    write_safetensors(path, in_documents(part), "BF16")


FAULTS = {
    "cut short": (cut_short, "acts: its data_offsets are no place within the"),
    "too long": (longer_than_its_header_says, "4 bytes behind the last array belong to none"),
    "header beyond the file": (header_beyond_the_file, "claims a header of 1099511627776 bytes in a file of"),
    "gap": (gap_before_an_array, "acts: bytes before it belong to no array"),
    "lying shape": (larger_than_its_place, f"acts: its shape 12 x {N_INPUTS + 1} takes"),
    "width": (of_another_width, f"acts: its size is 12 x {N_INPUTS - 1}, but that of"),
    "type": (of_an_unknown_type, "acts: its dtype is F8_E4M3"),
    "NaN": (with_number(np.nan), "acts: row 11 (counted from 0), number 5 is NaN"),
    "infinity": (with_number(-np.inf), "acts: row 11 (counted from 0), number 5 is infinite"),
    "NaN in a document": (with_nan_in_a_document, "acts: document 2, position 3 (both counted from 0), number 0 is NaN")}


@pytest.fixture(scope="module")
def large_shard(samples, tmp_path_factory):
    """So large that a set with it stays in its files."""
    path = tmp_path_factory.mktemp("large") / "s1.safetensors"
    write_safetensors(path, samples, "F16")
    yield path
    path.unlink()


@pytest.mark.parametrize("words", [(), MEMORY], ids=["in memory", "in files"])
@pytest.mark.parametrize("fault", FAULTS)
def test_a_faulty_last_shard_is_named_before_any_training(large_shard, samples, tmp_path, fault, words):
    write, message = FAULTS[fault]
    shards = tmp_path / "shards"
    shards.mkdir()
    if words:
        (shards / "s1.safetensors").symlink_to(large_shard)
    else:
        write_safetensors(shards / "s1.safetensors", samples[:12])
    write(shards / "s2.safetensors", samples[:12])
    keys = KEYS | {"data.set": shards, "data.train": 8, "data.validation": 2, "data.test": 2, "train.batch": 4}
    done = run(write_sweep(tmp_path, keys), tmp_path / "out", *words, code=1)
    assert f"{shards / 's2.safetensors'}: {message}" in done.stderr
    assert not trial_files(tmp_path / "out")


@pytest.mark.parametrize("change, message", [
    (lambda index: index["weight_map"].update(a="gone.safetensors"), "names gone.safetensors, which is not there"),
    (lambda index: index["weight_map"].update(z="one.safetensors"), "names z in one.safetensors, which does not hold it"),
    (lambda index: index["weight_map"].update(a="../one.safetensors"), "names no file in this folder for a"),
    (lambda index: index.pop("weight_map"), "is no JSON with a weight_map")])
def test_an_index_that_does_not_fit_its_files_is_refused(tmp_path, change, message):
    folder = write_indexed(tmp_path / "indexed", exact_samples(60))
    path = folder / "model.safetensors.index.json"
    index = json.loads(path.read_text())
    change(index)
    path.write_text(json.dumps(index))
    done = run(write_sweep(tmp_path, KEYS | {"data.set": folder}), tmp_path / "out", code=1)
    assert f"{path}: " in done.stderr and message in done.stderr


def test_shards_of_two_formats_are_refused_and_a_pattern_chooses(tmp_path):
    write_safetensors(tmp_path / "1.safetensors", exact_samples(1200))
    np.save(tmp_path / "2.npy", exact_samples(1200))
    done = run(write_sweep(tmp_path, KEYS | {"data.set": tmp_path}), tmp_path / "out", code=1)
    assert "2.npy: is of another format than" in done.stderr
    run(write_sweep(tmp_path, KEYS | {"data.set": f'"{tmp_path}/*.npy"'}), tmp_path / "out")


@pytest.mark.parametrize("where", ["s.pt", "."])
def test_pickles_are_not_read_and_the_message_says_how_to_convert_them(tmp_path, where):
    (tmp_path / "s.pt").write_bytes(b"PK\3\4" + bytes(100))
    done = run(write_sweep(tmp_path, KEYS | {"data.set": tmp_path / where}), tmp_path / "out", code=1)
    assert f"{tmp_path / 's.pt'}: is a pickle of Python" in done.stderr and 'python3 -c "import torch' in done.stderr


# What happens to files while they are trained on.

def start_on_files(folder, keys, ranks):
    """A run on samples in files that has begun to train."""
    process = start("run", write_sweep(folder, keys), "--output", folder / "out", "--threads", 1, *MEMORY, ranks=ranks)
    wait_until(lambda: (folder / "out" / "crashes" / "active-0").exists() or process.poll() is not None, "a training to begin")
    assert process.poll() is None
    return process


@pytest.mark.parametrize("ranks", [None, 2])
def test_a_shard_that_is_cut_while_training_ends_the_run_with_its_name(samples, tmp_path, ranks):
    shards = write_mixed(tmp_path / "shards", samples)
    process = start_on_files(tmp_path, KEYS | {"data.set": shards, "train.epochs": 1_000_000}, ranks)
    with open(shards / "s9.safetensors", "r+b") as file:
        file.truncate(1000)
    out, err = process.communicate(timeout=PATIENCE_S)
    shutil.rmtree(shards)
    assert process.returncode == 3, f"exit code {process.returncode}\n{out}\n{err}"
    assert f"{shards / 's9.safetensors'}: cannot be read any more (it has become shorter)" in err


def test_a_shard_that_is_removed_while_training_is_kept_by_the_run(samples, layouts, tmp_path):
    keys = lasting(1, KEYS | {"data.set": layouts["mixed"], "train.seed": 0, "train.epochs": 2})
    run(write_sweep(tmp_path, keys), tmp_path / "undisturbed")
    shards = write_mixed(tmp_path / "shards", samples)
    process = start_on_files(tmp_path, keys | {"data.set": shards}, None)
    shutil.rmtree(shards)
    out, err = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 0, f"{out}\n{err}"
    assert results_of(tmp_path / "out") == results_of(tmp_path / "undisturbed")


def test_files_that_have_become_shorter_since_a_stop_are_refused_when_it_goes_on(samples, tmp_path):
    shards = write_mixed(tmp_path / "shards", samples)
    keys = KEYS | {"data.set": shards}
    run(write_sweep(tmp_path, keys), tmp_path / "out", *MEMORY)
    before = trial_files(tmp_path / "out")
    cut_short(shards / "s10.safetensors", samples[:12])
    done = run(write_sweep(tmp_path, keys | {"train.seed": "0..2"}), tmp_path / "out", *MEMORY, code=1)
    assert f"{shards / 's10.safetensors'}: " in done.stderr
    assert trial_files(tmp_path / "out") == before
