#include "train/train.h"

#include <algorithm>
#include <cassert>
#include <map>

#include "core/host.h"
#include "probe/probe.h"
#include "train/classify.h"
#include "train/evaluate.h"
#include "train/feature_parts.h"
#include "train/fit.h"
#include "train/joint.h"
#include "train/parts.h"
#include "train/record.h"
#include "train/schedules.h"
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

FeatureParts encode_parts(Training& t, const TrialParts& parts, const Trial& trial,
                          const KeepGoing& keep_going, std::vector<std::uint32_t>* active) {
  const int k = encoding_k(trial);
  const auto encode = [&](const float* rows, std::span<const std::uint32_t> chosen,
                          std::vector<std::uint32_t>* count) {
    return encode_features(t.batch, t.network, rows, chosen, k, t.batch_size, keep_going, count);
  };
  return {encode(t.data.train_samples, parts.split.train, active),
          encode(t.data.train_samples, parts.split.validation, nullptr),
          encode(t.data.test_samples, parts.test, nullptr)};
}

ProbeResult probe_parts(const FeatureParts& features, const TrialParts& parts, const Trial& trial,
                        const Dataset& data, const TrainSettings& settings) {
  return probe(settings.kernels, {features.train, parts.train_labels},
               {features.validation, parts.validation_labels}, {features.test, parts.test_labels},
               {.team = settings.team,
                .l2 = trial.probe_l2,
                .tolerance = trial.probe_tolerance,
                .n_classes = data.n_classes,
                .kind = trial.probe_kind,
                .c = trial.probe_c,
                .neighbours = trial.probe_neighbours,
                .metric = trial.probe_metric,
                .refit = trial.probe_refit,
                .seed = static_cast<std::uint64_t>(trial.seed)},
               settings.keep_going);
}

void record(const ProbeResult& probed, TrialResult& result) {
  record(probed.train, probed.validation, probed.test, result);
  result.probe_l2 = probed.l2;
  result.probe_c = probed.c;
  result.probe_neighbours = probed.neighbours;
  result.validation_nmi = probed.validation_nmi;
  result.test_nmi = probed.test_nmi;
  result.probe_iterations = probed.iterations;
  result.probe_gradient = probed.gradient_norm;
}

void record_reconstruction(Training& t, const TrialParts& parts, const KeepGoing& keep_going,
                           TrialResult& result) {
  const Reconstruction validation =
      reconstruction(t, t.data.train_samples, parts.split.validation, reconstruction_k(t.trial), keep_going);
  const Reconstruction test =
      reconstruction(t, t.data.test_samples, parts.test, reconstruction_k(t.trial), keep_going);
  result.validation_mse = validation.mse;
  result.l0_training = validation.l0;
  result.test_mse = test.mse;
  const double spread = squared_distance_to_training_mean(t.data, parts.split, parts.test);
  if (spread > 0) result.test_fraction_of_variance_explained = 1 - test.squared_error / spread;
}

TrialResult probe_raw_pixels(const Trial& trial, const Dataset& data, const TrainSettings& settings) {
  TrialResult result;
  result.epochs_done = 0;
  const TrialParts parts = parts_of(trial, data);
  const FeatureParts features{raw_features(data.train_samples, data.n_inputs(), parts.split.train),
                              raw_features(data.train_samples, data.n_inputs(), parts.split.validation),
                              raw_features(data.test_samples, data.n_inputs(), parts.test)};
  Stopwatch watch(result.probe_time_s = 0);
  if (data.n_classes > 0) record(probe_parts(features, parts, trial, data, settings), result);
  return result;
}

/// Encodes once for a group of trials that see the same codes; each is charged an equal share of the time.
FeatureParts encode_for(Training& t, const TrialParts& parts, std::span<const Trial> trials,
                        std::span<const std::size_t> group, const KeepGoing& keep_going,
                        std::vector<TrialResult>& results, std::vector<std::uint32_t>* active) {
  const auto begin = Stopwatch::Clock::now();
  FeatureParts features = encode_parts(t, parts, trials[group.front()], keep_going, active);
  const double share_s = Stopwatch::seconds_since(begin) / static_cast<double>(group.size());
  for (const std::size_t i : group) results[i].probe_time_s += share_s;
  return features;
}

/// What is read from a trained network as a group of trials asks that see the same codes.
void read_features(Training& t, const TrialParts& parts, std::span<const Trial> trials,
                   std::span<const std::size_t> group, const TrainSettings& settings,
                   std::vector<TrialResult>& results) {
  std::vector<std::uint32_t> active(static_cast<std::size_t>(t.network.n_hidden));
  const FeatureParts features = encode_for(t, parts, trials, group, settings.keep_going, results, &active);
  const double l0 = mean_nonzeros(features.validation);
  const Filters filters = most_active_filters(t.network, active);
  for (const std::size_t i : group) {
    TrialResult& result = results[i];
    Stopwatch watch(result.probe_time_s);
    result.l0_encoding = l0;
    result.dead_units_encoding = static_cast<double>(std::ranges::count(active, 0u));
    result.filters = filters;
    if (t.data.n_classes > 0) record(probe_parts(features, parts, trials[i], t.data, settings), result);
  }
}

