"""A writer of safetensors files, whole or faulty, and samples that every type of their numbers holds exactly."""

import json
import struct

import numpy as np


def exact_samples(count=600, inputs=16, seed=1):
    """float32 that float16 and bfloat16 hold exactly; they are not all whole numbers, and so no scale is guessed."""
    return np.random.default_rng(seed).integers(-64, 65, (count, inputs)).astype("f4") / 32


def stored_bytes(array, dtype):
    """BF16: the upper half of each float32."""
    if dtype == "BF16":
        return (array.astype("<f4").view("<u4") >> 16).astype("<u2").tobytes()
    return array.astype({"F32": "<f4", "F16": "<f2"}[dtype]).tobytes()


def write_raw(path, header, data):
    """A file of this header, whatever it claims, and these bytes."""
    text = json.dumps(header).encode()
    path.write_bytes(struct.pack("<Q", len(text)) + text + data)


def write_safetensors(path, array, dtype="F32", name="acts", lies=None, more=None):
    """Writes an array, and those of `more`, {name: array}, behind it.  lies: what the header says of the first one instead of the truth."""
    header, data = {}, b""
    for each, values in {name: array, **(more or {})}.items():
        begin = len(data)
        data += stored_bytes(values, dtype)
        header[each] = {"dtype": dtype, "shape": values.shape, "data_offsets": [begin, len(data)]}
    header[name] |= lies or {}
    write_raw(path, header, data)
