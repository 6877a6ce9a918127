#pragma once

#include <cstdint>
#include <string>

namespace ksweep {

enum class Normalise { none, standardise, contrast, whiten };
enum class ModelKind { k_sparse, random, raw, classifier };
enum class Activation { linear, relu, sigmoid };
enum class Penalty { none, l1, kl };
enum class Optimizer { sgd, adam };
enum class RateSchedule { constant, linear, cosine };
enum class Output { softmax, sigmoid, linear };
enum class Biases { trained, zero };
enum class InitialWeights { normal, uniform, glorot };
enum class Reduction { mean, sum };

/// The complete specification of one training and of what is read from its features.
/// Each member is one key of the sweep file; meanings, ranges and defaults stand in trial_keys.cpp.
struct Trial {
  std::string data_set;
  std::string data_hash;  ///< no key: Dataset::content_hash of the set, known once it is read
  int n_train, n_validation, n_test;
  int patch;
  bool grey;
  Normalise normalise;

  ModelKind kind;
  int n_hidden;
  int k;
  double alpha;
  Activation activation;
  bool tied;
  Penalty penalty;
  double sparsity_weight;
  double sparsity_target;
  std::string layers;
  Output output;
  Biases biases;

  int epochs;
  int batch;
  Optimizer optimizer;
  double learning_rate;
  RateSchedule rate_schedule;
  double momentum;
  double weight_decay;
  int k_start;
  double k_schedule;
  double initial_scale;
  int steps_per_epoch;
  Reduction reduction;
  InitialWeights initial_weights;
  std::int64_t seed;

  int probe_every;
  double probe_l2;
  double probe_tolerance;
};

}  // namespace ksweep
