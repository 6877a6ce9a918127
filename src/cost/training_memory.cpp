#include "cost/training_memory.h"

#include <algorithm>

#include "core/training_path.h"
#include "core/trial_keys.h"
#include "core/trial_layers.h"
#include "cost/products.h"

namespace ksweep {
namespace {

double network_bytes(const Trial& trial, const DataFacts& facts) {
  const double stride = padded_count(facts.n_inputs);
  const bool tied = trial.tied || trial.kind == ModelKind::rbm;
  return float_bytes * (trial.n_hidden * stride * (tied ? 1 : 2) + padded_count(trial.n_hidden) + stride);
}

/// Returns the largest number of kept activations of a sample.
double most_kept(const Trial& trial) {
  if (!encodes_all(trial.kind))
    return std::min(std::max({trial.alpha * trial.k, (trial.multi_topk > 0 ? 2.0 * 4 : 1.0) * trial.k,
                              double(trial.k_start)}),
                    (trial.multi_topk > 0 ? 2.0 : 1.0) * trial.n_hidden);
  if (trial.kind == ModelKind::jump_relu) return trial.n_hidden;  // all, as long as thresholds are low
  return rule_scope(trial.kind) == RuleScope::unit ? std::ceil(trial.lifetime * trial.n_hidden) : 0;
}

/// Returns the floats of a mini-batch for noise, shifted targets, dropout, rules, AuxK, and for dense
/// updates.
double floats_of_settings(const Trial& trial, const DataFacts& facts, double rows, double stride) {
  const double hidden = padded_count(trial.n_hidden);
  const bool has_targets = trial.input_noise > 0 || trial.targets != Targets::inputs;
  const bool ruled = training_path(trial) == TrainingPath::rule;
  const double marks = 0.25;  // a byte, in floats
  double floats = has_targets ? rows * stride : 0;
  if (trial.dropout > 0) floats += rows * hidden;
  if (trial.multi_topk > 0) floats += 2 * rows * stride;
  if (trial.kind == ModelKind::matryoshka) floats += trial.prefixes * rows * stride;
  if (trial.kind == ModelKind::jump_relu) floats += 3 * rows * hidden;  // the window: entries, products
  // A rule's scratch: activations of the mini-batch, gathered, marked as kept, and sorted.
  if (ruled) floats += rows * hidden * (1 + 2 * marks);
  if (rule_scope(trial.kind) == RuleScope::batch)
    floats += threads_with_scratch * rows * hidden * (1 + marks);
  if (trial.aux_weight > 0)
    floats += rows * (stride + hidden * marks + 8 * aux_units_of(trial, facts.n_inputs));
  if (encodes_all(trial.kind) || trial.k >= trial.n_hidden) floats += rows * stride;  // packed residuals
  return floats;
}

/// Returns the bytes of one mini-batch with its forward and backward pass.
double batch_bytes(const Trial& trial, const DataFacts& facts) {
  const double hidden = trial.n_hidden, stride = padded_count(facts.n_inputs), kept = most_kept(trial);
  const double rows = padded_count(batch_of(trial.batch, facts));
  const double per_sample =
      rows * (3 * stride + 2 * padded_count(hidden));  // inputs, residuals, packed; z, delta
  // Per kept activation: unit and value, by sample and by unit; delta and scaled value; two gradient terms of
  // 16 bytes.
  const double code = rows * (14 * kept + 3) + 4 * hidden;
  const double scratch =
      std::max((lanes + 1) * (padded_count(hidden) + lanes), 2 * double(slice_size) * stride) +
      padded_count(hidden) + lanes;
  return float_bytes * (per_sample + floats_of_settings(trial, facts, rows, stride) + code + hidden + lanes +
                        stride + threads_with_scratch * scratch);
}

/// Data, fantasies and a packed copy of either; hidden probabilities given each, states; a gradient for each
/// thread.
double machine_bytes(const Trial& trial, const DataFacts& facts) {
  const double stride = padded_count(facts.n_inputs), rows = padded_count(batch_of(trial.batch, facts));
  return float_bytes * (3 * rows * (stride + padded_count(trial.n_hidden)) +
                        threads_with_scratch * double(slice_size) * stride);
}

/// Group means and sums, and each sample's own and nearest other group; with clusters also the codes.
double shifting_bytes(const Trial& trial, const DataFacts& facts) {
  if (trial.targets == Targets::inputs) return 0;
  const bool clusters = trial.targets == Targets::clusters;
  const double groups = clusters ? trial.clusters : facts.n_classes;
  const double code = clusters ? 14.0 * encoding_k(trial) + 5 * double_bytes : 0;  // by feature, by sample
  return groups * facts.n_inputs * (double_bytes + float_bytes) +
         static_cast<double>(facts.n_train) * (2 * float_bytes + code) +
         (clusters ? float_bytes * 3 * trial.n_hidden * padded_count(groups) : 0);
}

/// Returns the bytes of a layer in training.
double layer_bytes(const Trial& trial, const DataFacts& facts) {
  const double copies = 2 + n_moments(trial.optimizer);  // itself, to be stored, moments
  return copies * network_bytes(trial, facts) + 2 * batch_bytes(trial, facts) + shifting_bytes(trial, facts) +
         (trial.kind == ModelKind::rbm ? machine_bytes(trial, facts) : 0);
}

/// How dense layers are used.
struct LayersUse {
  double copies, batch;
  bool gated;  ///< dropout, rules
};

/// Returns the bytes of the weights of dense layers and of one mini-batch.
double layers_bytes(const std::vector<int>& sizes, const LayersUse& use) {
  double weights = 0, per_sample = sizes[0], widest = 0;
  for (std::size_t i = 1; i < sizes.size(); ++i) {
    weights += (sizes[i - 1] + 1) * padded_count(sizes[i]);
    per_sample += 2 * padded_count(sizes[i]);
    // Masks, activations before them, marks of kept ones.
    if (use.gated) per_sample += 2.25 * padded_count(sizes[i]);
    widest = std::max(widest, padded_count(sizes[i]));
  }
  return float_bytes *
         (use.copies * weights + use.batch * per_sample + threads_with_scratch * double(slice_size) * widest);
}

/// Returns the bytes of filter images: one-unit codes and their decoded outputs in all layers.
double filters_bytes(const Trial& trial, const DataFacts& facts) {
  std::vector<int> sizes = encoder_sizes(trial, facts);
  std::ranges::reverse(sizes);
  return layers_bytes(sizes, {2, trial.n_hidden + 1.0, false}) +
         float_bytes * trial.n_hidden * (trial.n_hidden + padded_count(facts.n_inputs));
}

/// Returns the bytes of all layers while the widest one is trained, and of two neighbours' codes: the lower
/// ones are the input from which the upper ones are computed.
double stack_bytes(const Trial& trial, const DataFacts& facts) {
  double learning = 0, finished = 0, codes = 0;
  DataFacts below = facts;
  const std::vector<Trial> layers = trials_of_layers(trial);
  for (std::size_t i = 0; i < layers.size(); ++i) {
    learning = std::max(learning, layer_bytes(layers[i], below));
    if (i + 1 == layers.size()) break;
    finished += 2 * network_bytes(layers[i], below);  // parameters, copy to store
    const double of_both = layers[i].n_hidden + (i + 2 < layers.size() ? layers[i + 1].n_hidden : 0.0);
    codes = std::max(codes, float_bytes * all_samples(facts) * of_both);
    below.n_inputs = layers[i].n_hidden;
  }
  return learning + finished + codes + (layers.size() > 1 ? filters_bytes(trial, facts) : 0);
}

/// Weights: current, best so far, to be tuned, initial, state of Adam, packed.
double fine_tuning_bytes(const Trial& trial, const DataFacts& facts) {
  const std::vector<int> sizes = fine_tuned_sizes(trial, facts);
  const bool gated = trial.probe_dropout > 0 || trial.probe_k > 0;
  return layers_bytes(sizes, {7, batch_of(trial.probe_batch, facts), gated}) +
         float_bytes * 5 * all_samples(facts);
}

double copies_of_dense(const Trial& trial) {
  return 2 + n_moments(trial.optimizer);  // itself, packed, moments
}

/// Layers, order of an epoch, labels and rows of all parts.
double classifier_bytes(const Trial& trial, const DataFacts& facts) {
  const std::vector<int> sizes = layer_sizes(trial.layers, facts.n_inputs, facts.n_classes);
  const double order = trial.steps_per_epoch > 0 ? double(trial.steps_per_epoch) * trial.batch
                                                 : static_cast<double>(facts.n_train);
  // For narrow first layers, sparse samples are stored in 3 bytes per non-zero input, of which there are at
  // most 0.35 (model/quantised_rows.cpp).
  const double sparse = padded_count(sizes[1]) <= 64 ? 3 * 0.35 * all_samples(facts) * facts.n_inputs : 0;
  return layers_bytes(sizes, {copies_of_dense(trial), double(trial.batch), trial.dropout > 0}) +
         float_bytes * (order + 5 * all_samples(facts)) + sparse;
}

double joint_bytes(const Trial& trial, const DataFacts& facts) {
  return layers_bytes(mirrored_layer_sizes(trial.layers, facts.n_inputs),
                      {copies_of_dense(trial), double(trial.batch), true}) +
         filters_bytes(trial, facts);
}

}  // namespace

double training_memory_bytes(const Trial& trial, const DataFacts& facts) {
  if (trial.kind == ModelKind::classifier) return classifier_bytes(trial, facts);
  if (trial.kind == ModelKind::raw) return 0;
  const bool tunes = trial.probe_kind == ProbeKind::fine_tune && facts.n_classes > 0;
  return (trial.training == LayerTraining::joint ? joint_bytes(trial, facts) : stack_bytes(trial, facts)) +
         (tunes ? fine_tuning_bytes(trial, facts) : 0);
}

}  // namespace ksweep
