"""Loads exported autoencoders as the formats' own programs do, written in NumPy from their public definitions; strict where they are."""

import json
import re
import struct
from pathlib import Path

import numpy as np

DOCS = Path(__file__).resolve().parents[2] / "docs"
SAE_LENS_KEYS = {"architecture", "d_in", "d_sae", "dtype", "device", "apply_b_dec_to_input", "normalize_activations", "reshape_activations",
                 "k", "rescale_acts_by_decoder_norm", "metadata"}


def read_tensors(path):
    """{name: float64 array} of a safetensors file, and its notes."""
    content = Path(path).read_bytes()
    length, = struct.unpack("<Q", content[:8])
    header = json.loads(content[8:8 + length])
    notes = header.pop("__metadata__", {})
    arrays = {}
    for name, entry in header.items():
        assert entry["dtype"] == "F32"
        numbers = np.frombuffer(content[8 + length:][slice(*entry["data_offsets"])], "<f4")
        arrays[name] = numbers.reshape(entry["shape"]).astype("f8")
    return arrays, notes


def largest(values, k):
    """The values of which k of each row are kept, the first of equal ones."""
    order = np.argsort(-values, axis=1, kind="stable")[:, :k]
    kept = np.zeros_like(values)
    np.put_along_axis(kept, order, np.take_along_axis(values, order, axis=1), axis=1)
    return kept


def relu(values):
    return np.maximum(values, 0)


def load_sae_lens(folder):
    """A function from samples to (codes, reconstructions), as SAELens makes one of `cfg.json` and `sae_weights.safetensors`."""
    config = json.loads((folder / "cfg.json").read_text())
    assert set(config) <= SAE_LENS_KEYS and config["metadata"]["sae_lens_version"] == "6.0.0"
    assert (config["dtype"], config["normalize_activations"], config["reshape_activations"]) == ("float32", "none", "none")
    tensors, _ = read_tensors(folder / "sae_weights.safetensors")
    d_in, d_sae = config["d_in"], config["d_sae"]
    shapes = {"W_enc": (d_in, d_sae), "b_enc": (d_sae,), "W_dec": (d_sae, d_in), "b_dec": (d_in,)}
    if config["architecture"] == "jumprelu":
        shapes["threshold"] = (d_sae,)
    assert {name: array.shape for name, array in tensors.items()} == shapes

    def activate(pre):
        if config["architecture"] == "topk":
            assert config["rescale_acts_by_decoder_norm"] is False
            return relu(largest(pre, config["k"]))
        if config["architecture"] == "jumprelu":
            return relu(pre) * (pre > tensors["threshold"])
        assert config["architecture"] == "standard"
        return relu(pre)

    def autoencode(samples):
        inputs = samples - tensors["b_dec"] * config["apply_b_dec_to_input"]
        codes = activate(inputs @ tensors["W_enc"] + tensors["b_enc"])
        return codes, codes @ tensors["W_dec"] + tensors["b_dec"]
    return autoencode, config["metadata"]["ksweep"]


def load_sparsify(folder):
    """The same as sparsify's SparseCoder does with `cfg.json` and `sae.safetensors`."""
    config = json.loads((folder / "cfg.json").read_text())
    assert config["activation"] == "topk" and not (config["transcode"] or config["skip_connection"] or config["multi_topk"])
    tensors, _ = read_tensors(folder / "sae.safetensors")
    matrix = (config["num_latents"], config["d_in"])
    assert {name: array.shape for name, array in tensors.items()} == {
        "encoder.weight": matrix, "encoder.bias": matrix[:1], "W_dec": matrix, "b_dec": matrix[1:]}

    def autoencode(samples):
        codes = largest(relu((samples - tensors["b_dec"]) @ tensors["encoder.weight"].T + tensors["encoder.bias"]), config["k"])
        return codes, codes @ tensors["W_dec"] + tensors["b_dec"]
    return autoencode, config["ksweep"]


def load_own(folder):
    """The same of `config.json` and `weights.safetensors`, as docs/activations.md describes them."""
    config = json.loads((folder / "config.json").read_text())
    assert config["format"] == "ksweep weights 1"
    tensors, _ = read_tensors(folder / "weights.safetensors")
    matrix = (config["n_hidden"], config["n_inputs"])
    shapes = {"encoder": matrix, "decoder": matrix, "hidden_bias": matrix[:1], "visible_bias": matrix[1:]}
    if config["keeps"] == "above thresholds":
        shapes["thresholds"] = matrix[:1]
    assert {name: array.shape for name, array in tensors.items()} == shapes
    shape = {"relu": relu, "linear": lambda values: values, "sigmoid": lambda values: 1 / (1 + np.exp(-values))}

    def keep(values):
        if config["keeps"] == "largest":
            return largest(values, config["k"])
        return values * (values > tensors["thresholds"]) if config["keeps"] == "above thresholds" else values

    def autoencode(samples):
        codes = keep(shape[config["activation"]]((samples - tensors["visible_bias"]) @ tensors["encoder"].T + tensors["hidden_bias"]))
        return codes, shape[config["decoder"]](codes @ tensors["decoder"] + tensors["visible_bias"])
    return autoencode, config["ksweep"]


def write_for_dictionary_learning(folder, output):
    """Runs the lines of docs/activations.md that make a folder for dictionary_learning of one in our own format."""
    blocks = re.findall(r"^```python\n(.*?)^```", (DOCS / "activations.md").read_text(), re.S | re.M)
    lines, = (block for block in blocks if "ae.pt" in block)
    exec(lines.replace('"DIR/', f'"{folder}/').replace('"OUT', f'"{output}'), {})
    return output


def load_dictionary_learning(folder):
    """The same as dictionary_learning's load_dictionary does with `config.json` and `ae.pt`, but for the length of AutoEncoder's decoder columns."""
    import torch
    config = json.loads((folder / "config.json").read_text())
    state = {name: tensor.numpy() for name, tensor in torch.load(folder / "ae.pt").items()}
    name, k = (config["trainer"][key] for key in ("dict_class", "k"))
    if name == "JumpReluAutoEncoder":
        names, subtracted = ("W_enc", "b_enc", "W_dec", "b_dec", "threshold"), 0
        assert set(state) == set(names)
        encoder, hidden_bias, decoder, bias, threshold = (state[each].astype("f8") for each in names)
    else:
        names = ("encoder.weight", "encoder.bias", "decoder.weight", "bias" if name == "AutoEncoder" else "b_dec")
        others = set() if name == "AutoEncoder" else {"k", "threshold"}
        assert set(state) == others | set(names) and (not others or state["k"] == k > 0 and state["threshold"].shape == ())
        encoder, hidden_bias, decoder, bias = (state[each].astype("f8") for each in names)
        encoder, decoder, subtracted, threshold = encoder.T, decoder.T, bias, state.get("threshold")

    def autoencode(samples):
        codes = relu((samples - subtracted) @ encoder + hidden_bias)
        if name in ("JumpReluAutoEncoder", "BatchTopKSAE"):
            codes = codes * (codes > threshold)
        else:
            assert name in ("AutoEncoder", "AutoEncoderTopK")
            codes = codes if name == "AutoEncoder" else largest(codes, k)
        return codes, codes @ decoder + bias
    return autoencode, config["ksweep"]


LOADERS = {"sae-lens": load_sae_lens, "sparsify": load_sparsify, "safetensors": load_own}
