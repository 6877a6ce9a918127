#include "train/train.h"

#include <cassert>

#include "core/host.h"
#include "train/autoencode.h"
#include "train/classify.h"
#include "train/probing.h"
#include "train/stopwatch.h"

namespace ksweep {
namespace {

std::vector<TrialResult> train_as_kind(std::span<const Trial> trials, const Dataset& data,
                                       const TrainSettings& settings) {
  if (trials[0].kind == ModelKind::classifier) return train_classifier(trials, data, settings);
  if (trials[0].kind != ModelKind::raw) return train_autoencoder(trials, data, settings);
  std::vector<TrialResult> results;
  for (const Trial& trial : trials) results.push_back(probe_raw(trial, data, settings));
  return results;
}

}  // namespace

std::vector<TrialResult> train(std::span<const Trial> trials, const Dataset& data,
                               const TrainSettings& settings) {
  assert(!trials.empty());
  const auto begin = Stopwatch::Clock::now();
  const Team::Mark team_at_begin = settings.team.mark();
  const double started_unix_s = unix_time_s();
  std::vector<TrialResult> results = train_as_kind(trials, data, settings);
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
