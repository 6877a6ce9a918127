#include "sweep/cost.h"

#include <algorithm>
#include <cmath>

namespace ksweep {
namespace {

// Rates of one core of the reference machine.
constexpr double dense_flops_per_s = 100e9;
constexpr double sparse_flops_per_s = 20e9;
constexpr double traffic_bytes_per_s = 20e9;

// How the probe runs: iterations of its optimiser, and strengths tried when none is given.
constexpr double probe_iterations = 100;
constexpr double probe_strengths = 5;

// What its arrays hold: pairs of vectors that L-BFGS remembers, its other vectors, gradients summed side by side,
// samples in flight on a thread.
constexpr double probe_history = 50;
constexpr double probe_vectors = 10;
constexpr double probe_slices = 16;
constexpr double probe_block = 128;

// Rows are padded to whole vectors; a thread updates this many hidden units at a time.
constexpr double lanes = 16;
constexpr double unit_slice = 48;
constexpr double threads = 8;  // of a rank: scratch for so many is reckoned with

constexpr double float_bytes = 4;
constexpr double double_bytes = 8;
constexpr double program_bytes = 60e6;  // libraries, MPI buffers

double samples(const DataFacts& facts) {
  return static_cast<double>(facts.n_train + facts.n_validation + facts.n_test);
}

/// k of the schedule, averaged over the epochs.
double mean_k(const Trial& trial) {
  const double start = std::min(std::max(trial.k_start, trial.k), trial.n_hidden);
  return trial.k + (start - trial.k) / 2 * trial.k_schedule;
}

/// Non-zero features of a sample as the probe sees them.
double code_size(const Trial& trial, const DataFacts& facts) {
  if (trial.kind == ModelKind::raw) return facts.n_inputs;
  return std::min(trial.alpha * trial.k, double(trial.n_hidden));
}

/// Multiply-adds of one product of samples and weights.
double product_flops(const Trial& trial, const DataFacts& facts) {
  return 2.0 * facts.n_inputs * trial.n_hidden;
}

double epoch_time_s(const Trial& trial, const DataFacts& facts) {
  const double n_train = static_cast<double>(facts.n_train);
  const double n_steps = n_train / trial.batch;
  const double weights = double(trial.n_hidden) * facts.n_inputs * (trial.tied ? 1 : 2);
  const double state =
      trial.optimizer == Optimizer::adam ? 6 : 4;  // reads and writes of weight, gradient, moments
  const double update_s = n_steps * weights * float_bytes * state / traffic_bytes_per_s;
  if (trial.k == trial.n_hidden)
    return n_train * 5 * product_flops(trial, facts) / dense_flops_per_s + update_s;

  const double encode_s = n_train * product_flops(trial, facts) / dense_flops_per_s;
  // Decoding, the error's way back to the kept units, and the weights' gradient.
  const double sparse_s = n_train * 3 * 2.0 * mean_k(trial) * facts.n_inputs / sparse_flops_per_s;
  return encode_s + sparse_s + update_s;
}

/// Reconstruction error and probes between epochs.
double watching_time_s(const Trial& trial, const DataFacts& facts) {
  const double validation_s =
      static_cast<double>(facts.n_validation) *
      (product_flops(trial, facts) / dense_flops_per_s + 2.0 * trial.k * facts.n_inputs / sparse_flops_per_s);
  return trial.epochs * validation_s;
}

double padded(double count) { return std::ceil(count / lanes) * lanes; }

double network_bytes(const Trial& trial, const DataFacts& facts) {
  const double stride = padded(facts.n_inputs);
  return float_bytes * (trial.n_hidden * stride * (trial.tied ? 1 : 2) + padded(trial.n_hidden) + stride);
}

/// One mini-batch with what its forward and backward pass need.
double batch_bytes(const Trial& trial, const DataFacts& facts) {
  const double hidden = trial.n_hidden, stride = padded(facts.n_inputs);
  const double rows =
      padded(std::max(1.0, std::min<double>(trial.batch, static_cast<double>(facts.n_train))));
  const double kept =
      std::min(std::max({trial.alpha * trial.k, double(trial.k), double(trial.k_start)}), hidden);
  const double per_sample = rows * (3 * stride + 2 * hidden);  // inputs, residuals, packed; z, delta
  const double code = rows * (4 * kept + 3) + 4 * hidden;      // by sample and by unit
  const double scratch = std::max((lanes + 1) * hidden + lanes, 2 * unit_slice * stride) + lanes * hidden;
  return float_bytes * (per_sample + code + hidden + lanes + stride + threads * scratch);
}

/// The codes of all samples, and which samples they are.  Raw pixels stay where they are.
double features_bytes(const Trial& trial, const DataFacts& facts) {
  const double code = trial.kind == ModelKind::raw ? 0 : 2 * code_size(trial, facts);  // index and value
  return samples(facts) * (float_bytes * (code + 2) + double_bytes);
}

double probe_bytes(const Trial& trial, const DataFacts& facts) {
  const double features = trial.kind == ModelKind::raw ? facts.n_inputs : trial.n_hidden;
  const double columns = padded(facts.n_classes);
  const double optimiser = (features + 1) * facts.n_classes * (2 * probe_history + probe_vectors);
  const double gradients = (features + 1) * columns * (probe_slices + 1);  // and the weights
  const double scratch = threads * probe_block * (features + columns);
  return double_bytes * optimiser + float_bytes * (gradients + scratch);
}

}  // namespace

double training_time_s(const Trial& trial, const DataFacts& facts) {
  if (trial.kind != ModelKind::k_sparse) return 0;
  return trial.epochs * epoch_time_s(trial, facts) + watching_time_s(trial, facts);
}

double probe_time_s(const Trial& trial, const DataFacts& facts) {
  const bool raw = trial.kind == ModelKind::raw;
  const double encode_s = raw ? 0 : samples(facts) * product_flops(trial, facts) / dense_flops_per_s;
  // One evaluation of the loss and its gradient: two products of the codes with the classes.
  const double evaluation_s = static_cast<double>(facts.n_train) * code_size(trial, facts) * facts.n_classes *
                              2 * 2 / sparse_flops_per_s;
  const double fit_s = probe_iterations * (trial.probe_l2 > 0 ? 1 : probe_strengths) * evaluation_s;
  const double n_probes = trial.probe_every > 0 ? 1 + trial.epochs / trial.probe_every : 1;
  return n_probes * (encode_s + fit_s);
}

double memory_bytes(const Trial& trial, const DataFacts& facts) {
  double bytes = program_bytes + features_bytes(trial, facts) + probe_bytes(trial, facts);
  if (trial.kind == ModelKind::raw) return bytes;
  const double copies = trial.optimizer == Optimizer::adam ? 4 : 3;  // itself, optimiser state, to be stored
  return bytes + copies * network_bytes(trial, facts) + 2 * batch_bytes(trial, facts);
}

double dataset_bytes(const DataFacts& facts) { return samples(facts) * facts.n_inputs * float_bytes; }

double predicted_time_s(const Trial& trial, const DataFacts& facts) {
  return training_time_s(trial, facts) + probe_time_s(trial, facts);
}

}  // namespace ksweep
