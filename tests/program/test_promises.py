"""What the documents and the help pages promise and no other test looks at."""

import csv
import re
import subprocess
import sys

import h5py
import numpy as np
import pytest
from runs import KSWEEP, PATIENCE_S, column, command, environment, ksweep, run, write_sweep
from test_commands import JOBS, said, write_norb
from test_verify import change

ROOT = JOBS.parent

sys.path.insert(0, str(ROOT / "analysis"))
import rederive  # noqa: E402


def report(*words):
    done = subprocess.run([sys.executable, ROOT / "analysis/report", *map(str, words)], capture_output=True, text=True, timeout=PATIENCE_S)
    assert done.returncode == 0, done.stderr
    return done.stdout


def rows_of(path):
    with open(path, newline="") as file:
        return list(csv.DictReader(file))


# --- the sweep files of jobs/ and jobs/search/ ---


@pytest.fixture(scope="module")
def sets(tmp_path_factory):
    """Every set that a sweep file of jobs/ names, by files of the right form: digits in place of pictures, few where few do."""
    folder = tmp_path_factory.mktemp("sets")
    said("data", "digits", "--output", folder / "mnist", "--train", 60000, "--test", 10000)
    (folder / "fashion").symlink_to("mnist")
    (folder / "cifar10").mkdir()
    for name in ("data_batch_1.bin", "test_batch.bin"):
        (folder / "cifar10" / name).write_bytes(b"".join(bytes([i]) * 3073 for i in range(10)))
    write_norb(folder / "norb", "5x46789x9x18x6x2x96x96-training", 200)
    write_norb(folder / "norb", "5x01235x9x18x6x2x96x96-testing", 10)
    return folder


SWEEPS = sorted(JOBS.rglob("*.cfg"))
MADE_FOR_MORE = {"paper-norb": ["--set", "data.validation=50"]}  # than the samples above


@pytest.mark.parametrize("sweep", SWEEPS, ids=lambda sweep: sweep.stem)
def test_a_sweep_file_of_jobs_can_be_planned_and_has_as_many_trials_as_it_says(sets, sweep):
    page = said("plan", sweep, "--data-dir", sets, *MADE_FOR_MORE.get(sweep.stem, []))
    trials = re.search(r"(\d+) trials", sweep.read_text())[1]
    assert re.search(rf"^trials +{trials} trials", page, re.M), page
    assert f"ksweep run {sweep}" in page and "#SBATCH --ntasks=" in page and re.search("^memory .* a rank", page, re.M)


def set_of(sweep):
    return re.search(r"^set = (\w+)", sweep.read_text(), re.M)[1]


@pytest.mark.parametrize("sweep", [sweep for sweep in SWEEPS if set_of(sweep) not in ("digits", "superposition")], ids=lambda sweep: sweep.stem)
def test_a_sweep_file_whose_data_are_absent_names_the_command_that_fetches_them(tmp_path, sweep):
    data_set = set_of(sweep)
    done = ksweep("plan", sweep, "--data-dir", tmp_path)
    assert done.returncode == 1 and f"{sweep}:" in done.stderr and f"\n  {tmp_path}/{data_set}\n" in done.stderr
    assert done.stderr.splitlines()[-2] == f"  jobs/fetch-data {data_set}"


# --- ways to run ---


@pytest.mark.parametrize("words", [["--ranks=2"], ["--ranks", "2"], ["-n", "2"], ["-n2"]], ids=" ".join)
def test_the_number_of_ranks_may_be_written_in_any_usual_way(tmp_path, words):
    sweep = write_sweep(tmp_path)
    assert "#SBATCH --ntasks=2\n" in said("plan", sweep, *words)
    run(sweep, tmp_path / "out", *words)
    with h5py.File(tmp_path / "out/sweep.h5") as file:
        assert file.attrs["ranks"] == "2"


def test_results_are_beside_the_caller_under_the_name_of_the_sweep_file(tmp_path):
    (tmp_path / "elsewhere").mkdir()
    done = ksweep("run", write_sweep(tmp_path / "elsewhere", name="mine.cfg"), "--threads", 1, "--quiet", cwd=tmp_path)
    assert done.returncode == 0 and done.stdout == f"results: results/mine/sweep.h5\nreport:  {KSWEEP} report results/mine\n"
    assert {path.name for path in (tmp_path / "results/mine").iterdir()} >= {"sweep.h5", "trials", "status.json"}


def test_threads_are_those_of_the_environment_unless_given(tmp_path):
    sweep = write_sweep(tmp_path)
    for name, words, variables, threads in [("environment", [], {"OMP_NUM_THREADS": "1"}, "1"),
                                            ("given", ["--threads", 1], {"OMP_NUM_THREADS": "64"}, "1")]:
        assert ksweep("run", sweep, "--output", tmp_path / name, "--quiet", *words, **variables).returncode == 0
        with h5py.File(tmp_path / name / "sweep.h5") as file:
            assert file.attrs["threads"] == threads


