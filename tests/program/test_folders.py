"""What a results folder holds: one sweep, all that was ever finished of it, and what strangers may have put there."""

import os
import shutil

import h5py
import pytest
from runs import column, ksweep, results_hash, run, trial_files, write_sweep


def rows(folder):
    """{k: in_grid}"""
    return dict(zip(column(folder, "k").tolist(), column(folder, "in_grid").tolist()))


def attributes(folder):
    with h5py.File(folder / "sweep.h5") as file:
        return dict(file.attrs)


@pytest.fixture(scope="module")
def changed(tmp_path_factory):
    """A sweep of k = 2 and 4, then of k = 2 and 3 in the same folder."""
    folder = tmp_path_factory.mktemp("changed")
    sweep = write_sweep(folder)
    run(sweep, folder / "out")
    done = run(sweep, folder / "out", "--set", "model.k=2, 3")
    return {"sweep": sweep, "out": folder / "out", "said": done.stderr}


class TestAChangedGrid:
    def test_keeps_what_it_no_longer_asks_for_and_says_so(self, changed):
        assert rows(changed["out"]) == {2: 1, 3: 1, 4: 0}
        assert "1 finished trial of other grids in this folder: kept" in changed["said"]
        assert "ksweep prune" in ksweep("status", changed["out"]).stdout

    def test_has_the_numbers_of_a_folder_of_its_own(self, changed, tmp_path):
        run(changed["sweep"], tmp_path / "out", "--set", "model.k=2, 3")
        assert results_hash(changed["out"]) == results_hash(tmp_path / "out")
        assert [attributes(changed["out"])[name][0] for name in ("n_trials", "n_done")] == [2, 2]

    def test_is_what_tables_show_unless_more_is_asked_for(self, changed, tmp_path):
        table = ksweep("status", changed["out"], "--table").stdout
        everything = ksweep("status", changed["out"], "--table", "--all").stdout
        assert "\n     3" in table and "\n     4" not in table and "\n     4" in everything
        csv = tmp_path / "t.csv"
        assert "and 1 of other grids" in ksweep("export", changed["out"], "--csv", csv).stdout
        assert len(csv.read_text().splitlines()) == 3 and "in_grid" not in csv.read_text()
        ksweep("export", changed["out"], "--csv", csv, "--all")
        assert [line.rpartition(",")[2] for line in csv.read_text().splitlines()] == ["in_grid", "1", "1", "0"]

    def test_is_verified_with_all_that_is_kept(self, changed):
        done = ksweep("verify", changed["out"], "--sample", 9)
        assert done.returncode == 0, done.stdout
        assert "3 of 3 finished trials as in the records" in done.stdout and "retraining 2 trials of 2" in done.stdout
        assert "retraining 3 trials of 3" in ksweep("verify", changed["out"], "--sample", 9, "--all").stdout

    def test_is_merged_with_all_that_is_kept(self, changed, tmp_path):
        assert "and 1 of other grids" in ksweep("merge", changed["out"], "--output", tmp_path / "all.h5").stdout
        with h5py.File(tmp_path / "all.h5") as file:
            assert file["in_grid"][:].tolist() == [1, 1, 0]

    def test_is_all_that_is_left_after_prune(self, changed, tmp_path):
        out = tmp_path / "out"
        shutil.copytree(changed["out"], out)
        before = trial_files(out)
        listed = ksweep("prune", out, "--dry-run").stdout
        assert "k=4" in listed and "1 trial of other grids would be removed" in listed and trial_files(out).keys() == before.keys()
        assert "1 trial of other grids removed" in ksweep("prune", out).stdout
        assert rows(out) == {2: 1, 3: 1} and len(trial_files(out)) == 2
        assert results_hash(out) == results_hash(changed["out"])
        assert ksweep("verify", out, "--sample", 0).returncode == 0
        assert "0 trials of other grids removed" in ksweep("prune", out).stdout

    def test_brings_rows_back_that_it_asks_for_again(self, changed, tmp_path):
        out = tmp_path / "out"
        shutil.copytree(changed["out"], out)
        before = trial_files(out)
        run(changed["sweep"], out)
        assert rows(out) == {2: 1, 4: 1, 3: 0} and {name: held[2] for name, held in trial_files(out).items()} == {
            name: held[2] for name, held in before.items()}


