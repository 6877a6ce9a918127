"""Every kind of bad input ends with its exit code and a message that helps, before any trial is trained."""

import gzip
import json
import os
import shutil
import struct
import subprocess

import pytest
from runs import PATIENCE_S, column, command, environment, ksweep, run, trial_files, write_sweep

# changes of the sweep, words that must be in the message; {sweep} is the sweep file's path
BAD_SWEEPS = {
    "k above hidden": ({"model.k": "4, 64"}, ["{sweep}:", "model.k = 64 exceeds model.hidden = 16", "Lower k"]),
    "unknown key": ({"model.hiden": 16}, ["{sweep}:", "model.hiden is no key", "Did you mean model.hidden?"]),
    "unknown section": ({"modle.k": 3}, ["{sweep}:", "[modle] is no section", "Did you mean [model]?"]),
    "key in the wrong section": ({"train.hidden": 16}, ["{sweep}:", "Did you mean model.hidden?"]),
    "unknown choice": ({"train.optimizer": "adm"}, ["{sweep}:", "train.optimizer = adm is none of sgd, adam", "Did you mean adam?"]),
    "fraction": ({"model.k": "2.5"}, ["{sweep}:", "model.k", "not a whole number"]),
    "decimal comma": ({"train.learning_rate": "0,001"}, ["{sweep}:", "looks like a decimal comma", "Write 0.001"]),
    "word for number": ({"train.epochs": "ten"}, ["{sweep}:", "train.epochs", "not a number"]),
    "out of bounds": ({"train.momentum": "1.5"}, ["{sweep}:", "train.momentum = 1.5 is above the largest allowed value, 0.9999"]),
    "negative": ({"train.learning_rate": "-1"}, ["{sweep}:", "train.learning_rate = -1 is below the least allowed value, 0"]),
    "range backwards": ({"train.seed": "9..0"}, ["{sweep}:", "train.seed = 9..0 runs backwards"]),
    "range step zero": ({"train.seed": "0..9:0"}, ["{sweep}:", "train.seed = 0..9:0 has no step above 0"]),
    "geometric from zero": ({"train.learning_rate": "0..1*10"}, ["{sweep}:", "train.learning_rate = 0..1*10 never reaches its end"]),
    "value twice": ({"model.k": "2, 4, 2"}, ["{sweep}:", "model.k = 2, 4, 2 names 2 twice"]),
    "empty value": ({"model.k": ""}, ["{sweep}:", "model.k has no value"]),
    "penalty without weight": ({"model.penalty": "l1"}, ["{sweep}:", "model.sparsity_weight = 0 (the default): the penalty would count nothing"]),
    "kl without sigmoid": ({"model.penalty": "kl", "model.sparsity_weight": 1}, ["{sweep}:", "only sigmoid units stay there"]),
    "batch above samples": ({"train.batch": 500}, ["{sweep}:", "train.batch = 500 exceeds the 200 training samples"]),
    "endless grid": ({"train.seed": "0..2000000"}, ["{sweep}:", "train.seed = 0..2000000 has 2000001 values"]),
    "everything excluded": ({"grid.exclude": "model.k=2", "model.k": 2}, ["{sweep}:", "grid.exclude = model.k=2 leaves out every trial"]),
    "absent set": ({"data.set": "digit"}, ["data.set = digit", "Did you mean digits?"]),
    "absent mnist": ({"data.set": "mnist"}, ["data.set = mnist", "jobs/fetch-data mnist", "KSWEEP_DATA"]),
}


def assert_refused(done, words, folder, code=1):
    assert done.returncode == code, f"exit code {done.returncode}\n{done.stdout}\n{done.stderr}"
    assert [word for word in words if word not in done.stderr] == [], done.stderr
    assert "internal error" not in done.stderr
    assert trial_files(folder) == {}


@pytest.mark.parametrize("case", BAD_SWEEPS)
def test_a_bad_sweep_file_is_refused(tmp_path, case):
    changes, words = BAD_SWEEPS[case]
    sweep = write_sweep(tmp_path, changes)
    done = ksweep("run", sweep, "--output", tmp_path / "out")
    assert_refused(done, [word.format(sweep=sweep) for word in words], tmp_path / "out")


def test_of_several_ranks_only_one_speaks(tmp_path):
    sweep = write_sweep(tmp_path, {"model.k": 64})
    done = ksweep("run", sweep, "--output", tmp_path / "out", ranks=3)
    assert_refused(done, ["exceeds model.hidden"], tmp_path / "out")
    assert done.stderr.count("exceeds model.hidden") == 1


