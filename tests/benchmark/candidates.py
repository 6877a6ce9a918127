#!/usr/bin/python3
"""Prints how many candidates the bound of src/kernels/screening.h leaves for each unit that is kept, with bf16 and with int8.

8,192 units of 768 inputs, k = 32.  Samples are sums of 32 directions: of those that the units have learnt, or of others.  int8: one scale a row.
"""

import numpy as np

N_INPUTS, N_UNITS, N_SAMPLES, K = 768, 8192, 256, 32


def directions(random):
    rows = random.normal(size=(N_UNITS, N_INPUTS)).astype(np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def sums(random, rows):
    weights = random.uniform(0.5, 1.5, (N_SAMPLES, K)).astype(np.float32)
    return np.stack([w @ rows[random.choice(N_UNITS, K, replace=False)] for w in weights])


def to_bf16(rows):
    return ((rows.view(np.uint32) + 0x8000) & 0xffff0000).astype(np.uint32).view(np.float32)


def to_int8(rows):
    scale = np.abs(rows).max(axis=1, keepdims=True) / 127
    return np.round(rows / scale) * scale


def norms(rows):
    return np.linalg.norm(rows, axis=1)


def candidates_per_kept(weights, samples, rounded):
    rounded_weights, rounded_samples = rounded(weights), rounded(samples)
    near = rounded_samples @ rounded_weights.T
    bound = np.outer(norms(samples), norms(weights - rounded_weights)) + np.outer(norms(samples - rounded_samples), norms(rounded_weights))
    assert (np.abs(samples @ weights.T - near) <= bound + 1e-5).all()
    limit = np.sort(near - bound, axis=1)[:, -K, None]
    return (near + bound >= limit).sum(axis=1).mean() / K


def main():
    random = np.random.default_rng(0)
    learnt = directions(random)
    weights = learnt + 0.02 * random.normal(size=learnt.shape).astype(np.float32)
    for name, rows in ("of learnt directions", learnt), ("of others", directions(random)):
        samples = sums(random, rows)
        for rounding, rounded in ("bf16", to_bf16), ("int8", to_int8):
            print(f"samples {name}, {rounding}: {candidates_per_kept(weights, samples, rounded):.1f} candidates for each unit that is kept")


if __name__ == "__main__":
    main()
