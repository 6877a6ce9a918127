#pragma once

#include <string>
#include <vector>

#include "base/sha256.h"
#include "core/trial_keys.h"
#include "store/sweep_file.h"

namespace ksweep {

/// Returns a finished k-sparse trial with a value in every quantity; `seed` distinguishes it from others.
inline TrialResult sample_result(int seed = 0, int k = 25, int n_epochs = 3, int n_classes = 3) {
  TrialResult result;
  result.trial = default_trial();
  result.trial.k = k;
  result.trial.seed = seed;
  result.trial.epochs = n_epochs;
  result.trial.data_hash = "0123abcd";
  result.id = first_64_bits(sha256_hex(identity(result.trial)));
  result.status = Status::done;
  result.host = "node-1";
  result.weights_sha256 = sha256_hex("weights of " + id_text(result.id));
  double next = 0.125 + seed;
  for (const auto& quantity : scalar_quantities()) result.*quantity.member = next += 0.0625;
  result.epochs_done = n_epochs;
  for (const auto& quantity : vector_quantities()) {
    const int length = quantity.dimension == std::string_view("class") ? n_classes : n_epochs;
    for (int i = 0; i < length; ++i) (result.*quantity.member).push_back(next += 0.0625);
  }
  for (int i = 0; i < n_classes * n_classes; ++i) result.test_confusion.push_back(i);
  result.filters = {2, 4, {7, 3}, {0.5f, 0.1f}, {127, -127, 3, 0, 1, 2, -3, 127}};
  return result;
}

/// Returns the trial of sample_result() before its training.
inline TrialResult missing_result(int seed) {
  TrialResult result;
  const auto finished = sample_result(seed);
  result.trial = finished.trial;
  result.id = finished.id;
  return result;
}

inline TrialResult failed_result(int seed) {
  auto result = missing_result(seed);
  result.status = Status::failed;
  result.reason = "the loss is not a number after epoch 2, \"diverged\"";
  result.epochs_done = 2;
  result.train_loss_curve = {1.5, 2.5};
  return result;
}

/// Returns two finished trials with k = 10 and 25, a failed and a missing one, and images of 2 x 2 pixels.
inline SweepRecord sample_record() {
  SweepRecord record;
  record.provenance = {
      {"title", "Accuracy versus k"}, {"version", "0.1.0"}, {"sweep_text", "[model]\nk = 10, 25\n"}};
  record.axes = {"model.k", "train.seed"};
  record.channels = 1, record.height = 2, record.width = 2;
  record.trials = {sample_result(0, 10), sample_result(1, 25), failed_result(2), missing_result(3)};
  record.trials[1].filters = {1, 4, {9}, {0.25f}, {4, 0, -8, 127}};
  for (auto& result : record.trials) {
    if (result.filters.n_filters > 0) record.best.push_back({result.trial.k, result.id, result.filters});
    result.filters = {};
  }
  return record;
}

}  // namespace ksweep
