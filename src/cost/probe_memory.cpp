#include "cost/probe_memory.h"

#include <algorithm>

#include "core/trial_keys.h"
#include "cost/products.h"

namespace ksweep {
namespace {

constexpr double block = 512;          // samples in flight on a thread
constexpr double entry_bytes = 6;      // sparse code stored by feature: sample and value
constexpr double row_entry_bytes = 8;  // copy stored by sample: feature and value

// Softmax regression: pairs of vectors in the history of L-BFGS, its other vectors, gradients summed in
// parallel, dense rows in flight on a thread, features whitened together.
constexpr double history = 10;
constexpr double vectors = 10;
constexpr double slices = 16;
constexpr double dense_block = 128;
constexpr double whitened = 1024;

constexpr double classes_side_by_side = 8;  // svm
constexpr double queries = 64;              // samples whose nearest neighbours are searched together
constexpr double most_neighbours = 15;

/// Sizes of a probe's input.
struct Reading {
  double n_features, n_classes;
  double n_fitted, n_samples;  // samples that the probe is fitted on, and all samples
  double code;                 // kept features of a sample
  bool dense;
};

Reading reading(const Trial& trial, const DataFacts& facts) {
  const bool raw = trial.kind == ModelKind::raw;
  const double n_features = raw ? facts.n_inputs : trial.n_hidden;
  const double kept = raw ? 0 : encoding_k(trial);
  const double n_train = static_cast<double>(facts.n_train),
               n_validation = static_cast<double>(facts.n_validation);
  return {.n_features = n_features,
          .n_classes = static_cast<double>(facts.n_classes),
          .n_fitted = n_train + (trial.probe_refit ? n_validation : 0),
          .n_samples = n_train + n_validation + static_cast<double>(facts.n_test),
          .code = raw ? n_features / 3 : kept,  // pixels are copied only if at most a third is not zero
          .dense = !raw && kept == n_features};
}

/// Entries of the codes, begin of each feature in each block, and rows of the samples.
double features_bytes(const Reading& r, double n_samples) {
  const double code = r.code * (r.dense ? float_bytes : entry_bytes), places = r.n_features / block;
  return n_samples * (code + float_bytes * (places + 2) + double_bytes);
}

/// A copy stored by sample, which only sparse features need.
double rows_bytes(const Reading& r, double n_samples) {
  return n_samples * ((r.dense ? 0 : row_entry_bytes * r.code) + double_bytes);
}

/// A copy of all codes, and moments and factor of each feature.
double standardised_bytes(const Reading& r) {
  return features_bytes(r, r.n_samples) + r.n_features * (4 * double_bytes + float_bytes);
}

double softmax_bytes(const Reading& r) {
  const double columns = padded_count(r.n_classes), rows = r.n_features + 1;
  const double optimiser = rows * r.n_classes * (2 * history + vectors);
  const double gradients = rows * columns * (slices + 1);  // the 1 is for the weights
  const double scratch = block * (r.n_features + threads_with_scratch * columns) +
                         (r.dense ? threads_with_scratch * dense_block * r.n_features : 0);
  const double whitening = rows * std::min(rows, whitened);
  return double_bytes * optimiser + float_bytes * (gradients + scratch + whitening);
}

/// Dual variables, length and order of the samples; weights of the last fit, twice, and of the best one.
double svm_bytes(const Reading& r) {
  const double solved = std::ceil(r.n_classes / classes_side_by_side) * classes_side_by_side;
  const double duals = r.n_fitted * (solved + 2),
               weights = (r.n_features + 1) * (solved + 2 * padded_count(r.n_classes));
  return rows_bytes(r, r.n_fitted) +
         float_bytes * (duals + weights + threads_with_scratch * block * padded_count(r.n_classes));
}

/// Samples with their lengths and scales.
double points_bytes(const Reading& r) {
  return rows_bytes(r, r.n_samples) + r.n_samples * (2 * float_bytes + double_bytes);
}

double neighbours_bytes(const Reading& r) {
  const double labels = (r.n_samples - r.n_fitted) * most_neighbours;
  return points_bytes(r) + float_bytes * (labels + threads_with_scratch * queries *
                                                       (r.n_features + block + 2 * most_neighbours));
}

/// Three sets of centres, sums for each thread, distance and group of each sample.
double centres_bytes(const Reading& r) {
  const double columns = padded_count(r.n_classes);
  return points_bytes(r) + r.n_samples * 3 * double_bytes + float_bytes * 3 * r.n_features * columns +
         threads_with_scratch * (double_bytes * r.n_features + float_bytes * block * columns);
}

/// Class means, the chosen features of all samples, and a regression of two classes on them.
double sparse_bytes(const Reading& r, double units) {
  Reading few = r;
  few.n_features = few.code = std::min(units, r.n_features);
  few.n_classes = 2;
  few.dense = true;
  return double_bytes * r.n_features * (r.n_classes + 1) + features_bytes(few, r.n_samples) +
         float_bytes * r.n_samples + softmax_bytes(few);
}

double fit_bytes(ProbeKind kind, const Reading& r, double units) {
  switch (kind) {
    case ProbeKind::softmax:
      return softmax_bytes(r);
    case ProbeKind::svm:
      return svm_bytes(r);
    case ProbeKind::knn:
      return neighbours_bytes(r);
    case ProbeKind::sparse:
      return sparse_bytes(r, units);
    case ProbeKind::fine_tune:
      return 0;  // fine-tuning trains a network of its own: training_memory.cpp
    case ProbeKind::centroid:
    case ProbeKind::kmeans:
      break;
  }
  return centres_bytes(r);
}

}  // namespace

double probe_memory_bytes(const Trial& trial, const DataFacts& facts) {
  // Without labels codes are counted and not kept; what grows with the samples are lists of rows.
  constexpr double lists_of_rows = 5;  // of the split, of an epoch's order, and of what both are made from
  if (facts.n_classes == 0 && trial.training != LayerTraining::joint)
    return float_bytes * lists_of_rows * all_samples(facts);
  const Reading r = reading(trial, facts);
  const double both_parts = trial.probe_refit ? features_bytes(r, r.n_fitted) + rows_bytes(r, r.n_fitted) : 0;
  const double standardised = trial.probe_standardise ? standardised_bytes(r) : 0;
  return features_bytes(r, r.n_samples) + standardised + both_parts +
         fit_bytes(trial.probe_kind, r, trial.probe_units);
}

}  // namespace ksweep
