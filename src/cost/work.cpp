#include "cost/work.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include "core/trial_keys.h"
#include "core/trial_layers.h"
#include "cost/products.h"

namespace ksweep {
namespace {

enum Probe { encoding, entries, dense, weights, samples, passes, neighbours, pairs, centres, n_probe };

// Rates of one core, measured like those in training_work.cpp.
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

// Evaluations of the probe's loss for a given strength and for the search, at the default tolerance; they are
// proportional to the root of the tolerance.
constexpr double evaluations_of_one = 40, evaluations_of_search = 75, usual_tolerance = 1e-6;

// Passes over the samples: svm with given C and with search, k-means with all restarts, class means.
constexpr double passes_of_one = 40, passes_of_search = 150, passes_of_kmeans = 400, passes_of_means = 3;

/// Returns the multiply-adds of encoding a sample; in a stack only by the topmost layer, as lower codes are
/// stored.
double encoding_products(const Trial& trial, const DataFacts& facts) {
  const std::vector<int> sizes = encoder_sizes(trial, facts);
  if (trial.training == LayerTraining::joint) return products_of(sizes, false);
  return double(sizes.back()) * sizes[sizes.size() - 2];
}

/// Returns the number of probes: at the end, and after some epochs (in a stack, of the topmost layer).
double n_probes(const Trial& trial, const DataFacts& facts) {
  if (trial.probe_every == 0 || !trains_codes(trial.kind)) return 1;
  const auto n_layers =
      trial.training == LayerTraining::joint ? 1 : static_cast<int>(trials_of_layers(trial).size());
  const int epochs = length_of(trial, facts).n_epochs(), before = (n_layers - 1) * epochs;
  const int while_training = (before + epochs) / trial.probe_every - before / trial.probe_every;
  return 1 + while_training;
}

/// Work of evaluating a classifier, which has no probe.
Work classifier_probe(const Trial& trial, const DataFacts& facts) {
  Work work(n_probe);
  const double n_counts = trial.probe_every > 0 ? 1 + trial.epochs / trial.probe_every : 1;
  work[encoding] = n_counts * all_samples(facts) *
                   products_of(layer_sizes(trial.layers, facts.n_inputs, facts.n_classes), false) / 1e9;
  return work;
}

/// Fitting and evaluating one probe on given features.
struct Fit {
  const Trial& trial;
  const DataFacts& facts;
  double n_classes, features, code, n_train, n_validation, n_test;