NOTHING = {"empty": "", "comments": "# nothing\n\n", "sections": "[model]\n", "old Mac": "[model]\rk = 2\r",
           "old Mac comment": "# a\r[model]\rk = 2\r"}


@pytest.mark.parametrize("case", NOTHING)
def test_a_sweep_file_that_says_nothing_is_refused_and_replaces_nothing(tmp_path, case):
    run(write_sweep(tmp_path), tmp_path / "out")
    before = (tmp_path / "out/sweep.h5").read_bytes()
    (tmp_path / "tiny.cfg").write_bytes(NOTHING[case].encode())
    done = run(tmp_path / "tiny.cfg", tmp_path / "out", code=1)
    assert f"{tmp_path / 'tiny.cfg'}:" in done.stderr
    assert ("control character \\x0d" in done.stderr) == case.startswith("old Mac")
    assert (tmp_path / "out/sweep.h5").read_bytes() == before


BAD_COMMANDS = {
    "no command": ([], ["Usage"]),
    "unknown command": (["rn"], ["no command `ksweep rn`", "`ksweep run`?"]),
    "no sweep file": (["run"], ["no sweep file", "ksweep run --help"]),
    "absent sweep file": (["run", "absent.cfg"], ["absent.cfg", "No such file"]),
    "a folder as sweep file": (["run", "."], ["cannot be read"]),
    "unknown option": (["run", "tiny.cfg", "--outptu", "x"], ["no option --outptu", "Did you mean --output?"]),
    "override of no key": (["run", "tiny.cfg", "--set", "model.kk=3"], ["--set: model.kk is no key", "model.k?"]),
    "override without value": (["run", "tiny.cfg", "--set", "model.k"], ["has no =", "section.key=values"]),
    "no threads": (["run", "tiny.cfg", "--threads", "0"], ["--threads 0", "from 1 to"]),
    "unknown instruction set": (["run", "tiny.cfg", "--isa", "nonsense"], ["--isa nonsense", "portable"]),
    "status of nothing": (["status", "absent"], ["absent/status.json: is not there"]),
    "merge without output": (["merge", "."], ["--output FILE is missing"]),
    "merge of nothing": (["merge", "absent", "--output", "all.h5"], ["absent", "is not there"]),
    "export of no sweep": (["export", "tiny.cfg", "--csv", "t.csv"], ["tiny.cfg: is not a sweep file of ksweep"]),
    "export over a folder": (["export", "tiny.cfg", "--csv", "."], ["is a folder"]),
    "info of an absent set": (["data", "info", "absent"], ["absent", "Searched"]),
}


@pytest.mark.parametrize("case", BAD_COMMANDS)
def test_a_bad_command_line_is_refused(tmp_path, case):
    words, expected = BAD_COMMANDS[case]
    write_sweep(tmp_path)
    done = ksweep(*words, cwd=tmp_path)
    assert done.returncode == 1, done.stderr
    said = done.stdout + done.stderr
    assert [word for word in expected if word not in said] == [], said
    assert not (tmp_path / "results").exists() or trial_files(tmp_path / "results" / "tiny") == {}


def idx(numbers, shape):
    return struct.pack(f">BBBB{len(shape)}I", 0, 0, 8, len(shape), *shape) + bytes(numbers)


def good_set():
    """IDX files of 60 + 20 images of 4 x 4 pixels, two classes."""
    files = {}
    for part, n in ("train", 60), ("t10k", 20):
        files[f"{part}-images-idx3-ubyte"] = idx([(i * 7) % 256 for i in range(n * 16)], (n, 4, 4))
        files[f"{part}-labels-idx1-ubyte"] = idx([i % 2 for i in range(n)], (n,))
    return files


