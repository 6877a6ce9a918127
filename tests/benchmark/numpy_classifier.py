#!/usr/bin/python3
"""numpy_classifier.py FOLDER: a 784-30-10-10 network on MNIST with NumPy alone, on one thread.

Written anew from the description of main_mnist.py in snooky23/K-Sparse-AutoEncoder: sigmoid on all three layers,
weights from uniform(-1, 1), biases that are zero and stay so, pixels / 256, one-hot targets, the gradient of half the
squared error summed over a batch of 256 drawn with replacement, plain gradient descent with rate 0.01.  As there, the
pixels are in single and all else is in double precision, as NumPy computes unless told otherwise.  FOLDER: images.u8
(n x inputs), labels.u8 and test_images.u8, test_labels.u8.  Answers each line "N SEED" on the standard input: trains N thousand steps.
"""

import json
import sys
import time
from pathlib import Path

import numpy as np

HIDDEN = 30, 10
BATCH, RATE = 256, 0.01


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


class Layer:
    def __init__(self, n_inputs, n_outputs):
        self.weights = np.random.uniform(-1, 1, (n_inputs, n_outputs))
        self.biases = np.zeros(n_outputs)

    def forward(self, inputs):
        self.inputs = inputs
        self.outputs = sigmoid(inputs @ self.weights + self.biases)
        return self.outputs

    def delta(self, error):
        """error: the loss's slope by the outputs."""
        return error * self.outputs * (1 - self.outputs)

    def update(self, delta):
        self.weights -= RATE * (self.inputs.T @ delta)


class Network:
    def __init__(self, sizes):
        self.layers = [Layer(n_in, n_out) for n_in, n_out in zip(sizes, sizes[1:])]

    def forward(self, samples):
        for layer in self.layers:
            samples = layer.forward(samples)
        return samples

    def step(self, samples, targets):
        """One batch.  Returns the mean of |outputs - targets|."""
        error = self.forward(samples) - targets
        mean_error = np.mean(np.abs(error))
        deltas = [self.layers[-1].delta(error)]
        for before, layer in zip(self.layers[-2::-1], self.layers[:0:-1]):
            deltas.append(before.delta(deltas[-1] @ layer.weights.T))
        for layer, delta in zip(self.layers, reversed(deltas)):
            layer.update(delta)
        return mean_error

    def accuracy(self, samples, labels):
        return np.mean(np.argmax(self.forward(samples), axis=1) == labels)


def read(folder, name):
    labels = np.fromfile(folder / f"{name}labels.u8", np.uint8)
    samples = np.fromfile(folder / f"{name}images.u8", np.uint8).reshape(len(labels), -1) / np.float32(256)
    return samples, labels


def train(samples, labels, thousands, seed):
    """Returns the network and what the original prints every 1000 steps: the mean error and the training accuracy."""
    np.random.seed(seed)
    targets = np.eye(10)[labels]
    network = Network([samples.shape[1], *HIDDEN, targets.shape[1]])
    log = []
    for _ in range(thousands):
        for _ in range(1000):
            chosen = np.random.randint(0, len(samples), BATCH)
            mean_error = network.step(samples[chosen], targets[chosen])
        log.append([mean_error, network.accuracy(samples, labels)])
    return network, log


def main(folder):
    samples, labels = read(folder, "")
    test_samples, test_labels = read(folder, "test_")
    print(json.dumps({"numpy": np.__version__, "blas": blas_library()}), flush=True)
    for line in sys.stdin:
        thousands, seed = map(int, line.split())
        begin = time.perf_counter()
        network, log = train(samples, labels, thousands, seed)
        seconds = time.perf_counter() - begin
        print(json.dumps({"seconds": seconds, "log": log,
                          "test_accuracy": network.accuracy(test_samples, test_labels)}), flush=True)


def blas_library():
    """The library behind NumPy's matrix products."""
    with open("/proc/self/maps") as maps:
        names = {Path(line.split()[-1]).resolve().name for line in maps if "blas" in line}
    if all(name.startswith("libblas.") for name in names):
        sys.exit("numpy_classifier.py: NumPy multiplies with the slow reference BLAS here and is no fair opponent. "
                 "Run: apt-get install libopenblas0-pthread")
    return ", ".join(sorted(name for name in names if "openblas" in name) or sorted(names))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
