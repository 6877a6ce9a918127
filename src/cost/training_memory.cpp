#include "cost/training_memory.h"

#include <algorithm>

#include "core/code_search.h"
#include "core/starting_file.h"
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

/// Returns the copies of the weights in a training.
double copies_in_training(const Trial& trial) {
  return 1 + n_moments(trial.optimizer) + (trial.weight_average > 0);  // itself, moments, average
}

/// Returns the largest number of activations of a sample that a training keeps; 0: all, which is no sparse code.
double most_kept(const Trial& trial) {
  if (training_path(trial) == TrainingPath::dense) return 0;
  if (trial.kind == ModelKind::jump_relu) return trial.n_hidden;  // all, as long as thresholds are low
  if (encodes_all(trial.kind)) return std::ceil(trial.lifetime * trial.n_hidden);
  const int k = std::max(trial.k, trial.k_start);
  return std::min(k, trial.n_hidden) + (trial.multi_topk > 0 ? multi_topk_k(k, trial.n_hidden) : 0);
}

/// Returns the floats in which the largest pre-activations of each sample are searched: lists of values, bounds and units, and samples
/// rounded to bf16, or those in which all are stored.
double floats_of_largest(int k, double rows, double hidden, double stride) {
  if (!searches_largest(k, static_cast<int>(hidden), static_cast<int>(rows)))
    return rows * padded_count(hidden);
  return rows * (3 * entries_of_search(k) + stride / 2);
}

/// Returns the floats of what is stored of the pre-activations of a mini-batch in training.
double floats_in_training(const Trial& trial, double rows, double stride) {
  const int k = std::max(trial.k, trial.k_start);
  if (searches_batch(trial))
    // Candidates of four numbers, for which memory grows by doubling, and their bounds.
    return rows * (stride / 2 + 9 * std::min(trial.n_hidden, std::max(2 * searched_slice, 4 * k)));
  const bool searched = training_path(trial) == TrainingPath::largest;
  const int most = trial.multi_topk > 0 ? multi_topk_k(k, trial.n_hidden) : k;
  return searched ? floats_of_largest(most, rows, trial.n_hidden, stride)
                  : rows * padded_count(trial.n_hidden);
}

/// The same where features are computed.
double floats_in_encoding(const Trial& trial, double rows, double stride) {
  return floats_of_largest(encoding_k(trial), rows, trial.n_hidden, stride);
}

/// Returns whether a training keeps all activations, at least in some epochs.
bool is_dense_at_times(const Trial& trial) {
  return trains_codes(trial.kind) && trial.kind != ModelKind::rbm &&
         (training_path(trial) == TrainingPath::dense || trial.k_start >= trial.n_hidden);
}

/// Returns the floats of a mini-batch for noise, shifted targets, dropout, rules, AuxK, and for dense updates.
double floats_of_settings(const Trial& trial, const DataFacts& facts, double rows, double stride) {
  const double hidden = padded_count(trial.n_hidden);
  const bool has_targets = trial.input_noise > 0 || trial.targets != Targets::inputs;
  const bool ruled = training_path(trial) == TrainingPath::rule && !searches_batch(trial);
  const double marks = 0.25;  // a byte, in floats
  double floats = has_targets ? rows * stride : 0;
  if (trial.dropout > 0) floats += rows * hidden;
  if (trial.multi_topk > 0) floats += 2 * rows * stride;
  if (trial.kind == ModelKind::matryoshka) floats += trial.prefixes * rows * stride;
  if (trial.kind == ModelKind::jump_relu) floats += 2 * rows * hidden;  // the window: entries, products
  // A rule's scratch: activations of the mini-batch, gathered, marked as kept, and sorted.
  if (ruled) floats += rows * hidden * (1 + 2 * marks);
  if (ruled && rule_scope(trial.kind) == RuleScope::batch)
    floats += threads_with_scratch * rows * hidden * (1 + marks);
  if (trial.aux_weight >
      0)  // the residuals, the largest dead units; pre-activations of a group, and scratch, of each thread
    floats += rows * (stride + 8 * aux_units_of(trial, facts.n_inputs)) +
              threads_with_scratch * (2 * lanes + 1) * hidden;
  if (is_dense_at_times(trial)) floats += rows * (hidden + stride);  // deltas, packed residuals
  return floats;
}