def test_a_key_that_no_probe_looks_at_is_named_by_plan_and_run(tmp_path):
    words = [write_sweep(tmp_path), "--set", "probe.c=3", "--output", tmp_path / "out"]
    note = "probe.c = 3 is ignored: no probe or model of this sweep looks at it"
    done = ksweep("run", *words, "--threads", 1)
    assert note in said("plan", *words) and done.returncode == 0 and note in done.stdout + done.stderr
    assert note not in said("plan", *words, "--set", "probe.kind=svm")


def test_a_baseline_that_does_not_depend_on_an_axis_is_trained_once(tmp_path):
    run(write_sweep(tmp_path, {"model.kind": "k-sparse, random, raw", "train.learning_rate": "1e-3, 1e-2"}), tmp_path / "out")
    kinds = list(column(tmp_path / "out", "kind"))
    assert {kind: kinds.count(kind) for kind in kinds} == {"k-sparse": 4, "random": 2, "raw": 1}


def test_a_training_without_enough_memory_fails_alone_and_can_be_tried_again(tmp_path):
    sweep = write_sweep(tmp_path, {"model.hidden": "16, 30000", "model.k": 4, "train.epochs": 1, "probe.kind": "centroid"})
    words = ["bash", "-c", 'ulimit -v 400000; exec "$@"', "bash", *command("run", sweep, "--output", tmp_path / "out", "--threads", 1, "--quiet")]
    done = subprocess.run(words, capture_output=True, text=True, env=environment(), timeout=PATIENCE_S)
    assert done.returncode == 2, done.stderr
    assert "1 trial failed: out of memory: " in done.stdout
    assert done.stdout.splitlines()[-1].endswith(" --retry-failed")
    outcome = dict(zip(column(tmp_path / "out", "hidden"), column(tmp_path / "out", "reason")))
    assert outcome[16] == "" and outcome[30000].startswith("out of memory")
    run(sweep, tmp_path / "out", "--retry-failed")
    assert list(column(tmp_path / "out", "status")) == [1, 1]


# --- tables ---


def interval_around(accuracies):
    """As it is printed behind the mean: half of the t interval of three seeds, or both sides where one is cut at 0 or 100."""
    mean, half = accuracies.mean(), 4.302653 * accuracies.std(ddof=1) / np.sqrt(3)
    below, above = min(half, mean), min(half, 100 - mean)
    return ("+-", f"{half:.2f}") if below == above else (f"-{below:.2f}", f"+{above:.2f}")


def test_the_table_of_a_folder_is_the_mean_accuracy_of_each_k_and_its_interval(tmp_path):
    run(write_sweep(tmp_path, {"model.k": "2, 4, 8", "train.seed": "0..2"}), tmp_path / "out")
    page = said("status", tmp_path / "out", "--table")
    k, accuracy = column(tmp_path / "out", "k"), 100 * column(tmp_path / "out", "test_accuracy")
    rows = {int(row[0]): row[1:] for row in re.findall(r"^ +(\d+) +([\d.]+) (\+-|-[\d.]+) (\+?[\d.]+)$", page, re.M)}
    assert {number: float(row[0]) for number, row in rows.items()} == {
        number: pytest.approx(accuracy[k == number].mean(), abs=0.0051) for number in (2, 4, 8)}
    for number, (_, *sides) in rows.items():
        for side, expected in zip(sides, interval_around(accuracy[k == number])):
            assert side == expected or float(side) == pytest.approx(float(expected), abs=0.011), page
    assert "9 of 9 trials done" in page and re.search(r"^ +k +2 +4 +8$", page, re.M)  # the axis of the plot
    assert "Test accuracy" not in said("status", tmp_path / "out")


@pytest.mark.parametrize("reason", ["two\nlines", "old\rMac", "both\r\n", 'said "no"', "a, b", '"', "plain"])
def test_any_reason_comes_back_from_csv(tmp_path, reason):
    run(write_sweep(tmp_path, {"train.learning_rate": 1e30, "train.optimizer": "sgd", "model.k": 4}), tmp_path / "out", code=2)
    record = next((tmp_path / "out").glob("trials/??/*.h5"))
    change(record, lambda file: file.attrs.modify("reason", np.bytes_(reason)))
    run(write_sweep(tmp_path, {"train.learning_rate": 1e30, "train.optimizer": "sgd", "model.k": 4}), tmp_path / "out", code=2)
    said("export", tmp_path / "out", "--csv", tmp_path / "trials.csv")
    assert [row["reason"] for row in rows_of(tmp_path / "trials.csv")] == [reason]


def test_a_path_with_commas_and_quotes_comes_back_from_csv(tmp_path):
    path = tmp_path / 'a, "b".npy'
    np.save(path, np.random.default_rng(0).random((200, 30), dtype=np.float32))
    quoted = str(path).replace('"', '""')
    run(write_sweep(tmp_path, {"data.set": f'"{quoted}"', "data.train": 100, "data.test": 0}), tmp_path / "out")
    said("export", tmp_path / "out", "--csv", tmp_path / "trials.csv")
    assert {row["data_set"] for row in rows_of(tmp_path / "trials.csv")} == {str(path)}