IMAGES, LABELS = "train-images-idx3-ubyte", "train-labels-idx1-ubyte"
GOOD = good_set()
BAD_SETS = {  # files that differ from the good ones, None for absent; words of the message
    "images cut short": ({IMAGES: GOOD[IMAGES][:500]}, [f"{IMAGES}: cut short", "484 of the 960 bytes"]),
    "gz cut short": ({IMAGES: None, f"{IMAGES}.gz": gzip.compress(GOOD[IMAGES])[:-20]}, [f"{IMAGES}.gz: cannot be read to its end", "cut short"]),
    "gz damaged": ({IMAGES: None, f"{IMAGES}.gz": gzip.compress(GOOD[IMAGES])[:-6] + b"\1\2\3\4\5\6"}, ["gz: incorrect data check"]),
    "header of more images": ({IMAGES: idx([0] * 960, (61, 4, 4))}, [f"{IMAGES}: cut short", "960 of the 976 bytes"]),
    "header of fewer images": ({IMAGES: idx([0] * 960, (59, 4, 4))}, [f"{IMAGES}: more bytes follow the last sample"]),
    "header of impossibly many": ({IMAGES: idx([0] * 960, (2**32 - 1, 2**32 - 1, 2**32 - 1))}, [IMAGES, "more than any file can hold"]),
    "no images": ({IMAGES: idx([], (0, 4, 4))}, [f"{IMAGES}: its size is 0 x 4 x 4", "nothing to learn from"]),
    "empty file": ({IMAGES: b""}, [f"{IMAGES}: cut short", "0 of the 4 bytes of its IDX header"]),
    "no IDX": ({IMAGES: b"P5 4 4 255 ................"}, [f"{IMAGES}: is no IDX file"]),
    "fewer labels than images": ({LABELS: idx([0, 1] * 20, (40,))}, [f"{LABELS}: 40 labels for the 60 samples of "]),
    "test images of another size": ({"t10k-images-idx3-ubyte": idx([0] * 20 * 25, (20, 5, 5))}, ["t10k-images-idx3-ubyte: its size is 20 x 5 x 5"]),
    "no training images": ({IMAGES: None}, [f"holds no file {IMAGES}"]),
}


def write_set(folder, changes):
    folder.mkdir()
    for name, content in (GOOD | changes).items():
        if content is not None:
            (folder / name).write_bytes(content)
    return folder


SMALL_PARTS = {"data.train": 40, "data.validation": 10, "data.test": 20, "train.batch": 20, "model.k": "2"}


def test_the_good_set_is_accepted(tmp_path):
    folder = write_set(tmp_path / "set", {})
    run(write_sweep(tmp_path, SMALL_PARTS | {"data.set": folder}), tmp_path / "out")


@pytest.mark.parametrize("case", BAD_SETS)
def test_bad_data_are_refused(tmp_path, case):
    changes, words = BAD_SETS[case]
    folder = write_set(tmp_path / "set", changes)
    done = ksweep("run", write_sweep(tmp_path, SMALL_PARTS | {"data.set": folder}), "--output", tmp_path / "out")
    assert_refused(done, words, tmp_path / "out")


def test_more_samples_than_there_are_are_refused(tmp_path):
    folder = write_set(tmp_path / "set", {})
    sweep = write_sweep(tmp_path, SMALL_PARTS | {"data.set": folder, "data.train": 55})
    done = ksweep("run", sweep, "--output", tmp_path / "out")
    assert_refused(done, ["data.train = 55", "60 training sample"], tmp_path / "out")


def test_an_output_below_a_file_is_refused(tmp_path):
    sweep = write_sweep(tmp_path)
    done = ksweep("run", sweep, "--output", sweep / "out")
    assert_refused(done, [str(sweep), "is not a folder", "--output"], sweep / "out")


def test_an_unwritable_output_is_refused(tmp_path):
    place = "/proc/ksweep" if os.geteuid() == 0 else tmp_path / "locked" / "out"  # root may write anywhere else
    if os.geteuid() != 0:
        (tmp_path / "locked").mkdir(mode=0o555)
    done = ksweep("run", write_sweep(tmp_path), "--output", place)
    assert_refused(done, [str(place), "--output"], place)


@pytest.fixture
def full_folder(tmp_path):
    """A folder on a file system of three megabytes: of room for sweep.h5 and a few trials."""
    folder = tmp_path / "tiny_disk"
    folder.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=3m", "none", folder], capture_output=True)
    if mounted.returncode != 0:
        pytest.skip("NOT TESTED: a full disk. Mounting a small one needs root")
    yield folder
    subprocess.run(["umount", "-l", folder], check=True)  # a rank that was killed may not have closed its files yet


