#include "sweep/work.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "core/layer_sizes.h"
#include "core/trial_keys.h"

namespace ksweep {
namespace {

enum Training { product, selection, sparse, values, update, step, network, data, n_training };
enum Probe { encoding, entries, dense, weights, samples, passes, neighbours, pairs, centres, n_probe };

// Rates of one core of an AMD EPYC of 2024 with avx512 kernels.  To fit them anew: tests/benchmark/cost.cfg.
constexpr std::array<WorkKind, n_training> training{{
    {"product", "1e9 multiply-adds of samples and weights", 0.0075},
    {"selection", "1e9 activations searched for the largest", 1},
    {"sparse", "1e9 multiply-adds of kept units", 0.03},
    {"values", "1e9 pixels loaded, packed, compared", 0.4},
    {"update", "1e9 bytes of weights and moments", 0.012},
    {"step", "1e3 mini-batches", 0.002},
    {"network", "1e6 weights drawn and hashed", 0.03},
    {"data", "1e6 pixels split and averaged", 0.002},
}};
constexpr std::array<WorkKind, n_probe> probing{{
    {"encoding", "1e9 multiply-adds of samples and weights", 0.012},
    {"entries", "1e9 multiply-adds of codes and classes", 0.1},
    {"dense", "1e9 multiply-adds of dense features and classes", 0.03},
    {"weights", "1e9 weights times evaluations", 45},
    {"samples", "1e6 samples times evaluations", 0.035},
    {"passes", "1e9 multiply-adds of codes and classes in passes of the svm", 0.7},
    {"neighbours", "1e9 multiply-adds of codes that are compared", 0.05},
    {"pairs", "1e9 pairs of samples that are compared", 1},
    {"centres", "1e9 multiply-adds of codes and centres", 0.2},
}};

constexpr double float_bytes = 4;
constexpr double lanes = 16;               // rows and mini-batches are padded to whole vectors
constexpr double samples_of_curve = 2000;  // of the validation part after each epoch: train/fit.cpp

// Evaluations of the probe's loss in all, with the strength given or tried out, when the tolerance is the default;
// they go with the root of the tolerance.
constexpr double evaluations_of_one = 40, evaluations_of_search = 75, usual_tolerance = 1e-6;

// Passes of the svm over the samples, of k-means over the samples with all its restarts.
constexpr double passes_of_one = 40, passes_of_search = 150, passes_of_kmeans = 400, passes_of_means = 3;

double padded(double count) { return std::ceil(count / lanes) * lanes; }

bool keeps_all(const Trial& trial) { return trial.k >= trial.n_hidden; }

/// Sum of k over all epochs: it falls linearly from k_start over the first k_schedule * epochs.
double sum_of_k(const Trial& trial, int epochs) {
  const double start = std::min(trial.k_start, trial.n_hidden), falling = trial.k_schedule * epochs;
  const double n = std::min(std::ceil(falling), double(epochs));
  const double above = start > trial.k && n > 0 ? (start - trial.k) * (n - n * (n - 1) / 2 / falling) : 0;
  return double(trial.k) * epochs + above;
}

double all_samples(const DataFacts& facts) {
  return static_cast<double>(facts.n_train + facts.n_validation + facts.n_test);
}

/// Multiply-adds of one sample through layers of these sizes, forward, and where it learns also back and by the weights'
/// gradient; there is no way back from the first layer to the inputs.
double products_of(const std::vector<int>& sizes, bool learns) {
  double products = 0;
  for (std::size_t i = 1; i < sizes.size(); ++i)
    products += (!learns ? 1 : i == 1 ? 2 : 3) * sizes[i - 1] * padded(sizes[i]);
  return products;
}

double classifier_products(const Trial& trial, const DataFacts& facts, bool learns) {
  return products_of(layer_sizes(trial.layers, facts.n_inputs, facts.n_classes), learns);
}

Work joint_training(const Trial& trial, const DataFacts& facts) {
  Work work(n_training);
  const double n_train = static_cast<double>(facts.n_train);
  const double steps = trial.epochs * std::ceil(n_train / trial.batch);
  const double looked_at =
      trial.epochs * std::min(samples_of_curve, static_cast<double>(facts.n_validation)) +
      all_samples(facts) - (trial.epochs > 0 ? n_train : 0);
  const std::vector<int> sizes = mirrored_layer_sizes(trial.layers, facts.n_inputs);
  const double once = products_of(sizes, false);
  work[product] = (trial.epochs * n_train * products_of(sizes, true) + looked_at * once) / 1e9;
  work[values] = (trial.epochs * n_train + looked_at) * facts.n_inputs / 1e9;
  work[update] = steps * once * float_bytes * (trial.optimizer == Optimizer::adam ? 6 : 4) / 1e9;
  if (!encodes_all(trial.kind))
    work[selection] = (trial.epochs * n_train + looked_at) * padded(trial.n_hidden) / 1e9;
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
  const double parameters = classifier_products(trial, facts, false);  // each is multiplied once
  work[product] = steps * batch * classifier_products(trial, facts, true) / 1e9;
  work[values] = steps * batch * facts.n_inputs / 1e9;
  work[update] = steps * parameters * float_bytes * (trial.optimizer == Optimizer::adam ? 6 : 4) / 1e9;
  work[step] = steps / 1e3;
  work[network] = parameters / 1e6;
  return work;
}

/// Multiply-adds of a sample's code.
double encoder_products(const Trial& trial, const DataFacts& facts) {
  if (trial.training == LayerTraining::joint)
    return products_of(mirrored_layer_sizes(trial.layers, facts.n_inputs), false) / 2;
  return double(trial.n_hidden) * facts.n_inputs;
}

/// Counting its hits.
Work classifier_probe(const Trial& trial, const DataFacts& facts) {
  Work work(n_probe);
  const double n_counts = trial.probe_every > 0 ? 1 + trial.epochs / trial.probe_every : 1;
  work[encoding] = n_counts * all_samples(facts) * classifier_products(trial, facts, false) / 1e9;
  return work;
}

/// The fit of one probe and what judges it, features given.
struct Fit {
  const Trial& trial;
  double n_classes, features, encoder_products, code, n_train, n_validation, n_test;