def test_equal_trials_with_other_numbers_are_not_merged_and_the_first_difference_is_told(tmp_path):
    folders = tmp_path / "portable", tmp_path / "naive"
    for folder in folders:
        run(write_sweep(tmp_path), folder, "--isa", folder.name)
    done = ksweep("merge", *folders, "--output", tmp_path / "all.h5")
    first = column(folders[0], "trial_id")[0]
    assert done.returncode == 1 and re.search(rf"trial {first} conflicts with .*: \w+ is \S+ here and \S+ there", done.stderr), done.stderr
    assert not (tmp_path / "all.h5").exists()


# --- the nearest neighbours ---

N_TRAIN, N_VALIDATION = 60, 12


def pairs_of_equals(folder, seed):
    """Pairs of equal samples with different labels, a test sample at each pair's place; and the label that comes first in the training part."""
    random = np.random.default_rng(seed)
    places = random.normal(size=((N_TRAIN + N_VALIDATION) // 2, 6)).astype(np.float32)
    samples, labels = np.concatenate([places, places]), np.repeat([0, 1], len(places))
    order = random.permutation(len(samples))
    samples, labels = samples[order], labels[order]
    np.savez(folder / "pairs.npz", x_train=samples, y_train=labels, x_test=places, y_test=np.arange(len(places)) % 2)
    training_part, _ = rederive.split(seed, len(samples), N_VALIDATION, N_TRAIN)
    return places, samples[training_part], labels[training_part]


@pytest.mark.parametrize("metric", ["euclidean", "cosine"])
@pytest.mark.parametrize("neighbours", [1, 2])
def test_of_equally_near_neighbours_the_first_in_the_training_part_counts_and_of_equal_votes_the_nearest(tmp_path, metric, neighbours):
    places, samples, labels = pairs_of_equals(tmp_path, 5)
    run(write_sweep(tmp_path, {"data.set": tmp_path / "pairs.npz", "data.train": N_TRAIN, "data.validation": N_VALIDATION, "data.test": 0,
                               "model.kind": "raw", "train.seed": 5, "probe.kind": "knn", "probe.neighbours": neighbours,
                               "probe.metric": metric}), tmp_path / "out")
    unit = {"euclidean": lambda x: x, "cosine": lambda x: x / np.linalg.norm(x, axis=1, keepdims=True)}[metric]
    distances = np.linalg.norm(unit(places.astype(float))[:, None] - unit(samples.astype(float))[None], axis=2).round(9)
    nearest = labels[np.argsort(distances, axis=1, kind="stable")[:, 0]]  # whom two voters leave the choice to, too
    expected = np.zeros((2, 2), int)
    np.add.at(expected, (np.arange(len(places)) % 2, nearest), 1)
    assert (np.ptp(np.sort(distances, axis=1)[:, :2], axis=1) == 0).sum() > 10  # ties, of both labels
    assert (column(tmp_path / "out", "test_confusion")[0] == expected).all()


# --- the report ---


@pytest.fixture(scope="module")
def with_references(tmp_path_factory):
    folder = tmp_path_factory.mktemp("references")
    sweep = write_sweep(folder)
    sweep.write_text(sweep.read_text() + "# reference: k = 2: 61.5 % accuracy, Inside & Own 1999\n")
    (folder / "others.cfg").write_text("# reference: k = 4: 38.25 % error, Outside & Other 2001\n")
    run(sweep, folder / "out")
    return folder


@pytest.mark.parametrize("words, told, not_told", [([], "Inside &amp; Own 1999", "Outside &amp; Other 2001"),
                                                   (["--references", "others.cfg"], "Outside &amp; Other 2001", "Inside &amp; Own 1999")])
def test_published_figures_are_those_of_the_sweep_file_or_of_the_one_that_is_named(with_references, words, told, not_told):
    words = [with_references / word if word.endswith(".cfg") else word for word in words]
    report(with_references / "out/sweep.h5", "--output", with_references / "report", "--format", "html", *words)
    page = re.sub("<pre>.*?</pre>", "", (with_references / "report/report.html").read_text(), flags=re.S)  # the sweep file's text
    assert told in page and not_told not in page


def test_trials_of_other_grids_are_in_a_report_only_when_asked_for(tmp_path):
    run(write_sweep(tmp_path, {"train.seed": "0, 1"}), tmp_path / "out")
    run(write_sweep(tmp_path, {"train.seed": "0"}), tmp_path / "out")
    ids = {}
    for words in [], ["--all-trials"]:
        report(tmp_path / "out/sweep.h5", "--output", tmp_path / "report", "--format", "csv", *words)
        ids[tuple(words)] = {row["seed"] for row in rows_of(tmp_path / "report/tables/trials.csv")}
    assert ids == {(): {"0"}, ("--all-trials",): {"0", "1"}}