@pytest.mark.parametrize("ranks", [None, 2])
def test_a_disk_that_fills_up_ends_the_run_and_keeps_what_is_done(tmp_path, full_folder, ranks):
    sweep = write_sweep(tmp_path, {"train.seed": "0..99", "model.hidden": 64})
    done = ksweep("run", sweep, "--output", full_folder / "out", "--threads", 1, ranks=ranks)
    assert done.returncode == 1, done.stderr
    assert "No space left on device" in done.stderr and "Free some space" in done.stderr
    kept = trial_files(full_folder / "out")
    assert kept and not list(full_folder.rglob("*.tmp.*"))
    shutil.copytree(full_folder / "out", tmp_path / "elsewhere")  # a larger disk: it goes on from there
    run(sweep, tmp_path / "elsewhere", "--set", "train.seed=0..9")
    assert {name: entry[2] for name, entry in kept.items()}.items() <= {
        name: entry[2] for name, entry in trial_files(tmp_path / "elsewhere").items()}.items()


def test_a_full_disk_from_the_start_is_told_before_training(tmp_path, full_folder):
    (full_folder / "filling").write_bytes(bytes(3 * 2**20 - 54_000))
    done = ksweep("run", write_sweep(tmp_path), "--output", full_folder / "out", ranks=2)
    assert_refused(done, ["No space left on device", "Free some space"], full_folder / "out")


@pytest.mark.parametrize("threads, words", [(4096, ["--threads asks for 4096 threads", "or fewer"])])
def test_P3_threads_without_cores_are_an_unfit_environment(tmp_path, threads, words):
    done = ksweep("run", write_sweep(tmp_path), "--output", tmp_path / "out", "--threads", threads)
    assert_refused(done, words, tmp_path / "out", code=3)


@pytest.mark.skipif(os.cpu_count() < 2, reason="needs 2 CPUs")
def test_P3_more_threads_than_the_binding_allows_name_the_command_that_helps(tmp_path):
    bound = ["mpirun", "--oversubscribe", "--bind-to", "core", "-n", "1"]
    words = [*bound, *command("run", write_sweep(tmp_path), "--output", tmp_path / "out", "--threads", 2)]
    done = subprocess.run(words, capture_output=True, text=True, env=environment(), timeout=PATIENCE_S)
    assert_refused(done, ["--threads asks for 2 threads", "mpirun --bind-to none"], tmp_path / "out", code=3)


SINGLETONS = {
    "srun without MPI": {"SLURM_STEP_ID": "0", "SLURM_STEP_NUM_TASKS": "4", "SLURM_NTASKS": "4", "SLURM_PROCID": "0",
                         "SLURM_JOB_ID": "1"},
    "another MPI's mpirun": {"PMI_SIZE": "4", "PMI_RANK": "0"},
}


@pytest.mark.parametrize("case", SINGLETONS)
def test_P14_processes_that_do_not_know_of_each_other_are_an_unfit_environment(tmp_path, case):
    done = ksweep("run", write_sweep(tmp_path), "--output", tmp_path / "out", **SINGLETONS[case])
    assert_refused(done, ["4 processes", "singletons", "mpirun -n 4"], tmp_path / "out", code=3)


def test_a_batch_script_s_own_variables_are_no_fault(tmp_path):
    run(write_sweep(tmp_path), tmp_path / "out", SLURM_JOB_ID="1", SLURM_NTASKS="4", SLURM_PROCID="0")


@pytest.mark.parametrize("ranks", [None, 2])
def test_P7_a_diverging_trial_fails_alone(tmp_path, ranks):
    sweep = write_sweep(tmp_path, {"train.learning_rate": "0.001, 1e9"})
    done = run(sweep, tmp_path / "out", ranks=ranks, code=2)
    assert "--retry-failed" not in done.stdout  # it would fail again
    status, reasons = column(tmp_path / "out", "status"), column(tmp_path / "out", "reason")
    diverged = column(tmp_path / "out", "learning_rate") == 1e9
    assert (status == diverged + 1).all()
    for reason in reasons[diverged]:
        assert "in epoch 1" in reason and "lower train.learning_rate (1e9)" in reason
    before = trial_files(tmp_path / "out")
    run(sweep, tmp_path / "out", code=2)  # failed trials are finished trials
    assert trial_files(tmp_path / "out") == before
    run(sweep, tmp_path / "out", "--retry-failed", code=2)
    after = trial_files(tmp_path / "out")
    assert sum(before[name] != after[name] for name in before) == 2


PRINTING = {"plan": ["plan", "tiny.cfg"], "help": ["run", "--help"], "overview": ["--help"], "version": ["--version"], "keys": ["plan", "--keys"],
            "run": ["run", "tiny.cfg", "--output", "out", "--threads", "1", "--quiet"],
            "status": ["status", "done"], "table": ["status", "done", "--table"],
            "verify": ["verify", "done", "--sample", "0"], "export": ["export", "done", "--csv", "t.csv"],
            "csv": ["export", "done", "--csv", "/dev/stdout"],
            "merge": ["merge", "done", "--output", "all.h5"], "prune": ["prune", "done"], "info": ["data", "info", "digits"]}


