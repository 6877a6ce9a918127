#include "train/autoencode.h"

#include <algorithm>
#include <map>

#include "core/trial_keys.h"
#include "train/diverged.h"
#include "train/evaluate.h"
#include "train/probing.h"
#include "train/record.h"
#include "train/stack.h"
#include "train/stopwatch.h"

namespace ksweep {
namespace {

/// Positions of trials that see the same codes, those that keep fewest activations first.
std::vector<std::vector<std::size_t>> by_code(std::span<const Trial> trials,
                                              const std::function<bool(const Trial&)>& is_wanted) {
  std::map<int, std::vector<std::size_t>> groups;
  for (std::size_t i = 0; i < trials.size(); ++i)
    if (is_wanted(trials[i])) groups[encoding_k(trials[i])].push_back(i);
  std::vector<std::vector<std::size_t>> positions;
  for (auto& [k, group] : groups) positions.push_back(std::move(group));
  return positions;
}

void record_reconstruction(Stack& stack, const Dataset& data, const TrialParts& parts, TrialResult& result) {
  const Reconstruction validation = stack.reconstruct_validation();
  const Reconstruction test = stack.reconstruct_test();
  result.validation_mse = validation.mse;
  result.l0_training = validation.l0;
  result.test_mse = test.mse;
  const double spread = squared_distance_to_training_mean(data, parts.split, parts.test);
  if (spread > 0) result.test_fraction_of_variance_explained = 1 - test.squared_error / spread;
}

/// Encodes once for a group of trials that see the same codes; each is charged an equal share of the time.
FeatureParts encode_for(Stack& stack, std::span<const Trial> trials, std::span<const std::size_t> group,
                        std::vector<TrialResult>& results, std::vector<std::uint32_t>* active) {
  const auto begin = Stopwatch::Clock::now();
  FeatureParts features = stack.encode(encoding_k(trials[group.front()]), active);
  const double share_s = Stopwatch::seconds_since(begin) / static_cast<double>(group.size());
  for (const std::size_t i : group) results[i].probe_time_s += share_s;
  return features;
}

/// What is read from a trained network as a group of trials asks that see the same codes.
void read_features(Stack& stack, const Dataset& data, const TrialParts& parts, std::span<const Trial> trials,
                   std::span<const std::size_t> group, const TrainSettings& settings,
                   std::vector<TrialResult>& results) {
  std::vector<std::uint32_t> active(static_cast<std::size_t>(stack.top().network.n_hidden));
  const FeatureParts features = encode_for(stack, trials, group, results, &active);
  const double l0 = mean_nonzeros(features.validation);
  const Filters filters = stack.filters(features, active);
  for (const std::size_t i : group) {
    TrialResult& result = results[i];
    Stopwatch watch(result.probe_time_s);
    result.l0_encoding = l0;
    result.dead_units_encoding = static_cast<double>(std::ranges::count(active, 0u));
    result.filters = filters;
    if (data.n_classes == 0) continue;
    if (trials[i].probe_kind == ProbeKind::fine_tune)
      probe_by_fine_tuning(stack.encoder(), parts, trials[i], data, settings, result);
    else
      probe_features(features, parts, trials[i], data, settings, result);
  }
}

void probe_after_epoch(Stack& stack, const Dataset& data, const TrialParts& parts, int epochs_done,
                       bool is_top, std::span<const Trial> trials, const TrainSettings& settings,
                       std::vector<TrialResult>& results) {
  if (data.n_classes == 0) return;
  for (std::size_t i = 0; i < trials.size(); ++i) {
    if (trials[i].probe_every == 0) continue;
    results[i].validation_accuracy_curve.push_back(not_measured);
    results[i].test_accuracy_curve.push_back(not_measured);
  }
  const auto is_due = [&](const Trial& trial) {
    return is_top && trial.probe_every > 0 && epochs_done % trial.probe_every == 0;
  };
  for (const auto& group : by_code(trials, is_due)) {
    const FeatureParts features = encode_for(stack, trials, group, results, nullptr);
    for (const std::size_t i : group) {
      Stopwatch watch(results[i].probe_time_s);
      TrialResult probed;
      probe_features(features, parts, trials[i], data, settings, probed);
      results[i].validation_accuracy_curve.back() = probed.validation_accuracy;
      results[i].test_accuracy_curve.back() = probed.test_accuracy;
    }
  }
}

/// The network's share of the results: the same for all trials that are read from it.
TrialResult common_result(Stack& stack, const Dataset& data, const TrialParts& parts, const Curves& curves,
                          const TrainSettings& settings) {
  TrialResult result;
  result.probe_time_s = 0;
  record(curves, result);
  record_reconstruction(stack, data, parts, result);
  const Training& top = stack.top();
  if (top.trial.epochs == 0) {
    std::vector<std::uint32_t> active(static_cast<std::size_t>(top.network.n_hidden));
    stack.encode(reconstruction_k(top.trial), &active);
    result.dead_units = static_cast<double>(std::ranges::count(active, 0u));
  }
  result.weights_sha256 = stack.weights_hash();
  if (settings.save_weights) result.weights = unpadded(top.network);
  return result;
}

}  // namespace

std::vector<TrialResult> train_autoencoder(std::span<const Trial> trials, const Dataset& data,
                                           const TrainSettings& settings) {
  const TrialParts parts = parts_of(trials[0], data);
  double train_time_s = 0;
  Curves curves;
  std::vector<TrialResult> results(trials.size());
  for (TrialResult& result : results) result.probe_time_s = 0;
  try {
    Stack stack(trials[0], data, parts, settings);
    double probing_s = 0;
    {
      Stopwatch watch(train_time_s);
      stack.fit(curves, [&](int epochs_done, bool is_top) {
        Stopwatch inner(probing_s);
        probe_after_epoch(stack, data, parts, epochs_done, is_top, trials, settings, results);
      });
    }
    train_time_s -= probing_s;
    const TrialResult common = common_result(stack, data, parts, curves, settings);
    for (std::size_t i = 0; i < trials.size(); ++i) {
      const TrialResult probed = std::move(results[i]);
      results[i] = common;
      results[i].probe_time_s = probed.probe_time_s;
      results[i].validation_accuracy_curve = probed.validation_accuracy_curve;
      results[i].test_accuracy_curve = probed.test_accuracy_curve;
      results[i].status = Status::done;
    }
    for (const auto& group : by_code(trials, [](const Trial&) { return true; }))
      read_features(stack, data, parts, trials, group, settings, results);
  } catch (const Diverged& diverged) {
    for (TrialResult& result : results) {
      record(curves, result);
      result.status = Status::failed;
      result.reason = diverged.reason;
    }
  }
  for (TrialResult& result : results)
    result.train_time_s = train_time_s / static_cast<double>(results.size());
  return results;
}

TrialResult probe_raw(const Trial& trial, const Dataset& data, const TrainSettings& settings) {
  TrialResult result;
  result.epochs_done = 0;
  const TrialParts parts = parts_of(trial, data);
  const FeatureParts features{raw_features(data.train_samples, data.n_inputs(), parts.split.train),
                              raw_features(data.train_samples, data.n_inputs(), parts.split.validation),
                              raw_features(data.test_samples, data.n_inputs(), parts.test)};
  Stopwatch watch(result.probe_time_s = 0);
  if (data.n_classes > 0) probe_features(features, parts, trial, data, settings, result);
  return result;
}

}  // namespace ksweep