  /// Samples that are gone through in all, n_choosing times to choose and n_given times with what was chosen.
  double samples_passed(double n_choosing, double n_given, bool given) const {
    return (given ? n_given : n_choosing) * n_train +
           (trial.probe_refit ? n_given * (n_train + n_validation) : 0);
  }
};

void add_softmax(const Fit& fit, Work& work) {
  const double passed =
      fit.samples_passed(evaluations_of_search, evaluations_of_one, fit.trial.probe_l2 > 0) *
      std::sqrt(usual_tolerance / fit.trial.probe_tolerance);
  work[fit.code < fit.features ? entries : dense] += passed * fit.code * padded(fit.n_classes) / 1e9;
  work[weights] += passed / std::max(1.0, fit.n_train) * (fit.features + 1) * fit.n_classes / 1e9;
  work[samples] += passed / 1e6;
}

void add_svm(const Fit& fit, Work& work) {
  const double passed = fit.samples_passed(passes_of_search, passes_of_one, fit.trial.probe_c > 0);
  work[passes] += passed * fit.code * padded(fit.n_classes) / 1e9;
}

void add_knn(const Fit& fit, Work& work) {
  const double n_points = fit.n_train + (fit.trial.probe_refit ? fit.n_validation : 0);
  const double n_pairs = fit.n_train * fit.n_validation + n_points * fit.n_test;
  work[fit.code < fit.features ? neighbours : encoding] += n_pairs * fit.code / 1e9;
  work[pairs] += n_pairs / 1e9;
}

void add_means(const Fit& fit, double n_passes, Work& work) {
  work[centres] += n_passes * fit.n_train * fit.code * padded(fit.n_classes) / 1e9;
}

/// Forward and back through the encoder, and its gradient; the validation part after each epoch, all in the end.
void add_fine_tuning(const Fit& fit, Work& work) {
  const double samples = fit.trial.probe_epochs * (3 * fit.n_train + fit.n_validation) + fit.n_train +
                         fit.n_validation + fit.n_test;
  work[encoding] += samples * fit.encoder_products / 1e9;
}

void add_fit(const Fit& fit, Work& work) {
  switch (fit.trial.probe_kind) {
    case ProbeKind::softmax:
      return add_softmax(fit, work);
    case ProbeKind::svm:
      return add_svm(fit, work);
    case ProbeKind::knn:
      return add_knn(fit, work);
    case ProbeKind::centroid:
      return add_means(fit, passes_of_means, work);
    case ProbeKind::kmeans:
      return add_means(fit, passes_of_kmeans, work);
    case ProbeKind::fine_tune:
      return add_fine_tuning(fit, work);
  }
}

}  // namespace

std::span<const WorkKind> training_kinds() { return training; }
std::span<const WorkKind> probe_kinds() { return probing; }

Work training_work(const Trial& trial, const DataFacts& facts) {
  if (trial.kind == ModelKind::classifier) return classifier_training(trial, facts);
  if (trial.training == LayerTraining::joint) return joint_training(trial, facts);
  Work work(n_training);
  if (trial.kind == ModelKind::raw) return work;
  const int epochs = trains_codes(trial.kind) ? trial.epochs : 0;
  const double n_train = static_cast<double>(facts.n_train), n_inputs = facts.n_inputs;
  const double n_validation = static_cast<double>(facts.n_validation);
  const double batch = std::max(1.0, std::min(double(trial.batch), n_train));
  const double steps = epochs * std::ceil(n_train / batch);
  // Looked at without learning: a part after each epoch, all in the end.
  const double looked_at =
      epochs * std::min(samples_of_curve, n_validation) + all_samples(facts) - (epochs > 0 ? n_train : 0);
  const double weighed = (steps + looked_at / batch) * padded(batch);
  const double parameters = double(trial.n_hidden) * n_inputs * (trial.tied ? 1 : 2);
  const double passes = trial.optimizer == Optimizer::adam ? 6 : 4;  // reads and writes of weights, moments

  if (keeps_all(trial)) {
    // Learning takes five products, looking on takes two.
    work[product] = (5 * steps + 2 * looked_at / batch) * padded(batch) * trial.n_hidden * n_inputs / 1e9;
  } else {
    work[product] = weighed * trial.n_hidden * n_inputs / 1e9;
    work[selection] = weighed * trial.n_hidden / 1e9;
    // Decoding, the error's way back to the kept units, and the weights' gradient.
    work[sparse] = (3 * n_train * sum_of_k(trial, epochs) + looked_at * trial.k) * n_inputs / 1e9;
  }
  work[values] = weighed * n_inputs / 1e9;
  work[update] = steps * parameters * float_bytes * passes / 1e9;
  work[step] = steps / 1e3;
  work[network] = parameters / 1e6;
  work[data] = (n_train + static_cast<double>(facts.n_test)) * n_inputs / 1e6;
  return work;
}

Work probe_work(const Trial& trial, const DataFacts& facts, int n_sharing) {
  if (trial.kind == ModelKind::classifier) return classifier_probe(trial, facts);
  Work work(n_probe);
  const bool raw = trial.kind == ModelKind::raw;
  const int epochs = trains_codes(trial.kind) ? trial.epochs : 0;
  const double n_probes = trial.probe_every > 0 ? 1 + epochs / trial.probe_every : 1;
  const double features = raw ? facts.n_inputs : trial.n_hidden;
  const double code = raw ? features : double(encoding_k(trial));
  const Fit fit{.trial = trial,
                .n_classes = double(facts.n_classes),
                .features = features,
                .encoder_products = raw ? 0 : encoder_products(trial, facts),
                .code = code,
                .n_train = double(facts.n_train),
                .n_validation = double(facts.n_validation),
                .n_test = double(facts.n_test)};
  if (facts.n_classes > 0) add_fit(fit, work);
  if (!raw) work[encoding] += all_samples(facts) * encoder_products(trial, facts) / 1e9 / n_sharing;
  for (double& amount : work) amount *= n_probes;
  return work;
}

}  // namespace ksweep
