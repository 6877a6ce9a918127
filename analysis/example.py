#!/usr/bin/python3
"""What a notebook on a sweep may begin with: analysis/example.py results/main/sweep.h5"""

import sys

import ksweep

sweep = ksweep.open(sys.argv[1])
print(sweep.sizes)

# Accuracy over k: the mean over seeds, at the weight that is best on the validation part.
trained = sweep.sel(kind="k-sparse") if "kind" in sweep.dims else sweep
validation = trained.validation_accuracy.mean("seed")
weight = validation.fillna(0).idxmax("weight")
test = trained.test_accuracy.sel(weight=weight)
print((100 * test.mean("seed")).round(2).to_series().dropna())

# What k = best gains over every other k, seed by seed.
best = validation.sel(weight=weight).idxmax("k")
difference = test - test.sel(k=best)
print((100 * difference.mean("seed")).round(2).to_series().dropna())

# A learning curve.
if "train_loss_curve" in trained:
    print(trained.train_loss_curve.mean(["seed", "weight"]).sel(k=best).to_series().dropna().head())
