"""Long trials that are killed go on from their last checkpoint, with the bits of an undisturbed run."""

import os
import random
import signal
import time

import pytest
from runs import PATIENCE_S, column, kill_all, lasting, results_hash, run, start, wait_until, write_sweep

SEED = int(os.environ.get("KSWEEP_KILL_SEED", time.time_ns() % 1_000_000))

# Two trials are read from one training.
LONG = {"data.train": 3000, "model.hidden": 200, "model.k": 10, "model.alpha": "1, 2", "train.epochs": 20,
        "train.optimizer": "adam", "train.learning_rate": 0.001}
KINDS = {
    "k-sparse": LONG,
    "stack": LONG | {"model.layers": "100-50", "model.alpha": 2},
    "classifier": LONG | {"model.kind": "classifier", "model.k": None, "model.alpha": None, "model.hidden": None,
                          "model.layers": "100", "model.activation": "sigmoid"},
}
# For two checkpoints, one a second, and for a stop after 2.5 s, on a core that may be twice as fast as when it was measured: beside an idle sibling.
TRAINING_S = 8


def checkpoints(folder):
    return list((folder / "checkpoints").glob("??/*.ckpt"))


def newest(folder):
    """When the checkpoint there was written; 0: there is none."""
    try:
        return max((path.stat().st_mtime_ns for path in checkpoints(folder)), default=0)
    except FileNotFoundError:
        return 0


# On how many ranks each is killed; None: without mpirun.
RANKS = {"k-sparse": 2, "stack": None, "classifier": None}


@pytest.fixture(scope="module", params=KINDS)
def undisturbed(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp(request.param)
    sweep = write_sweep(folder, lasting(TRAINING_S, KINDS[request.param]))
    run(sweep, folder / "out")
    return {"sweep": sweep, "hash": results_hash(folder / "out"), "ranks": RANKS[request.param]}


def test_P2_a_long_trial_killed_by_sigkill_goes_on_from_its_last_checkpoint_with_the_same_bits(undisturbed, tmp_path):
    print(f"KSWEEP_KILL_SEED={SEED}")
    chance = random.Random(SEED)
    out = tmp_path / "out"
    # The second checkpoint is one of a training that went on from the first.
    for _ in range(2):
        before = newest(out)
        process = start("run", undisturbed["sweep"], "--output", out, "--threads", 1, "--quiet",
                        "--checkpoint-interval", 1, ranks=undisturbed["ranks"])
        wait_until(lambda: newest(out) > before or process.poll() is not None, "a checkpoint")
        time.sleep(chance.uniform(0, 0.3))
        kill_all(process)
    assert len(checkpoints(out)) == 1
    run(undisturbed["sweep"], out, ranks=undisturbed["ranks"])
    assert results_hash(out) == undisturbed["hash"]
    assert (column(out, "resumed_epoch") >= 0).all()  # NaN if it began anew; 0 on a machine that had not come to the end of an epoch
    assert not (out / "checkpoints").exists()


def test_P2_a_stop_in_good_order_saves_first(undisturbed, tmp_path):
    out = tmp_path / "out"
    process = start("run", undisturbed["sweep"], "--output", out, "--threads", 1, "--quiet", "--checkpoint-interval", 0)
    wait_until(lambda: (out / "crashes" / "active-0").exists(), "the training to begin")
    time.sleep(2.5)   # saved is what took 2 s or more
    assert not checkpoints(out)
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 75
    assert len(checkpoints(out)) == 1
    run(undisturbed["sweep"], out, threads=2)
    assert results_hash(out) == undisturbed["hash"]
    assert (column(out, "resumed_epoch") >= 0).all()  # NaN if it began anew; 0 on a machine that had not come to the end of an epoch


def test_P2_a_damaged_checkpoint_is_told_and_the_training_begins_anew(undisturbed, tmp_path):
    out = tmp_path / "out"
    process = start("run", undisturbed["sweep"], "--output", out, "--threads", 1, "--quiet", "--checkpoint-interval", 1)
    wait_until(lambda: checkpoints(out), "a checkpoint")
    kill_all(process)
    path, = checkpoints(out)
    path.write_bytes(path.read_bytes()[:-1])
    done = run(undisturbed["sweep"], out)
    assert "the checkpoint is damaged" in done.stderr
    assert results_hash(out) == undisturbed["hash"]


def test_P2_a_checkpoint_that_cannot_be_written_is_a_warning_once(tmp_path):
    sweep = write_sweep(tmp_path, lasting(2.5, LONG | {"model.alpha": 1}))
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "checkpoints").write_text("in the way")
    done = run(sweep, tmp_path / "out", "--checkpoint-interval", 1)
    assert done.stderr.count("Training goes on without a checkpoint") == 1