/// Returns the floats of a mini-batch that every use of a network needs: inputs, residuals and packed inputs.
double floats_of_samples(double rows, double hidden, double stride) {
  return rows * 3 * stride + padded_count(hidden) + stride;
}

/// Returns the floats of the scratch of all threads.
double floats_of_threads(double hidden, double stride) {
  return threads_with_scratch *
         (std::max((lanes + 1) * (padded_count(hidden) + lanes), 2 * double(slice_size) * stride) +
          padded_count(hidden) + lanes);
}

/// Returns the bytes of the two mini-batches of a layer in training, of which the first also encodes for the probe.
double batches_bytes(const Trial& trial, const DataFacts& facts) {
  const double hidden = trial.n_hidden, stride = padded_count(facts.n_inputs);
  const double rows = padded_count(batch_of(trial.batch, facts));
  // Per kept activation: unit and value, by sample and by unit.  In training also delta and scaled value, and two
  // gradient terms of 16 bytes each.
  const double kept = most_kept(trial), encoded = encoding_k(trial) < trial.n_hidden ? encoding_k(trial) : 0;
  const bool trains = trains_codes(trial.kind), twice = trains && trial.kind != ModelKind::rbm;
  const double codes = rows * (trains ? (twice ? 2 : 1) * 14 * kept : 0) +
                       rows * 4 * std::max(0.0, encoded - (trains ? kept : 0)) + 2 * 5 * hidden;
  const double in_training = trains ? floats_in_training(trial, rows, stride) : 0;
  const double in_encoding = std::max(in_training, floats_in_encoding(trial, rows, stride));
  return float_bytes *
         (2 * floats_of_samples(rows, hidden, stride) + in_encoding + (twice ? in_training : 0) + codes +
          (twice ? 2 : 1) * floats_of_threads(hidden, stride) +
          (twice ? 2 * floats_of_settings(trial, facts, rows, stride) : 0));
}

