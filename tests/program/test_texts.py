"""Names with any bytes, and values with any letters: what comes in can be named, and what is stored can be read."""

import json
import os
import subprocess
import sys
from pathlib import Path

import h5py
import numpy as np
import pytest
import xarray as xr
from runs import PATIENCE_S, TINY, command, environment, ksweep, run, trial_files, write_sweep

REPORT = Path(__file__).parents[2] / "analysis" / "report"
FOREIGN = os.fsdecode(b"caf\xe9")


def said(*words, cwd=None, **variables):
    """Runs any command; what it says may hold any bytes."""
    return subprocess.run([str(word) for word in words], capture_output=True, text=True, errors="surrogateescape", timeout=PATIENCE_S,
                          cwd=cwd, env=environment(**variables), stdin=subprocess.DEVNULL)


def texts_of(path):
    """All texts of an HDF5 file as bytes."""
    found = []

    def of_attributes(_, item):
        for name in item.attrs:
            value = item.attrs.get_id(name)
            if h5py.check_string_dtype(value.dtype):
                found.append(item.attrs[name])
        if isinstance(item, h5py.Dataset) and h5py.check_string_dtype(item.dtype):
            found.extend(item[()])
    with h5py.File(path) as file:
        of_attributes("/", file)
        file.visititems(of_attributes)
    return [text.encode(errors="surrogateescape") if isinstance(text, str) else text for text in found]


@pytest.fixture(scope="module")
def foreign(tmp_path_factory):
    """The folder of a run in which every name holds a byte that is not UTF-8; one of its trials fails."""
    folder = tmp_path_factory.mktemp("texts") / FOREIGN
    folder.mkdir()
    said(*command("data", "digits", "--output", folder / FOREIGN / "mnist", "--train", 400, "--test", 100))
    write_sweep(folder, {"data.set": "mnist", "train.learning_rate": "1e-3, 1e9"}, name=f"{FOREIGN}.cfg")
    done = said(*command("run", f"{FOREIGN}.cfg", "--output", FOREIGN, "--data-dir", FOREIGN, "--threads", 1, "--quiet"), cwd=folder,
                SLURM_RESTART_COUNT=FOREIGN, SLURM_JOB_ID=FOREIGN)
    assert done.returncode == 2, done.stderr
    (folder / "said").write_text(done.stdout, errors="surrogateescape")
    return folder


def test_every_stored_text_is_utf8(foreign):
    out = foreign / FOREIGN
    files = [out / "sweep.h5", *out.glob("trials/??/*.h5")]
    assert len(files) == 5
    for path in files:
        texts = texts_of(path)
        assert len(texts) > 5
        for text in texts:
            text.decode()
    assert json.loads((out / "status.json").read_bytes().decode())["title"] == r"caf\xe9"
    with h5py.File(out / "sweep.h5") as file:
        assert file.attrs["slurm_job"] == r"caf\xe9, restart caf\xe9"
        assert r"caf\xe9/mnist" in file.attrs["data_source"]


def test_the_commands_read_it(foreign):
    for words in (["status", FOREIGN], ["status", FOREIGN, "--table"], ["export", FOREIGN, "--csv", f"{FOREIGN}.csv"],
                  ["verify", FOREIGN, "--data-dir", FOREIGN], ["merge", FOREIGN, "--output", f"{FOREIGN}.h5"]):
        done = said(*command(*words), cwd=foreign)
        assert done.returncode == 0, done.stderr
    (foreign / f"{FOREIGN}.csv").read_bytes().decode()


def test_xarray_and_the_report_read_it(foreign):
    with xr.open_dataset(foreign / FOREIGN / "sweep.h5", engine="h5netcdf") as sweep:
        assert sweep.attrs["title"] == r"caf\xe9"
    done = said(sys.executable, REPORT, f"{FOREIGN}/sweep.h5", "--output", f"{FOREIGN}/report", "--data-dir", FOREIGN, cwd=foreign)
    assert done.returncode == 0, done.stderr
    page = (foreign / FOREIGN / "report" / "report.html").read_bytes().decode()
    assert r"<title>caf\xe9" in page and r"ksweep run $&#39;caf\xe9.cfg&#39; --set" in page


def test_the_command_that_goes_on_names_the_very_files(foreign):
    last = (foreign / "said").read_text(errors="surrogateescape").splitlines()[-1]
    last.encode()
    before = trial_files(foreign / FOREIGN)
    done = said("bash", "-c", last, cwd=foreign)
    assert done.returncode == 2, done.stderr
    assert trial_files(foreign / FOREIGN) == before  # which it found


