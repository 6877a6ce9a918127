#include <algorithm>
#include <array>
#include <cmath>
#include <functional>

#include "core/code_search.h"
#include "core/training_path.h"
#include "core/trial_keys.h"
#include "core/trial_layers.h"
#include "cost/products.h"
#include "cost/work.h"

namespace ksweep {
namespace {

enum Training {
  product,
  screened,
  selection,
  sparse,
  values,
  update,
  step,
  network,
  data,
  choice,
  draws,
  means,
  aux,
  sums,
  cosines,
  n_training
};

// Rates of one core of an AMD EPYC of 2024 with avx512 kernels.  tests/benchmark/cost.cfg serves to fit them
// again.
constexpr std::array<WorkKind, n_training> training{{
    {"product", "1e9 multiply-adds of samples and weights", 0.0075},
    {"screened", "1e9 multiply-adds of samples and units of which few are kept", 0.0075},
    {"selection", "1e9 activations searched for the largest", 1},
    {"sparse", "1e9 multiply-adds of kept units", 0.03},
    {"values", "1e9 pixels loaded, packed, compared", 0.4},
    {"update", "1e9 bytes of weights and moments", 0.012},
    {"step", "1e3 mini-batches", 0.002},
    {"network", "1e6 weights drawn and hashed", 0.03},
    {"data", "1e6 pixels split and averaged", 0.002},
    {"choice", "1e9 activations that a rule chooses from", 20},
    {"draws", "1e9 random numbers", 3},
    {"means", "1e9 multiply-adds of samples or codes and means", 0.2},
    {"aux", "1e9 multiply-adds of dead units and what is missing in samples", 0.11},
    {"sums", "1e9 pixels of samples and reconstructions summed in double", 3},
    {"cosines", "1e9 multiply-adds of decoder columns", 0.01},
}};

/// Returns the sum of k over all epochs; k falls linearly from k_start over the first k_schedule * epochs.  With a length
/// in samples it falls from step to step, and an epoch counts as the share that it is.
double sum_of_k(const Trial& trial, const TrainingLength& length) {
  const double start = std::min(trial.k_start, trial.n_hidden), epochs = length.n_passes();
  const double falling = trial.k_schedule * epochs;
  if (trial.samples > 0) return trial.k * epochs + std::max(0.0, start - trial.k) * falling / 2;
  const double n = std::min(std::ceil(falling), epochs);
  const double above = start > trial.k && n > 0 ? (start - trial.k) * (n - n * (n - 1) / 2 / falling) : 0;
  return trial.k * epochs + above;
}

/// Over the weights and the optimiser's moments of them, each of which is read and written; for an average the weights are
/// read once more.
double passes_of_update(const Trial& trial) {
  return 2 * (1 + n_moments(trial.optimizer)) + (trial.weight_average > 0 ? 3 : 0);
}

/// Additional passes: pre_bias needs the bias gradient through the encoder and a second pass over the
/// encoder; unit_norm needs the component of the gradient along each decoder row and the row's length.
double more_passes_of_update(const Trial& trial) {
  return (trial.pre_bias ? 2 : 0) + (trial.unit_norm ? 3 : 0);
}

/// Returns the samples evaluated after each epoch.
double glances(const Trial& trial, const DataFacts& facts) {
  return length_of(trial, facts).n_epochs() *
         static_cast<double>(std::min(samples_of_curve, facts.n_validation));
}

/// The cosines of all pairs of a trained network's decoder columns.
double products_of_cosines(double n_hidden, double n_inputs) {
  return n_hidden * n_hidden * padded_count(n_inputs);
}

double classifier_products(const Trial& trial, const DataFacts& facts, bool learns) {
  return products_of(layer_sizes(trial.layers, facts.n_inputs, facts.n_classes), learns);
}

Work joint_training(const Trial& trial, const DataFacts& facts) {
  Work work(n_training);
  const TrainingLength length = length_of(trial, facts);
  const double n_train = static_cast<double>(facts.n_train),
               learned = static_cast<double>(length.n_samples());
  const double steps = static_cast<double>(length.n_steps());
  const double looked_at = glances(trial, facts) + all_samples(facts) - (learned > 0 ? n_train : 0);
  const std::vector<int> sizes = mirrored_layer_sizes(trial.layers, facts.n_inputs);
  const double once = products_of(sizes, false);
  work[product] = (learned * products_of(sizes, true) + looked_at * once) / 1e9;
  work[values] = (learned + looked_at) * facts.n_inputs / 1e9;
  work[sums] = looked_at * facts.n_inputs / 1e9;
  work[cosines] = products_of_cosines(trial.n_hidden, sizes[sizes.size() / 2 + 1]) / 1e9;
  work[update] = steps * once * float_bytes * passes_of_update(trial) / 1e9;
  if (!encodes_all(trial.kind)) work[selection] = (learned + looked_at) * padded_count(trial.n_hidden) / 1e9;
  work[step] = steps / 1e3;
  work[network] = once / 1e6;
  work[data] = (n_train + static_cast<double>(facts.n_test)) * facts.n_inputs / 1e6;
  return work;
}

Work classifier_training(const Trial& trial, const DataFacts& facts) {
  Work work(n_training);
  const double batch = trial.batch, n_train = static_cast<double>(facts.n_train);
  const double steps =
      trial.epochs * (trial.steps_per_epoch > 0 ? trial.steps_per_epoch : std::ceil(n_train / batch));
  const double parameters = classifier_products(trial, facts, false);  // each parameter is multiplied once
  work[product] = steps * batch * classifier_products(trial, facts, true) / 1e9;
  work[values] = steps * batch * facts.n_inputs / 1e9;
  work[update] = steps * parameters * float_bytes * passes_of_update(trial) / 1e9;
  work[step] = steps / 1e3;
  work[network] = parameters / 1e6;
  return work;
}

/// Returns the total number of kept activations of the training samples.
double kept_in_all(const Trial& trial, const DataFacts& facts) {
  const TrainingLength length = length_of(trial, facts);
  const double batch = batch_of(trial.batch, facts);
  if (!encodes_all(trial.kind)) return static_cast<double>(facts.n_train) * sum_of_k(trial, length);
  if (trial.kind == ModelKind::jump_relu)
    return static_cast<double>(length.n_samples()) *
           (trial.k > 0 ? trial.k : trial.n_hidden * expected_active_share);
  return static_cast<double>(length.n_samples()) * trial.n_hidden *
         std::max(1.0, std::round(trial.lifetime * batch)) / batch;
}

/// Returns by what the multiply-adds of kept units grow with further reconstructions: one of 4 k, or copies of residuals.
double more_kept(const Trial& trial) { return trial.multi_topk > 0 ? 4 : 1; }

/// Returns the products with the weights per sample: forward, backward, gradient; for RBMs those of the Gibbs
/// steps, and of the reconstruction where it is none of them.
double products_of_learning(const Trial& trial) {
  if (training_path(trial) != TrainingPath::dense) return 1;
  return trial.kind == ModelKind::rbm ? 3 + 2 * trial.cd_steps + (trial.persistent ? 1 : 0) : 5;
}

/// Returns the random numbers per sample and epoch.
double draws_of_sample(const Trial& trial, const DataFacts& facts) {
  return (trial.kind == ModelKind::rbm ? double(trial.cd_steps) * trial.n_hidden : 0) +
         (trial.dropout > 0 ? trial.n_hidden : 0) + (trial.input_noise > 0 ? facts.n_inputs : 0);
}

/// Clustering samples, and finding each sample's nearest mean other than its own: train/shifted_targets.cpp.
double products_of_means(const Trial& trial, const DataFacts& facts) {
  constexpr double passes_of_kmeans = 40, slower_in_double = 6;
  const double n_train = static_cast<double>(facts.n_train);
  const auto nearest = [&](double groups) { return slower_in_double * n_train * groups * facts.n_inputs; };
  if (trial.targets == Targets::classes) return nearest(facts.n_classes);
  if (trial.targets == Targets::inputs) return 0;
  const double codes = passes_of_kmeans * n_train * encoding_k(trial) * padded_count(trial.clusters);
  return std::max(0, length_of(trial, facts).n_epochs() - 1) * (codes + nearest(trial.clusters));
}

/// AuxK: once units have been inactive for dead_after samples, or an epoch, the largest dead units of each sample are searched,
/// decoded and updated.  The number of dead units is known only from training; until trials have been
/// measured, half is assumed.
double products_of_aux(const Trial& trial, const DataFacts& facts) {
  constexpr double of_search = 100;  // multiply-adds worth one examined activation of a dead unit
  if (trial.aux_weight <= 0) return 0;
  const double dead = expected_dead_share * trial.n_hidden;
  const double helping = std::min<double>(aux_units_of(trial, facts.n_inputs), dead);
  const double of_sample = 3 * helping * facts.n_inputs + of_search * dead;
  const double patience =
      static_cast<double>(trial.dead_after > 0 ? trial.dead_after : std::int64_t(facts.n_train));
  return std::max(0.0, static_cast<double>(length_of(trial, facts).n_samples()) - patience) * of_sample;
}

/// Training one layer on all samples, then reconstruction if it is the topmost layer, else encoding for the
/// next layer.
Work layer_training(const Trial& trial, const DataFacts& facts, bool is_top) {
  Work work(n_training);
  const double n_train = static_cast<double>(facts.n_train), n_inputs = facts.n_inputs;
  const double batch = batch_of(trial.batch, facts), whole = padded_count(batch) / batch;
  const TrainingLength length = length_of(trial, facts);
  const double steps = static_cast<double>(length.n_steps()), learned = steps * batch;
  const double judged = all_samples(facts) - (steps > 0 ? n_train : 0);
  const double redrawn = glances(trial, facts) + (is_top ? judged : 0);
  const double clustered =
      trial.targets == Targets::clusters ? std::max(0, length.n_epochs() - 1) * n_train : 0;
  const double encoded = (is_top ? 0 : all_samples(facts)) + clustered;
  const double weights = trial.n_hidden * n_inputs, looked_at = redrawn + encoded;
  const bool all = encodes_all(trial.kind) || trial.k >= trial.n_hidden;
  const TrainingPath path = training_path(trial);
  // The threshold by which a rule of whole mini-batches encodes, from all training samples.
  const double calibrated = is_top && rule_scope(trial.kind) == RuleScope::batch ? n_train : 0;

  const bool searched =
      path == TrainingPath::largest || (path == TrainingPath::rule && searches_batch(trial));
  // With kernels that screen these take less than other products.
  const bool few = searched && screening_pays(trial.k, trial.n_hidden);
  work[few ? screened : product] =
      (products_of_learning(trial) * learned + (all ? 2 : 1) * redrawn + encoded + calibrated) * whole *
      weights / 1e9;
  const double selections = trial.multi_topk > 0 ? 2 : 1;
  const double selected =
      (searched ? selections * learned : 0) + (all ? 0 : looked_at) + (searched ? calibrated : 0);
  work[selection] = selected * whole * trial.n_hidden / 1e9;
  // Decoding, the backward pass to the kept units, and the gradient of the weights.
  work[sparse] = ((path == TrainingPath::dense ? 0 : 3 * more_kept(trial) * kept_in_all(trial, facts)) +
                  (all ? 0 : redrawn * trial.k)) *
                 n_inputs / 1e9;
  // A threshold is compared with, where other rules search.
  constexpr double of_comparison = 0.15;
  const double examined =
      (trial.kind == ModelKind::jump_relu ? of_comparison : 1) * (1 + (trial.multi_topk > 0));
  const double chosen = (path == TrainingPath::rule ? learned * examined : 0) + calibrated;
  work[choice] = (searched ? 0 : chosen) * trial.n_hidden / 1e9;
  work[draws] = static_cast<double>(length.n_samples()) * draws_of_sample(trial, facts) / 1e9;
  work[means] = products_of_means(trial, facts) / 1e9;
  work[aux] = products_of_aux(trial, facts) / 1e9;
  work[values] = (learned + looked_at) * whole * n_inputs / 1e9;
  work[sums] = redrawn * n_inputs / 1e9;
  work[cosines] = is_top ? products_of_cosines(trial.n_hidden, n_inputs) / 1e9 : 0;
  const double parameters = weights * (trial.tied || trial.kind == ModelKind::rbm ? 1 : 2);
  work[update] = steps * float_bytes *
                 (parameters * passes_of_update(trial) + weights * more_passes_of_update(trial)) / 1e9;
  work[step] = steps / 1e3;
  work[network] = parameters / 1e6;
  return work;
}

/// Autoencoders trained one after the other, each on the codes of the one below; usually just one.
Work greedy_training(const Trial& trial, const DataFacts& facts) {
  Work work(n_training);
  DataFacts below = facts;
  const std::vector<Trial> layers = trials_of_layers(trial);
  double redrawn = 0;  // multiply-adds from the topmost layer's inputs to its code and back to the data
  for (std::size_t i = 0; i < layers.size(); ++i) {
    const bool is_top = i + 1 == layers.size();
    const double n_hidden = layers[i].n_hidden;
    const Work of_layer = layer_training(layers[i], below, is_top);
    std::ranges::transform(work, of_layer, work.begin(), std::plus<>{});
    redrawn += n_hidden * (padded_count(below.n_inputs) + (is_top ? below.n_inputs : 0));
    below.n_inputs = layers[i].n_hidden;
  }
  if (layers.size() > 1)
    work[product] += static_cast<double>(facts.n_validation + facts.n_test) * redrawn / 1e9;
  work[data] = (static_cast<double>(facts.n_train + facts.n_test)) * facts.n_inputs / 1e6;
  return work;
}

}  // namespace

std::span<const WorkKind> training_kinds() { return training; }

Work training_work(const Trial& trial, const DataFacts& facts) {
  if (trial.kind == ModelKind::classifier) return classifier_training(trial, facts);
  if (trial.kind == ModelKind::raw) return Work(n_training);
  if (trial.training == LayerTraining::joint) return joint_training(trial, facts);
  return greedy_training(trial, facts);
}

}  // namespace ksweep
