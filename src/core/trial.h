#pragma once

#include <cstdint>
#include <string>

#include "core/activation.h"
#include "core/optimizer.h"

namespace ksweep {

enum class TestPart { balanced, last };
enum class Normalise { none, standardise, contrast, whiten, scale };
/// The sparsity rules of core/sparsity_rules.def, then all other kinds.
enum class ModelKind {
#define RULE(enumerator, name, key, encodes, scope, help) enumerator,
#include "core/sparsity_rules.def"
#undef RULE
  rbm,
  random,
  raw,
  classifier
};
enum class LayerTraining { greedy, joint };
enum class Targets { inputs, classes, clusters };
enum class Penalty { none, l1, kl, l0 };
enum class RateSchedule { constant, linear, cosine };
enum class Output { softmax, sigmoid, linear };
enum class Biases { trained, zero };
enum class InitialWeights { normal, uniform, glorot };
enum class Reduction { mean, sum };
enum class VisibleBias { drawn, mean };
enum class AuxLoss { plain, normalised };
enum class RateScaling { none, units };
/// The probes of core/probes.def.
enum class ProbeKind {
#define PROBE(enumerator, name, keys, help) enumerator,
#define FINE_TUNING PROBE
#include "core/probes.def"
#undef FINE_TUNING
#undef PROBE
};
enum class Metric { euclidean, cosine };

/// The complete specification of one training and of what is read from its features.
/// Each member is one key of the sweep file; trial_keys.cpp holds meanings, ranges and defaults.
struct Trial {
  std::string data_set;
  std::string data_hash;  ///< not a key: Dataset::content_hash of the set, known once it is read
  int n_train, n_validation, n_test;
  TestPart test_part;
  double scale;
  int patch;
  bool grey;
  Normalise normalise;
  std::string skipped_positions;
  int true_features, dimensions;
  double true_l0, frequency_exponent, sample_noise;

  ModelKind kind;
  int n_hidden;
  int k;
  double alpha;
  Activation activation;
  bool tied;
  Penalty penalty;
  double sparsity_weight;
  double sparsity_target;
  double sparsity_decay;
  double lifetime;
  double dropout;
  double input_noise;
  Activation decoder;
  bool pre_bias;
  VisibleBias visible_bias;
  bool unit_norm;
  int aux_units;
  double aux_weight;
  AuxLoss aux_loss;
  std::int64_t dead_after;
  double multi_topk;
  int prefixes;
  double threshold_start, bandwidth;
  int cd_steps;
  bool persistent;
  Targets targets;
  double attraction, repulsion;
  int clusters;
  std::string layers;
  LayerTraining training;
  std::string start_from;
  Output output;
  Biases biases;

  int epochs;
  std::int64_t samples;
  int batch;
  Optimizer optimizer;
  double learning_rate;
  RateSchedule rate_schedule;
  double warmup;
  double cooldown;
  RateScaling rate_scaling;
  double momentum;
  double momentum_start, momentum_schedule;
  double weight_decay;
  double weight_average;
  int k_start;
  double k_schedule;
  double initial_scale;
  int steps_per_epoch;
  Reduction reduction;
  InitialWeights initial_weights;
  std::int64_t seed;

  ProbeKind probe_kind;
  int probe_every;
  double probe_l2;
  double probe_tolerance;
  double probe_c;
  int probe_neighbours;
  Metric probe_metric;
  bool probe_refit;
  bool probe_standardise;
  int probe_epochs;
  int probe_batch;
  double probe_learning_rate;
  double probe_dropout;
  double probe_input_noise;
  int probe_k;
  double probe_weight_average;
  double probe_weight_decay;
  double probe_max_norm;
  double probe_features_rate;
  int probe_units;
};

}  // namespace ksweep
