"""Results of earlier versions of the program: what they finished stays finished, whatever keys have come since."""

import shutil
from pathlib import Path

import h5py
import pytest
from runs import column, ksweep, run, trial_files

OLD = Path(__file__).parent / "records_of_0.1"  # written by version 0.1.0, which had no train.warmup
RESULTS_OF_OLD = "67abba00ed720186e86df06a6498e7ac4a848133cf1bcf9438b3a2596ad97214"  # as its sweep.h5 had it


@pytest.fixture
def results(tmp_path):
    """A folder of results as version 0.1 left it, but without sweep.h5."""
    folder = tmp_path / "out"
    shutil.copytree(OLD / "trials", folder / "trials")
    return folder


def test_records_of_the_first_version_are_done(results):
    before = trial_files(results)
    assert len(before) == 3
    run(OLD / "first.cfg", results)
    assert trial_files(results) == before
    with h5py.File(results / "sweep.h5") as file:
        assert file.attrs["results_sha256"] == RESULTS_OF_OLD
        assert file.attrs["n_done"] == 3


def test_the_plan_counts_them_as_stored(results):
    said = ksweep("plan", OLD / "first.cfg", "--output", results).stdout
    assert "3 stored" in said or "nothing is missing" in said, said


def test_a_new_key_that_is_used_makes_other_trials(results):
    before = trial_files(results)
    run(OLD / "first.cfg", results, "--set", "train.warmup=0, 0.5")
    after = trial_files(results)
    assert {name: after[name] for name in before} == before
    assert len(after) == 5  # the raw pixels have no training
    assert sorted(column(results, "warmup")) == [0, 0, 0, 0.5, 0.5]


def test_each_trial_says_which_program_computed_it(results):
    run(OLD / "first.cfg", results, "--set", "train.warmup=0, 0.5")
    version = ksweep("--version").stdout.split()[1]
    said = set(column(results, "program_version"))
    assert "" in said and len(said) == 2
    assert max(said).startswith(f"{version} (")