  /// Returns the samples passed in all: n_choosing passes to choose a setting and n_given passes with a given
  /// one.
  double samples_passed(double n_choosing, double n_given, bool given) const {
    return (given ? n_given : n_choosing) * n_train +
           (trial.probe_refit ? n_given * (n_train + n_validation) : 0);
  }
};

void add_softmax(const Fit& fit, Work& work) {
  const double passed =
      fit.samples_passed(evaluations_of_search, evaluations_of_one, fit.trial.probe_l2 > 0) *
      std::sqrt(usual_tolerance / fit.trial.probe_tolerance);
  work[fit.code < fit.features ? entries : dense] += passed * fit.code * padded_count(fit.n_classes) / 1e9;
  work[weights] += passed / std::max(1.0, fit.n_train) * (fit.features + 1) * fit.n_classes / 1e9;
  work[samples] += passed / 1e6;
}

void add_svm(const Fit& fit, Work& work) {
  const double passed = fit.samples_passed(passes_of_search, passes_of_one, fit.trial.probe_c > 0);
  const bool is_dense = fit.trial.kind != ModelKind::raw && fit.code == fit.features;
  work[is_dense ? dense : passes] += passed * fit.code * padded_count(fit.n_classes) / 1e9;
}

void add_knn(const Fit& fit, Work& work) {
  const double n_points = fit.n_train + (fit.trial.probe_refit ? fit.n_validation : 0);
  const double n_pairs = fit.n_train * fit.n_validation + n_points * fit.n_test;
  work[fit.code < fit.features ? neighbours : encoding] += n_pairs * fit.code / 1e9;
  work[pairs] += n_pairs / 1e9;
}

void add_means(const Fit& fit, double n_passes, Work& work) {
  work[centres] += n_passes * fit.n_train * fit.code * padded_count(fit.n_classes) / 1e9;
}

/// For each class: class means, and regression of two classes on few dense features.
void add_sparse(const Fit& fit, Work& work) {
  const double units = std::min(double(fit.trial.probe_units), fit.features);
  const double passed = fit.samples_passed(evaluations_of_one, evaluations_of_one, true) * fit.n_classes;
  work[dense] += passed * units * padded_count(2) / 1e9;
  work[samples] += passed / 1e6;
  work[centres] += fit.n_train * fit.code / 1e9;
}

/// Forward and backward pass and update of all layers; the validation part after each epoch, all parts at the
/// end.
void add_fine_tuning(const Fit& fit, Work& work) {
  // Multiply-adds that take as long as the update of a weight, and as a random number.
  constexpr double of_adam = 24, of_draw = 250;
  const Trial& trial = fit.trial;
  // Passes over weights in place of the seven of Adam; lengths of incoming weights are summed in double.
  const double of_update = of_adam * (1 + (trial.probe_weight_average > 0 ? 3 / 7.0 : 0) +
                                      (trial.probe_max_norm > 0 ? 2 / 7.0 : 0));
  const std::vector<int> sizes = fine_tuned_sizes(trial, fit.facts);
  const double once = products_of(sizes, false),
               n_hidden = std::accumulate(sizes.begin() + 1, sizes.end() - 1, 0.0);
  const double draws =
      (trial.probe_dropout > 0 ? n_hidden : 0) + (trial.probe_input_noise > 0 ? fit.facts.n_inputs : 0);
  const auto epoch = [&](double n_learnt, double n_judged) {
    const double steps = std::ceil(n_learnt / batch_of(trial.probe_batch, fit.facts));
    return n_learnt * (products_of(sizes, true) + of_draw * draws) + (steps * of_update + n_judged) * once;
  };
  const double choosing = epoch(fit.n_train, fit.n_validation);
  const double again = trial.probe_refit ? epoch(fit.n_train + fit.n_validation, 0) : 0;
  work[encoding] += (trial.probe_epochs * (choosing + again) + all_samples(fit.facts) * once) / 1e9;
}

/// Two passes over the training part's codes for their deviations, and one over all codes.
void add_standardising(const Fit& fit, Work& work) {
  work[passes] += (2 * fit.n_train + all_samples(fit.facts)) * fit.code / 1e9;
}

void add_fit(const Fit& fit, Work& work) {
  if (fit.trial.probe_standardise) add_standardising(fit, work);
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
    case ProbeKind::sparse:
      return add_sparse(fit, work);
    case ProbeKind::fine_tune:
      return add_fine_tuning(fit, work);
  }
}

}  // namespace

std::span<const WorkKind> probe_kinds() { return probing; }

Work probe_work(const Trial& trial, const DataFacts& facts, int n_sharing) {
  if (trial.kind == ModelKind::classifier) return classifier_probe(trial, facts);
  Work work(n_probe);
  const bool raw = trial.kind == ModelKind::raw;
  const double features = raw ? facts.n_inputs : trial.n_hidden;
  const double code = raw ? features : double(encoding_k(trial));
  const Fit fit{.trial = trial,
                .facts = facts,
                .n_classes = double(facts.n_classes),
                .features = features,
                .code = code,
                .n_train = double(facts.n_train),
                .n_validation = double(facts.n_validation),
                .n_test = double(facts.n_test)};
  if (facts.n_classes > 0) add_fit(fit, work);
  if (!raw) work[encoding] += all_samples(facts) * encoding_products(trial, facts) / 1e9 / n_sharing;
  for (double& amount : work) amount *= n_probes(trial, facts);
  return work;
}

}  // namespace ksweep
