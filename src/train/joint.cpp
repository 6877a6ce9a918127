#include "train/joint.h"

#include <algorithm>

#include "core/trial_keys.h"
#include "train/diverged.h"
#include "train/joint_codes.h"
#include "train/joint_fit.h"
#include "train/probing.h"
#include "train/record.h"
#include "train/schedules.h"
#include "train/stopwatch.h"

namespace ksweep {
namespace {

Features encode(Joint& j, const float* rows, std::span<const std::uint32_t> chosen, int k,
                UnitActivity* activity = nullptr) {
  return encode_features(j.batch, j.encoder(), rows, chosen, k, j.batch_size, j.settings.keep_going,
                         activity);
}

FeatureParts encode_parts(Joint& j, const Trial& trial, UnitActivity& activity) {
  const int k = encoding_k(trial);
  return {encode(j, j.data.train_samples, j.parts.split.train, k, &activity),
          encode(j, j.data.train_samples, j.parts.split.validation, k),
          encode(j, j.data.test_samples, j.parts.test, k)};
}

double count_dead(const UnitActivity& activity) {
  return static_cast<double>(std::ranges::count(activity.active, 0u));
}

/// The network's share of the results: the same for all trials that are read from it.
TrialResult common_result(Joint& j, const Curves& curves) {
  TrialResult result;
  result.probe_time_s = 0;
  record(curves, result);
  const Reconstruction validation = reconstruction(j, j.data.train_samples, j.parts.split.validation);
  const Reconstruction test = reconstruction(j, j.data.test_samples, j.parts.test);
  result.validation_mse = validation.mse;
  result.l0_training = validation.l0;
  result.test_mse = test.mse;
  const double spread = squared_distance_to_training_mean(j.data, j.parts.split, j.parts.test);
  if (spread > 0) result.test_fraction_of_variance_explained = 1 - test.squared_error / spread;
  if (j.trial.epochs == 0) {
    UnitActivity activity;
    encode(j, j.data.train_samples, j.parts.split.train, reconstruction_k(j.trial), &activity);
    result.dead_units = count_dead(activity);
  }
  result.weights_sha256 = weights_sha256(j.layers);
  return result;
}

void read_features(Joint& j, const Trial& trial, TrialResult& result) {
  Stopwatch watch(result.probe_time_s);
  UnitActivity activity;
  const FeatureParts features = encode_parts(j, trial, activity);
  result.l0_encoding = mean_nonzeros(features.validation);
  result.dead_units_encoding = count_dead(activity);
  result.filters = decoder_filters(j.settings.kernels, j.decoder(), activity, j.settings.team);
  if (j.data.n_classes == 0) return;
  if (trial.probe_kind == ProbeKind::fine_tune)
    probe_by_fine_tuning(copy_of(j.encoder()), j.parts, trial, j.data, j.settings, result);
  else
    probe_features(features, j.parts, trial, j.data, j.settings, result);
}

void probe_after_epoch(Joint& j, int epochs_done, std::span<const Trial> trials,
                       std::vector<TrialResult>& results) {
  for (std::size_t i = 0; i < trials.size(); ++i) {
    const int every = trials[i].probe_every;
    if (every == 0 || j.data.n_classes == 0) continue;
    TrialResult probed;
    if (epochs_done % every == 0) {
      Stopwatch watch(results[i].probe_time_s);
      UnitActivity activity;
      probe_features(encode_parts(j, trials[i], activity), j.parts, trials[i], j.data, j.settings, probed);
    }
    results[i].validation_accuracy_curve.push_back(probed.validation_accuracy);
    results[i].test_accuracy_curve.push_back(probed.test_accuracy);
  }
}

/// What was found after epochs goes over into the final result.
TrialResult with_probes_of_epochs(TrialResult result, const TrialResult& so_far) {
  result.probe_time_s = so_far.probe_time_s;
  result.validation_accuracy_curve = so_far.validation_accuracy_curve;
  result.test_accuracy_curve = so_far.test_accuracy_curve;
  return result;
}

}  // namespace

std::vector<TrialResult> train_joint(std::span<const Trial> trials, const Dataset& data,
                                     const TrainSettings& settings) {
  const TrialParts parts = parts_of(trials[0], data);
  std::vector<TrialResult> results(trials.size());
  for (TrialResult& result : results) result.probe_time_s = 0;
  double train_time_s = 0, probing_s = 0;
  Curves curves;
  try {
    Joint joint(trials[0], data, parts, settings);
    {
      Stopwatch watch(train_time_s);
      fit(joint, curves, [&](int epochs_done) {
        Stopwatch inner(probing_s);
        probe_after_epoch(joint, epochs_done, trials, results);
      });
    }
    const TrialResult common = common_result(joint, curves);
    for (std::size_t i = 0; i < trials.size(); ++i) {
      results[i] = with_probes_of_epochs(common, results[i]);
      results[i].status = Status::done;
      read_features(joint, trials[i], results[i]);
    }
  } catch (const Diverged& diverged) {
    for (TrialResult& result : results) {
      record(curves, result);
      result.status = Status::failed;
      result.reason = diverged.reason;
    }
  }
  for (TrialResult& result : results)
    result.train_time_s = (train_time_s - probing_s) / static_cast<double>(results.size());
  return results;
}

}  // namespace ksweep
