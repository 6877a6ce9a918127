"""Test samples of a sweep's data set, for pictures that need them: codes, reconstructions, what excites a unit.

The program prepares them as it did for the sweep: `ksweep data export`.
"""

import functools
import os
import re
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..base.quoting import quoted

MOST_SAMPLES = 2000
PROGRAM = Path(__file__).parents[3] / "build" / "release" / "ksweep"
KEY_OF_DATA = re.compile(r"(?m)^(data\.\w+) = (.*)$")


@dataclass(frozen=True)
class Samples:
    """inputs: (n, pixel) as trained on; labels: (n), or None."""
    inputs: np.ndarray
    labels: np.ndarray


def samples_of(sweep, row, data_dir=None):
    """(samples, "") or (None, why there are none): of the trial's test set, the first 2,000 at most."""
    program = os.environ.get("KSWEEP") or (str(PROGRAM) if PROGRAM.is_file() else shutil.which("ksweep"))
    if not program:
        return None, "samples are prepared by the program ksweep, which was not found: build it, or name it in KSWEEP"
    keys = dict(KEY_OF_DATA.findall(str(sweep.columns["specification"][row]))) if "specification" in sweep.columns else {}
    name = str(sweep.columns["data_set"][row]) if "data_set" in sweep.columns else keys.get("data.set", "digits")
    settings = [f"{key}={quoted(value)}" for key, value in keys.items() if key != "data.set"]
    samples, why = _exported(program, name, tuple(settings), str(data_dir or ""))
    n_inputs = int(np.prod(sweep.attributes["image_shape"]))
    if samples is not None and samples.inputs.shape[1] != n_inputs:
        return None, f"the files of {name} have {samples.inputs.shape[1]} inputs, the sweep was trained on {n_inputs}"
    return samples, why


@functools.lru_cache(maxsize=1)
def _exported(program, name, settings, data_dir):
    """(samples, "") or (None, what the program says)."""
    with tempfile.TemporaryDirectory() as folder:
        options = ["--npy", "--part", "test", "--output", folder, *(["--data-dir", data_dir] if data_dir else [])]
        sets = [word for setting in settings for word in ("--set", setting)]
        try:
            done = subprocess.run([program, "data", "export", *options, *sets, "--", name], capture_output=True, text=True, check=False)
        except OSError as error:
            return None, f"the program {program}, which prepares samples, cannot be started: {error.strerror}"
        inputs, labels = Path(folder, "x_test.npy"), Path(folder, "y_test.npy")
        if done.returncode or not inputs.is_file():
            return None, f"the samples of {name} cannot be read: " + " ".join(done.stderr.split()).rstrip(".")
        return Samples(np.load(inputs)[:MOST_SAMPLES], np.load(labels)[:MOST_SAMPLES].astype(int) if labels.is_file() else None), ""
