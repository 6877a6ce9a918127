#include "train/train.h"

#include <cassert>

#include "base/host.h"
#include "base/stopwatch.h"
#include "train/autoencode.h"
#include "train/classify.h"
#include "train/probing.h"

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

std::vector<TrialResult> train_from_checkpoint(std::span<const Trial> trials, const Dataset& data,
                                               const TrainSettings& settings,
                                               const Checkpoints& checkpoints) {
  const auto begin = Stopwatch::Clock::now();
  const Team::Mark team_at_begin = settings.team.mark();
  double started_unix_s = unix_time_s(), earlier_s = 0;  // of the first attempt; of earlier attempts
  Checkpointer checkpointer(checkpoints, settings.keep_going);
  const Checkpointer::Part part(&checkpointer, "times", [&](Archive& archive) {
    double so_far_s = earlier_s + Stopwatch::seconds_since(begin);
    archive.number(so_far_s);
    archive.number(started_unix_s);
    earlier_s = archive.reads() ? so_far_s : earlier_s;
  });
  TrainSettings inner = settings;
  inner.keep_going = [&] { return checkpointer.keep_going(); };
  inner.checkpointer = &checkpointer;
  std::vector<TrialResult> results = train_as_kind(trials, data, inner);
  // Each trial gets its own probe and an equal share of everything else, so that the times of all trials add
  // up.
  double others_s = earlier_s + Stopwatch::seconds_since(begin);
  const double threads = settings.team.mean_since(team_at_begin);
  for (const TrialResult& result : results) others_s -= result.probe_time_s;
  for (std::size_t i = 0; i < trials.size(); ++i) {
    results[i].trial = trials[i];
    if (results[i].status == Status::missing) results[i].status = Status::done;
    results[i].started_unix_s = started_unix_s;
    results[i].wall_time_s = results[i].probe_time_s + others_s / static_cast<double>(trials.size());
    results[i].instruction_set = settings.kernels.bits;
    results[i].threads = threads;
  }
  return results;
}

}  // namespace

std::vector<TrialResult> train(std::span<const Trial> trials, const Dataset& data,
                               const TrainSettings& settings) {
  assert(!trials.empty());
  Checkpoints checkpoints = settings.checkpoints;
  try {
    return train_from_checkpoint(trials, data, settings, checkpoints);
  } catch (const UnfitCheckpoint&) {
    checkpoints.load = nullptr;
    return train_from_checkpoint(trials, data, settings, checkpoints);
  }
}

}  // namespace ksweep
