"""Dense layers, for reference.py: a classifier, an autoencoder trained as one network, an encoder that is fine-tuned."""

import numpy as np
import rederive
from reference_rules import (SLOPES, Optimiser, activated, add_epoch, batches_of_epoch, dropped_units, initial, initial_curves, k_of_epoch,
                             kept_by_rule, keeps_k, largest, layer_sizes, n_mini_batches, noisy, penalty, penalty_slope)


def softmax(z):
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


class Layers:
    """A network: weights_1, biases_1, … and the activation of each layer."""

    def __init__(self, keys, net, activations):
        self.keys, self.net, self.activations = keys, net, activations

    def is_hidden(self, layer):
        return layer + 1 < len(self.activations)

    def forward(self, x, gate=None):
        """Activations before the gates, those after them, and the gates, of the inputs and of each layer.
        gate(layer, activations): what those of a hidden layer, from 0, are multiplied by."""
        before, after, gates = [x], [x], [1]
        for layer, name in enumerate(self.activations):
            z = after[-1] @ self.net[f"weights_{layer + 1}"] + self.net[f"biases_{layer + 1}"]
            before.append(activated(name, z))
            gates.append(gate(layer, before[-1]) if gate and self.is_hidden(layer) else 1)
            after.append(before[-1] * gates[-1])
        return before, after, gates

    def gradients(self, passed, slope):
        """slope: of the loss by the outputs."""
        before, after, gates = passed
        gradients = {}
        for number in range(len(self.activations), 0, -1):
            if self.is_hidden(number - 1):
                slope = (slope + penalty_slope(self.keys, after[number])) * gates[number]
            delta = slope * SLOPES[self.activations[number - 1]](before[number])
            gradients |= {f"weights_{number}": after[number - 1].T @ delta, f"biases_{number}": delta.sum(axis=0)}
            slope = delta @ self.net[f"weights_{number}"].T
        return gradients

    def dropout(self, layer, activations, epoch, rows):
        """A gate: what is left grows."""
        dropped = dropped_units(self.keys, activations.shape[1], epoch, rows, layer)
        return ~dropped / (1 - self.keys["model.dropout"])


def initial_layers(keys, sizes, activations):
    net = {}
    for number, weights in enumerate(rederive.dense_layers(keys["train.seed"], sizes, *initial(keys)), 1):
        net |= {f"weights_{number}": weights.astype(float), f"biases_{number}": np.zeros(weights.shape[1])}
    return Layers(keys, net, activations)


# Layers of an autoencoder in one network.

def train_joint(keys, samples, _labels, parts):
    train, validation = parts
    encoder = layer_sizes(keys) or [keys["model.hidden"]]
    keys, innermost = keys | {"model.hidden": encoder[-1]}, len(encoder) - 1
    sizes = [samples.shape[1], *encoder, *encoder[-2::-1], samples.shape[1]]
    layers = initial_layers(keys, sizes, [keys["model.activation"]] * (len(sizes) - 2) + [keys["model.decoder"]])
    optimiser, curves = Optimiser(keys, n_mini_batches(keys, len(train))), initial_curves()

    def gate_of(epoch, rows):
        def gate(layer, values):
            kept = kept_by_rule(keys, values, k_of_epoch(keys, epoch)) if layer == innermost else 1
            return kept * layers.dropout(layer, values, epoch, rows)
        return gate

    def keep_of_sample(layer, values):
        return largest(values, keys["model.k"]) if layer == innermost and keeps_k(keys) else 1

    for epoch in range(keys["train.epochs"]):
        loss, codes = 0, []
        for rows in batches_of_epoch(keys, train, epoch):
            passed = layers.forward(noisy(keys, samples[rows], epoch, rows), gate_of(epoch, rows))
            activations, errors = passed[1], passed[1][-1] - samples[rows]
            loss += 0.5 * np.sum(errors ** 2) + len(rows) * sum(penalty(keys, code) for code in activations[1:-1])
            codes.append(activations[innermost + 1])
            optimiser.move(layers.net, layers.gradients(passed, errors / len(rows)))
        averaged = Layers(keys, optimiser.average.of(layers.net), layers.activations)
        drawn = averaged.forward(samples[validation], keep_of_sample)[1][-1]
        add_epoch(curves, keys, epoch, loss / len(train), np.concatenate(codes), np.mean((drawn - samples[validation]) ** 2))
    return optimiser.average.of(layers.net), curves


# Layers that learn labels.