/// Data, fantasies and a packed copy of either; hidden probabilities given each, states, masks of dropout; a gradient
/// for each thread.
double machine_bytes(const Trial& trial, const DataFacts& facts) {
  const double stride = padded_count(facts.n_inputs), rows = padded_count(batch_of(trial.batch, facts));
  const double of_units = 3 + (trial.dropout > 0);
  return float_bytes * (rows * (3 * stride + of_units * padded_count(trial.n_hidden)) +
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

/// Returns the bytes of a layer in training: the network and its moments, mini-batches.
double learning_bytes(const Trial& trial, const DataFacts& facts) {
  return state_bytes(trial, facts) + batches_bytes(trial, facts) + shifting_bytes(trial, facts) +
         (trial.kind == ModelKind::rbm ? machine_bytes(trial, facts) : 0);
}

/// Returns the bytes of a trained layer from which features are read: the network and its copy to be stored, mini-batches.
double learnt_bytes(const Trial& trial, const DataFacts& facts) {
  return 2 * network_bytes(trial, facts) + batches_bytes(trial, facts);
}

/// How dense layers are used.
struct LayersUse {
  double copies;     ///< of the weights, beside the packed ones of all layers but the first
  double batch;      ///< samples at once
  bool drops;        ///< dropout after all layers but the last
  std::size_t rule;  ///< position of the layer of which a rule keeps some activations; 0: none
};

/// Returns the bytes of the weights of dense layers and of one mini-batch.
double layers_bytes(const std::vector<int>& sizes, const LayersUse& use) {
  double weights = 0, per_sample = sizes[0], widest = 0;
  for (std::size_t i = 1; i < sizes.size(); ++i) {
    const double units = padded_count(sizes[i]);
    weights += (sizes[i - 1] + 1) * units * (use.copies + (i > 1 ? 1 : 0));
    const bool drops = use.drops && i + 1 < sizes.size(), ruled = use.rule == i;
    // Activations and deltas; gates, activations before them; marks of kept ones.
    per_sample += units * (2 + (drops || ruled ? 2 : 0) + (ruled ? 0.25 : 0));
    widest = std::max(widest, units);
  }
  return float_bytes *
         (weights + use.batch * per_sample + threads_with_scratch * double(slice_size) * widest);
}

/// Returns the bytes of filter images: one-unit codes and their decoded outputs in all layers.
double filters_bytes(const Trial& trial, const DataFacts& facts) {
  const double copies =
      trial.training == LayerTraining::joint ? 0 : 1;  // of layers that are apart, as a decoder
  std::vector<int> sizes = encoder_sizes(trial, facts);
  std::ranges::reverse(sizes);
  return layers_bytes(sizes, {copies, trial.n_hidden + 1.0, false, 0}) +
         float_bytes * trial.n_hidden * (trial.n_hidden + padded_count(facts.n_inputs));
}

/// Returns the bytes of all layers: while the one that needs most is trained, or encodes for the next one, and while
/// features of the topmost are read.  The lower ones are finished, and their codes are what the next one learns from.
TrainingMemory stack_memory(const Trial& trial, const DataFacts& facts) {
  TrainingMemory memory{0, 0};
  double finished = 0, codes = 0;
  DataFacts below = facts;
  const std::vector<Trial> layers = trials_of_layers(trial);
  // Encoder and decoder as read, and one of them as its file holds it.
  if (starts_from_file(trial.start_from))
    memory.learning_bytes = float_bytes * 3 * trial.n_hidden * padded_count(facts.n_inputs);
  for (std::size_t i = 0; i < layers.size(); ++i) {
    const double read = learnt_bytes(layers[i], below) + codes;
    memory.learning_bytes =
        std::max(memory.learning_bytes, learning_bytes(layers[i], below) + finished + codes);
    if (i + 1 == layers.size()) {
      memory.reading_bytes = read + 2 * finished + (i > 0 ? filters_bytes(trial, facts) : 0);
      break;
    }
    codes = float_bytes * all_samples(facts) * layers[i].n_hidden;
    memory.learning_bytes = std::max(memory.learning_bytes, read + finished + codes);
    finished += network_bytes(layers[i], below);
    below.n_inputs = layers[i].n_hidden;
  }
  return memory;
}

/// Weights: current, best so far, to be tuned, initial, state of Adam, average.
double fine_tuning_bytes(const Trial& trial, const DataFacts& facts) {
  const std::vector<int> sizes = fine_tuned_sizes(trial, facts);
  return layers_bytes(sizes, {6.0 + (trial.probe_weight_average > 0), batch_of(trial.probe_batch, facts),
                              trial.probe_dropout > 0, trial.probe_k > 0 ? sizes.size() - 2 : 0}) +
         float_bytes * 5 * all_samples(facts);
}

/// Layers, order of an epoch, labels and rows of all parts.
double classifier_bytes(const Trial& trial, const DataFacts& facts) {
  const std::vector<int> sizes = layer_sizes(trial.layers, facts.n_inputs, facts.n_classes);
  const double order = trial.steps_per_epoch > 0 ? double(trial.steps_per_epoch) * trial.batch
                                                 : static_cast<double>(facts.n_train);
  // For narrow first layers, sparse samples are stored in 3 bytes per non-zero input, of which there are at
  // most 0.35 (model/quantised_rows.cpp).
  const double sparse = padded_count(sizes[1]) <= 64 ? 3 * 0.35 * all_samples(facts) * facts.n_inputs : 0;
  return layers_bytes(sizes,
                      {copies_in_training(trial), batch_of(trial.batch, facts), trial.dropout > 0, 0}) +
         float_bytes * (order + 5 * all_samples(facts)) + sparse;
}

TrainingMemory joint_memory(const Trial& trial, const DataFacts& facts) {
  const std::vector<int> sizes = mirrored_layer_sizes(trial.layers, facts.n_inputs);
  const auto with_copies = [&](double copies) {
    return layers_bytes(sizes, {copies, batch_of(trial.batch, facts), trial.dropout > 0, sizes.size() / 2});
  };
  constexpr double to_read = 2;  // the layers, and to be stored
  return {with_copies(copies_in_training(trial)), with_copies(to_read) + filters_bytes(trial, facts)};
}

}  // namespace

double state_bytes(const Trial& trial, const DataFacts& facts) {
  return copies_in_training(trial) * network_bytes(trial, facts);
}

TrainingMemory training_memory(const Trial& trial, const DataFacts& facts) {
  if (trial.kind == ModelKind::raw) return {0, 0};
  if (trial.kind == ModelKind::classifier) return {classifier_bytes(trial, facts), 0};
  TrainingMemory memory =
      trial.training == LayerTraining::joint ? joint_memory(trial, facts) : stack_memory(trial, facts);
  if (trial.probe_kind == ProbeKind::fine_tune && facts.n_classes > 0)
    memory.reading_bytes += fine_tuning_bytes(trial, facts);
  return memory;
}

}  // namespace ksweep