class TestAnotherSweep:
    def files(self, tmp_path, k):
        for name in ("a", "b"):
            (tmp_path / name).mkdir()
        return write_sweep(tmp_path / "a", name="sweep.cfg"), write_sweep(tmp_path / "b", {"model.k": k}, name="sweep.cfg")

    def test_is_refused_its_folder_and_told_another(self, tmp_path):
        one, other = self.files(tmp_path, "3, 5")
        run(one, tmp_path / "out")
        before = (tmp_path / "out/sweep.h5").read_bytes()
        done = run(other, tmp_path / "out", code=1)
        assert f'holds the results of another sweep, "sweep", of {one}' in done.stderr and "--output DIR" in done.stderr
        assert (tmp_path / "out/sweep.h5").read_bytes() == before and len(trial_files(tmp_path / "out")) == 2

    @pytest.mark.parametrize("k", ["2, 5", "2, 4"], ids=["with a common trial", "with the same text"])
    def test_is_the_same_one(self, tmp_path, k):
        one, other = self.files(tmp_path, k)
        run(one, tmp_path / "out")
        before = trial_files(tmp_path / "out")
        run(other, tmp_path / "out")
        assert before.items() <= trial_files(tmp_path / "out").items()
        assert rows(tmp_path / "out") == {"2, 5": {2: 1, 5: 1, 4: 0}, "2, 4": {2: 1, 4: 1}}[k]

    def test_is_none_where_the_file_was_edited(self, tmp_path):
        run(write_sweep(tmp_path), tmp_path / "out")
        run(write_sweep(tmp_path, {"model.k": "3, 5"}), tmp_path / "out")
        assert rows(tmp_path / "out") == {3: 1, 5: 1, 2: 0, 4: 0}


STRANGE = {"pipe": os.mkfifo, "folder": lambda path: (path / "inside").mkdir(parents=True)}


class TestStrangeThings:
    @pytest.mark.parametrize("what", STRANGE)
    def test_in_place_of_a_record_are_set_aside(self, tmp_path, what):
        sweep, out = write_sweep(tmp_path), tmp_path / "out"
        run(sweep, out)
        undisturbed = results_hash(out)
        record = sorted(out.glob("trials/??/*.h5"))[0]
        for _ in range(2):
            record.unlink()
            STRANGE[what](record)
            assert ksweep("verify", out, "--sample", 0).returncode == 2
            done = run(sweep, out)
            assert "there is no file, but a folder, a pipe or a device of this name" in done.stderr
            assert results_hash(out) == undisturbed

    @pytest.mark.parametrize("what, name, code", [
        ("pipe", "status.json", 1), ("pipe", "sweep.h5", 1), ("pipe", "crashes/counts", 0), ("pipe", "crashes/active-0", 0), ("pipe", "run.lock", 0),
        ("pipe", "checkpoints", 0), ("folder", "status.json", 1), ("folder", "sweep.h5", 1), ("folder", "crashes/counts", 0),
        ("folder", "crashes/active-0", 0), ("folder", "run.lock", 1), ("folder", "checkpoints", 0)])
    def test_in_place_of_other_files_are_refused_or_do_no_harm(self, tmp_path, what, name, code):
        out = tmp_path / "out"
        (out / name).parent.mkdir(parents=True)
        STRANGE[what](out / name)
        done = ksweep("run", write_sweep(tmp_path), "--output", out, "--threads", 1, "--quiet")
        assert done.returncode == code, done.stderr
        unnoted = f"ksweep: {out / name}: cannot be written" if (what, name) == ("folder", "crashes/active-0") else ""
        if code == 0:
            assert done.stderr.startswith(unnoted) and done.stderr.count("\n") == bool(unnoted) and column(out, "status").tolist() == [1, 1]
        else:
            assert f"{out / name}: cannot " in done.stderr and not trial_files(out)

    def test_a_file_named_crashes_is_told(self, tmp_path):
        (tmp_path / "out").mkdir()
        (tmp_path / "out/crashes").write_text("not ours")
        done = run(write_sweep(tmp_path), tmp_path / "out", code=1)
        assert "crashes: the folder cannot be made" in done.stderr and "Move away" in done.stderr
        assert (tmp_path / "out/crashes").read_text() == "not ours"


def test_links_in_the_folder_are_followed(tmp_path):
    out, elsewhere = tmp_path / "out", tmp_path / "elsewhere"
    out.mkdir(), elsewhere.mkdir()
    (out / "sweep.h5").symlink_to(elsewhere / "results.h5")
    run(write_sweep(tmp_path), out)
    assert (out / "sweep.h5").is_symlink() and (elsewhere / "results.h5").is_file()
    assert ksweep("verify", out, "--sample", 0).returncode == 0


def test_records_of_another_sweep_are_found_without_sweep_h5(tmp_path):
    run(write_sweep(tmp_path), tmp_path / "out")
    (tmp_path / "out/sweep.h5").unlink()
    before = trial_files(tmp_path / "out")
    done = run(write_sweep(tmp_path, {"model.hidden": 17}, name="other.cfg"), tmp_path / "out", code=1)
    assert "none of which is one of this sweep" in done.stderr and trial_files(tmp_path / "out") == before
    run(write_sweep(tmp_path, {"train.seed": "0, 1"}), tmp_path / "out")  # which has trials in common
    assert before.items() <= trial_files(tmp_path / "out").items()
