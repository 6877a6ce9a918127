"""Codes and reconstructions from saved weights, in the words of src/model: what the trained program computes."""

from dataclasses import dataclass

import numpy as np

from .trial_files import Weights, read_weights

KINDS = ("k-sparse", "batch-topk", "wta", "plain", "rbm", "random")


@dataclass(frozen=True)
class Network:
    """kept: activations that training keeps of each sample, kept_encoding: that the probe sees; all of them without k.
    decoded_share: what codes are multiplied by before they are decoded, for what dropout took away in training."""
    weights: Weights
    activation: str
    decoder: str
    pre_bias: bool
    kept: int
    kept_encoding: int
    decoded_share: float = 1

    @property
    def n_hidden(self):
        return len(self.weights.encoder)


def network_of(sweep, row):
    """(network, "") or (None, why there is none)."""
    columns = sweep.columns
    kind = str(columns["kind"][row]) if "kind" in columns else "k-sparse"
    if kind not in KINDS:
        return None, f"a trial of kind {kind} has no code"
    if str(_setting(columns, "layers", row, "none")) != "none":
        return None, "units of several layers are not shown"
    weights = read_weights(sweep, columns["trial_id"][row])
    if weights is None:
        return None, "the weights were not saved ([results] save = weights)"
    hidden = len(weights.encoder)
    k = int(_setting(columns, "k", row, 0)) or hidden
    alpha = float(_setting(columns, "alpha", row, 1))
    keeps = kind in ("k-sparse", "batch-topk", "random")
    return Network(weights, "sigmoid" if kind == "rbm" else str(_setting(columns, "activation", row, "linear")),
                   "sigmoid" if kind == "rbm" else str(_setting(columns, "decoder", row, "linear")),
                   str(_setting(columns, "pre_bias", row, "no")) == "yes",
                   min(k, hidden) if keeps else hidden, min(hidden, int(np.floor(alpha * k + 0.5))) if keeps else hidden,
                   _decoded_share(columns, row, kind, min(k, hidden) / hidden)), ""


def _decoded_share(columns, row, kind, share_of_k):
    """As decoded_share() of src/train/schedules.h."""
    batch = int(_setting(columns, "batch", row, 1))
    lifetime = max(1, np.floor(float(_setting(columns, "lifetime", row, 1)) * batch + 0.5)) / batch
    kept = {"plain": 1, "wta": lifetime}.get(kind, share_of_k)
    return min(1, (1 - float(_setting(columns, "dropout", row, 0))) / kept)


def _setting(columns, name, row, default):
    return columns[name][row] if name in columns else default


def activations(network, samples):
    """samples: (n, input) -> (n, hidden), before any is dropped."""
    weights = network.weights
    inputs = samples - weights.visible_bias if network.pre_bias else samples
    return _activate(network.activation, inputs @ weights.encoder.T + weights.hidden_bias)


def keep_largest(values, k):
    """The k largest of each row, the lower unit first of equals; the others 0."""
    if k >= values.shape[1]:
        return values
    order = np.argsort(-values, axis=1, kind="stable")[:, :k]
    kept = np.zeros_like(values)
    np.put_along_axis(kept, order, np.take_along_axis(values, order, axis=1), axis=1)
    return kept


def reconstruct(network, code):
    """code: (n, hidden) -> (n, input)."""
    return _activate(network.decoder, network.decoded_share * code @ network.weights.decoder + network.weights.visible_bias)


def _activate(name, values):
    if name == "relu":
        return np.maximum(values, 0)
    if name == "sigmoid":
        return 1 / (1 + np.exp(-np.clip(values, -80, 80)))
    return values