void probe_after_epoch(Training& t, const TrialParts& parts, int epochs_done, std::span<const Trial> trials,
                       const TrainSettings& settings, std::vector<TrialResult>& results) {
  if (t.data.n_classes == 0) return;
  for (std::size_t i = 0; i < trials.size(); ++i) {
    if (trials[i].probe_every == 0) continue;
    results[i].validation_accuracy_curve.push_back(not_measured);
    results[i].test_accuracy_curve.push_back(not_measured);
  }
  const auto is_due = [&](const Trial& trial) {
    return trial.probe_every > 0 && epochs_done % trial.probe_every == 0;
  };
  for (const auto& group : by_code(trials, is_due)) {
    const FeatureParts features = encode_for(t, parts, trials, group, settings.keep_going, results, nullptr);
    for (const std::size_t i : group) {
      Stopwatch watch(results[i].probe_time_s);
      const ProbeResult probed = probe_parts(features, parts, trials[i], t.data, settings);
      results[i].validation_accuracy_curve.back() = probed.validation.overall;
      results[i].test_accuracy_curve.back() = probed.test.overall;
    }
  }
}

/// The network's share of the results: the same for all trials that are read from it.
TrialResult common_result(Training& t, const TrialParts& parts, const Curves& curves,
                          const TrainSettings& settings) {
  TrialResult result;
  result.probe_time_s = 0;
  record(curves, result);
  record_reconstruction(t, parts, settings.keep_going, result);
  if (t.trial.epochs == 0) {
    std::vector<std::uint32_t> active(static_cast<std::size_t>(t.network.n_hidden));
    encode_features(t.batch, t.network, t.data.train_samples, parts.split.train, reconstruction_k(t.trial),
                    t.batch_size, settings.keep_going, &active);
    result.dead_units = static_cast<double>(std::ranges::count(active, 0u));
  }
  result.weights_sha256 = weights_sha256(t.network);
  if (settings.save_weights) result.weights = unpadded(t.network);
  return result;
}

std::vector<TrialResult> train_network(std::span<const Trial> trials, const Dataset& data,
                                       const TrainSettings& settings) {
  const TrialParts parts = parts_of(trials[0], data);
  double train_time_s = 0;
  Curves curves;
  std::vector<TrialResult> results(trials.size());
  for (TrialResult& result : results) result.probe_time_s = 0;
  try {
    Training training(trials[0], data, parts.split, settings.kernels, settings.team);
    double probing_s = 0;
    {
      Stopwatch watch(train_time_s);
      fit(training, curves, settings.keep_going, [&](int epochs_done) {
        Stopwatch inner(probing_s);
        probe_after_epoch(training, parts, epochs_done, trials, settings, results);
      });
    }
    train_time_s -= probing_s;
    const TrialResult common = common_result(training, parts, curves, settings);
    for (std::size_t i = 0; i < trials.size(); ++i) {
      const TrialResult probed = std::move(results[i]);
      results[i] = common;
      results[i].probe_time_s = probed.probe_time_s;
      results[i].validation_accuracy_curve = probed.validation_accuracy_curve;
      results[i].test_accuracy_curve = probed.test_accuracy_curve;
      results[i].status = Status::done;
    }
    for (const auto& group : by_code(trials, [](const Trial&) { return true; }))
      read_features(training, parts, trials, group, settings, results);
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

}  // namespace

std::vector<TrialResult> train(std::span<const Trial> trials, const Dataset& data,
                               const TrainSettings& settings) {
  assert(!trials.empty());
  const auto begin = Stopwatch::Clock::now();
  const Team::Mark team_at_begin = settings.team.mark();
  const double started_unix_s = unix_time_s();
  std::vector<TrialResult> results;
  if (trials[0].kind == ModelKind::raw) {
    for (const Trial& trial : trials) results.push_back(probe_raw_pixels(trial, data, settings));
  } else if (trials[0].kind == ModelKind::classifier) {
    results = train_classifier(trials, data, settings);
  } else if (trials[0].training == LayerTraining::joint) {
    results = train_joint(
        trials, data, settings,
        [&](const FeatureParts& features, const TrialParts& parts, const Trial& trial, TrialResult& result) {
          record(probe_parts(features, parts, trial, data, settings), result);
        });
  } else {
    results = train_network(trials, data, settings);
  }
  // Each trial has its own probe and an equal share of all else, so that the times of all trials add up.
  double others_s = Stopwatch::seconds_since(begin);
  const double threads = settings.team.mean_since(team_at_begin);
  for (const TrialResult& result : results) others_s -= result.probe_time_s;
  for (std::size_t i = 0; i < trials.size(); ++i) {
    results[i].trial = trials[i];
    if (results[i].status == Status::missing) results[i].status = Status::done;
    results[i].started_unix_s = started_unix_s;
    results[i].wall_time_s = results[i].probe_time_s + others_s / static_cast<double>(trials.size());
    results[i].instruction_set = settings.kernels.isa;
    results[i].threads = threads;
  }
  return results;
}

}  // namespace ksweep