@pytest.fixture(scope="module")
def with_results(tmp_path_factory):
    folder = tmp_path_factory.mktemp("with_results")
    run(write_sweep(folder), folder / "done")
    return folder


@pytest.mark.parametrize("case", PRINTING)
def test_what_cannot_be_printed_is_an_error(with_results, case):
    with open("/dev/full", "w") as full:
        done = subprocess.run(command(*PRINTING[case]), stdout=full, stderr=subprocess.PIPE, text=True, cwd=with_results, env=environment(),
                              timeout=PATIENCE_S)
    assert done.returncode == 1, done.stderr
    expected = "/dev/stdout: cannot write" if case == "csv" else "standard output: cannot be written (No space left on device)"
    assert expected in done.stderr, done.stderr


def test_a_closed_output_is_an_error_and_no_file_gets_what_was_to_be_printed(with_results, tmp_path):
    words = " ".join(command("run", with_results / "tiny.cfg", "--output", tmp_path / "out", "--threads", 1, "--quiet"))
    done = subprocess.run(["sh", "-c", f"{words} >&-"], stderr=subprocess.PIPE, text=True, env=environment(), timeout=PATIENCE_S)
    assert done.returncode == 1 and "standard output: cannot be written" in done.stderr
    assert ksweep("verify", tmp_path / "out", "--sample", 0).returncode == 0


def test_tables_are_written_through_pipes_and_links(with_results, tmp_path):
    os.mkfifo(tmp_path / "pipe")
    reader = subprocess.Popen(["cat", tmp_path / "pipe"], stdout=subprocess.PIPE, text=True, env=environment())
    assert ksweep("export", with_results / "done", "--csv", tmp_path / "pipe").returncode == 0
    table = reader.communicate(timeout=PATIENCE_S)[0]
    (tmp_path / "link.csv").symlink_to(tmp_path / "real.csv")
    assert ksweep("export", with_results / "done", "--csv", tmp_path / "link.csv").returncode == 0
    assert (tmp_path / "link.csv").is_symlink() and (tmp_path / "real.csv").read_text() == table
    assert (tmp_path / "pipe").is_fifo()
    assert ksweep("export", with_results / "done", "--csv", "/dev/stdout").stdout == table


@pytest.mark.skipif(os.geteuid() != 0, reason="only root makes devices")
def test_a_device_is_no_place_for_a_file(with_results, tmp_path):
    null = tmp_path / "null"
    if subprocess.run(["mknod", null, "c", "1", "3"], capture_output=True).returncode:
        pytest.skip("no devices here")
    done = ksweep("export", with_results / "done", "--csv", null)
    assert null.is_char_device()
    assert done.returncode == 0 or "Permission denied" in done.stderr  # a file system without devices


@pytest.mark.skipif(not os.environ.get("KSWEEP_FAULTS"), reason="sanitizers must be loaded before anything else")
@pytest.mark.parametrize("words, ranks", [([], None), (["--ranks", 2], None), ([], 2)], ids=["alone", "--ranks", "mpirun"])
def test_a_mistake_of_ours_ends_with_a_code_of_its_own_and_says_what_to_send(tmp_path, words, ranks):
    """A library returns what its documentation rules out, which ksweep takes for a mistake of its own."""
    faults = {"LD_PRELOAD": os.environ["KSWEEP_FAULTS"], "FAULT_LBFGS": "-1023"}  # LBFGSERR_LOGICERROR
    folder = tmp_path / "out"
    done = ksweep("run", write_sweep(tmp_path), "--output", folder, "--threads", 1, "--quiet", *words, ranks=ranks, **faults)
    assert done.returncode == 79, f"exit code {done.returncode}\n{done.stdout}\n{done.stderr}"
    assert done.stderr.count("internal error: libLBFGS ended with code -1023") == 1, done.stderr
    assert "This is a mistake in ksweep, not in what you gave it." in done.stderr
    assert "Please report it with the command, the sweep file, the last lines of the log and this one:\nksweep 0." in done.stderr
    status = json.loads((folder / "status.json").read_text())
    assert (status["state"], int(status["exit_code"])) == ("fault", 79)
    run(tmp_path / "tiny.cfg", folder)