@pytest.mark.parametrize("content, words", [
    (b"# Gr\xf6\xdfe\n", ["tiny.cfg:1: byte 5 (\\xf6", "iconv -f latin1 -t utf-8"]),
    ("title = a\n".encode("utf-16"), ["is text in utf-16", "iconv -f utf-16 -t utf-8"])])
def test_a_sweep_file_in_another_encoding_is_refused(tmp_path, content, words):
    path = write_sweep(tmp_path)
    path.write_bytes(content + path.read_bytes())
    done = ksweep("run", path, "--output", tmp_path / "out")
    assert done.returncode == 1 and not trial_files(tmp_path / "out")
    assert [word for word in words if word not in done.stderr] == [], done.stderr


def test_a_byte_order_mark_is_not_stored(tmp_path):
    path = write_sweep(tmp_path, {"model.k": 2})
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    run(path, tmp_path / "out")
    with h5py.File(tmp_path / "out" / "sweep.h5") as file:
        assert file.attrs["sweep_text"].startswith("[data]")


def test_an_override_that_is_not_utf8_is_refused(tmp_path):
    done = said(*command("run", write_sweep(tmp_path), "--output", tmp_path / "out", "--set", f"title={FOREIGN}"))
    assert done.returncode == 1 and "--set: byte 10 (\\xe9" in done.stderr


NAMES = ["C#/a.npz", "with,comma.npz", " blank.npz", 'say "k".npz', '"said".npz', "a&b.npz", "a..b.npz", "1..4", "x=y;*.npz", "it's.npz", "größe.npz"]


def quoted(name):
    return '"' + name.replace('"', '""') + '"'


@pytest.fixture(scope="module")
def sets(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sets")
    (folder / "C#").mkdir()
    for i, name in enumerate(NAMES):
        random = np.random.default_rng(i)
        with open(folder / name, "wb") as file:
            np.savez(file, x_train=random.random((60, 16), np.float32), y_train=np.arange(60) % 2,
                     x_test=random.random((20, 16), np.float32), y_test=np.arange(20) % 2)
    return folder


SMALL = TINY | {"data.train": 40, "data.validation": 10, "data.test": 20, "train.batch": 20, "model.k": "2"}


def test_quotes_hold_any_path_in_a_sweep_file(sets, tmp_path):
    sweep = write_sweep(tmp_path, SMALL | {"data.set": ", ".join(map(quoted, NAMES)), "grid.exclude": f"data.set={quoted('a&b.npz')}"})
    sweep.write_text('title = "Run #3, with "",""" # and a comment\n' + sweep.read_text())
    run(sweep, tmp_path / "out", cwd=sets)
    with h5py.File(tmp_path / "out" / "sweep.h5") as file:
        assert file.attrs["title"] == 'Run #3, with ","'
        assert list(file["data_set"].asstr()) == [name for name in NAMES if name != "a&b.npz"]
    done = said(sys.executable, REPORT, tmp_path / "out" / "sweep.h5", "--output", tmp_path / "report")
    assert done.returncode == 0, done.stderr


def test_quotes_hold_any_path_in_an_override(sets, tmp_path):
    words = [word for name in NAMES[:1] for word in ("--set", f"data.set={', '.join(map(quoted, NAMES))}")]
    run(write_sweep(tmp_path, SMALL), tmp_path / "out", *words, "--set", "title=Run #3", cwd=sets)
    with h5py.File(tmp_path / "out" / "sweep.h5") as file:
        assert list(file["data_set"].asstr()) == NAMES and file.attrs["title"] == "Run #3"


def test_the_commands_of_plan_and_run_keep_the_quotes(sets, tmp_path):
    words = ["--set", f"data.set={quoted('with,comma.npz')}, {quoted('C#/a.npz')}"]
    sweep = write_sweep(tmp_path, SMALL | {"train.learning_rate": "1e9"})
    planned = ksweep("plan", sweep, "--output", tmp_path / "out", *words, cwd=sets)
    printed = next(line for line in planned.stdout.splitlines() if line.startswith(f"{command()[0]} run "))
    first = said("bash", "-c", printed, cwd=sets)
    assert first.returncode == 2, first.stderr
    again = said("bash", "-c", first.stdout.splitlines()[-1], cwd=sets)
    assert again.returncode == 2, again.stderr
    with h5py.File(tmp_path / "out" / "sweep.h5") as file:
        assert list(file["data_set"].asstr()) == ["with,comma.npz", "C#/a.npz"]


def test_a_hash_in_a_title_is_not_dropped_in_silence(tmp_path):
    done = ksweep("plan", write_sweep(tmp_path, {"data.set": "/d/C#/a.npz"}))
    assert done.returncode == 1 and 'in quotes, "/d/C#/a.npz"' in done.stderr
