"""Reads trials/ab/abcdef0123456789.h5 beside sweep.h5: images of filters of any trial, and weights where they were saved."""

import io
import re
from dataclasses import dataclass

import h5py
import numpy as np

from ..base.in_child import ChildFault, arrays_from_child

ID = re.compile(r"[0-9a-f]{16}")
SEAL_SIZE = 512
NAMES = ("filters", "filter_scale", "encoder", "decoder", "hidden_bias", "visible_bias")


@dataclass(frozen=True)
class Weights:
    """encoder, decoder: (hidden, input); biases (hidden), (input).  Tied: the decoder is the encoder."""
    encoder: np.ndarray
    decoder: np.ndarray
    hidden_bias: np.ndarray
    visible_bias: np.ndarray


def path_of(sweep, trial_id):
    """None if there is no such file; an id that is none leads nowhere."""
    if not ID.fullmatch(str(trial_id)):
        return None
    path = sweep.folder / "trials" / trial_id[:2] / f"{trial_id}.h5"
    return path if path.is_file() else None


def has_trial_files(sweep):
    return (sweep.folder / "trials").is_dir()


def read_filters(sweep, trial_id):
    """(filter, channel, height, width), or None."""
    def read(file):
        images = file["filters"][...] * file["filter_scale"][...][:, None]
        return images.reshape((-1, *(int(length) for length in sweep.attributes["image_shape"])))
    return _read(sweep, trial_id, read)


def read_weights(sweep, trial_id):
    """None if they were not saved."""
    def read(file):
        encoder = file["encoder"][...]
        return Weights(encoder, file["decoder"][...] if "decoder" in file else encoder,
                       file["hidden_bias"][...], file["visible_bias"][...])
    return _read(sweep, trial_id, read)


def _read(sweep, trial_id, read):
    """What cannot be read counts as not there: the report is of sweep.h5, and `ksweep run` mends damaged trials."""
    path = path_of(sweep, trial_id)
    if path is None:
        return None
    try:
        content = path.read_bytes()
        _, arrays = arrays_from_child(lambda: (None, _arrays(content)), len(content))
        return read(arrays)
    except (OSError, KeyError, ValueError, IndexError, TypeError, ChildFault):
        return None


def _arrays(content):
    with h5py.File(io.BytesIO(content[SEAL_SIZE:]), "r") as file:
        return {name: file[name][...] for name in NAMES if name in file}
