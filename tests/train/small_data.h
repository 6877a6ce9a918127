#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <vector>

#include "base/random.h"
#include "core/trial_keys.h"
#include "core/trial_result.h"
#include "data/dataset.h"
#include "kernels/isa.h"
#include "train/train.h"

namespace ksweep {

/// Returns noisy copies of three patterns of 5 x 5 pixels, which are learnt in milliseconds.
inline Dataset small_dataset(bool labelled = true) {
  constexpr int n_train = 150, n_test = 40, n_pixels = 25, n_classes = 3;
  struct Memory {
    std::vector<float> samples;
    std::vector<std::int32_t> labels;
  };
  auto memory = std::make_shared<Memory>();
  for (int i = 0; i < n_train + n_test; ++i) {
    RandomStream noise(1, Purpose::digits, 0, static_cast<std::uint64_t>(i));
    const int label = i % n_classes;
    memory->labels.push_back(label);
    for (int pixel = 0; pixel < n_pixels; ++pixel)
      memory->samples.push_back(
          static_cast<float>((pixel % n_classes == label ? 0.7 : 0.2) + 0.3 * noise.uniform()));
  }
  Dataset data;
  data.name = "small";
  data.shape = {1, 5, 5};
  data.n_train = n_train;
  data.n_test = n_test;
  data.train_samples = memory->samples.data();
  data.test_samples = memory->samples.data() + n_train * n_pixels;
  if (labelled) {
    data.n_classes = n_classes;
    data.train_labels = memory->labels.data();
    data.test_labels = memory->labels.data() + n_train;
  }
  data.owner = memory;
  return data;
}

/// Returns a trial in which 30 of the 150 samples are for validation; 4 epochs of 5 mini-batches, of which
/// the last is smaller.
inline Trial small_trial() {
  Trial trial = default_trial();
  trial.data_set = "small";
  trial.n_validation = 30;
  trial.n_hidden = 20;
  trial.k = 4;
  trial.alpha = 2;
  trial.epochs = 4;
  trial.batch = 28;
  trial.initial_scale = 0.1;
  trial.optimizer = Optimizer::sgd;
  trial.learning_rate = 0.01;
  trial.rate_schedule = RateSchedule::constant;
  return trial;
}

inline const Team one_thread(1);

inline TrainSettings settings(const Team& team = one_thread) {
  return {.kernels = best_kernels(), .team = team};
}

inline TrialResult trained(const Trial& trial, const Dataset& data, int n_threads = 1) {
  const Team team(n_threads);
  return train(std::span(&trial, 1), data, settings(team)).at(0);
}

inline bool equal_or_both_nan(double a, double b) { return a == b || (std::isnan(a) && std::isnan(b)); }

inline void expect_equal_bits(const TrialResult& a, const TrialResult& b) {
  for (const ScalarQuantity& quantity : scalar_quantities())
    EXPECT_TRUE(!quantity.reproducible || equal_or_both_nan(a.*quantity.member, b.*quantity.member))
        << quantity.name;
  for (const VectorQuantity& quantity : vector_quantities())
    EXPECT_TRUE(std::ranges::equal(a.*quantity.member, b.*quantity.member, equal_or_both_nan))
        << quantity.name;
  EXPECT_EQ(a.status, b.status);
  EXPECT_EQ(a.test_confusion, b.test_confusion);
  EXPECT_EQ(a.weights_sha256, b.weights_sha256);
  EXPECT_EQ(a.filters.units, b.filters.units);
  EXPECT_EQ(a.filters.levels, b.filters.levels);
}

}  // namespace ksweep