def learn_labels(layers, optimiser, samples, wanted, epoch, rows, keep=lambda _layer, _values: 1):
    """A mini-batch: (outputs, loss of each sample).  wanted: one-hot labels.  keep: a gate besides dropout."""
    keys = layers.keys

    def gate(layer, values):
        return keep(layer, values) * layers.dropout(layer, values, epoch, rows)

    passed = layers.forward(noisy(keys, samples, epoch, rows), gate)
    outputs = passed[1][-1]
    if keys["model.output"] == "softmax":
        outputs = softmax(outputs)
        losses = -np.log(outputs[wanted == 1])
    else:
        losses = 0.5 * np.sum((outputs - wanted) ** 2, axis=1)
    gradients = layers.gradients(passed, (outputs - wanted) / (1 if keys["train.reduction"] == "sum" else len(rows)))
    if keys["model.biases"] == "zero":
        gradients = {name: gradient for name, gradient in gradients.items() if "bias" not in name}
    optimiser.move(layers.net, gradients)
    return outputs, losses


def train_classifier(keys, samples, labels, parts):
    train, one_hot, hidden = np.sort(parts[0]), np.eye(labels.max() + 1)[labels], layer_sizes(keys)
    outputs = "linear" if keys["model.output"] == "softmax" else keys["model.output"]
    layers = initial_layers(keys | {"model.penalty": "none"}, [samples.shape[1], *hidden, one_hot.shape[1]],
                            [keys["model.activation"]] * len(hidden) + [outputs])
    n_drawn, curves = keys["train.steps_per_epoch"] * keys["train.batch"], {"train_loss": [], "output_error": []}
    optimiser = Optimiser(keys, n_mini_batches(keys, n_drawn or len(train)))
    for epoch in range(keys["train.epochs"]):
        losses = []
        for rows in batches_of_epoch(keys, train, epoch, n_drawn):
            outputs, of_batch = learn_labels(layers, optimiser, samples[rows], one_hot[rows], epoch, rows)
            losses.extend(of_batch)
        curves["train_loss"].append(np.mean(losses))
        curves["output_error"].append(np.abs(outputs - one_hot[rows]).mean())   # of the last mini-batch
    return optimiser.average.of(layers.net), curves


def highest(outputs):
    return np.nonzero(largest(outputs, 1))[1]


FINE_TUNING = {"model.penalty": "none", "model.output": "softmax", "model.biases": "trained", "train.optimizer": "adamw", "train.momentum": 0.9,
               "train.momentum_schedule": 0, "train.learning_rate_schedule": "linear", "train.reduction": "mean"}


def fine_tune(keys, layers, parts, sets):
    """Hits after the epoch that was best on the validation part, {part: share of hits}, and that epoch, from 1.  layers: encoder and
    softmax.  sets: {part: (samples, labels)} of the training part and others; parts: rows of the training part's samples."""
    own = {f"{section}.{name}": keys[f"probe.{name}"] for section, names in {
        "train": ("epochs", "batch", "learning_rate", "weight_average", "weight_decay"), "model": ("dropout", "input_noise")}.items()
           for name in names}
    layers.keys = keys | FINE_TUNING | own
    (samples, labels), train = sets["train"], parts
    of_encoder = [f"{part}_{number}" for number in range(1, len(layers.activations)) for part in ("weights", "biases")]
    optimiser = Optimiser(layers.keys, n_mini_batches(layers.keys, len(train)), factors=dict.fromkeys(of_encoder, keys["probe.features_rate"]),
                          longest=dict.fromkeys(of_encoder[::2], keys["probe.max_norm"] or np.inf))
    best, best_epoch = {"validation": -1}, 0

    def keep(_layer, values):
        return largest(values, min(keys["probe.k"], values.shape[1])) if keys["probe.k"] > 0 else 1

    for epoch in range(keys["probe.epochs"]):
        for positions in batches_of_epoch(layers.keys, np.arange(len(train)), epoch):
            learn_labels(layers, optimiser, samples[positions], np.eye(labels.max() + 1)[labels[positions]], epoch, train[positions], keep)
        averaged = Layers(layers.keys, optimiser.average.of(layers.net), layers.activations)
        hits = {part: np.mean(highest(averaged.forward(x, keep)[1][-1]) == y) for part, (x, y) in sets.items()}
        if hits["validation"] > best["validation"]:
            best, best_epoch = hits, epoch + 1
    return best, best_epoch
