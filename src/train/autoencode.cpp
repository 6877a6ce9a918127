#include "train/autoencode.h"

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <utility>

#include "base/stopwatch.h"
#include "core/training_path.h"
#include "core/trial_keys.h"
#include "train/archive_state.h"
#include "train/diverged.h"
#include "train/fill_result.h"
#include "train/joint.h"
#include "train/measures.h"
#include "train/probing.h"
#include "train/stack.h"

namespace ksweep {
namespace {

/// One training, the trials that are read from it, and their results so far.
struct SharedTraining {
  const Dataset& data;
  const TrialParts& parts;
  std::span<const Trial> trials;
  const TrainSettings& settings;
  std::vector<TrialResult> results;
  std::vector<std::uint8_t> is_read;  ///< (trial) whether its result is complete
};

/// Returns positions of trials grouped by their codes, those that keep the fewest activations first.
std::vector<std::vector<std::size_t>> by_code(std::span<const Trial> trials,
                                              const std::function<bool(std::size_t)>& is_wanted) {
  std::map<int, std::vector<std::size_t>> groups;
  for (std::size_t i = 0; i < trials.size(); ++i)
    if (is_wanted(i)) groups[encoding_k(trials[i])].push_back(i);
  std::vector<std::vector<std::size_t>> positions;
  for (auto& [k, group] : groups) positions.push_back(std::move(group));
  return positions;
}

/// Does what a group of trials has in common, and adds an equal share of the time to each.
template <class Work>
void shared_time(std::span<const std::size_t> group, SharedTraining& readers, const Work& work) {
  const auto begin = Stopwatch::Clock::now();
  work();
  const double share_s = Stopwatch::seconds_since(begin) / static_cast<double>(group.size());
  for (const std::size_t i : group) readers.results[i].probe_time_s += share_s;
}

/// Encodes once for a group of trials with the same codes.
FeatureParts encode_for(Autoencoder& net, std::span<const std::size_t> group, SharedTraining& readers,
                        std::vector<std::uint32_t>* active) {
  FeatureParts features;
  shared_time(group, readers,
              [&] { features = net.encode(encoding_k(readers.trials[group.front()]), active); });
  return features;
}

double count_dead(const std::vector<std::uint32_t>& active) {
  return static_cast<double>(std::ranges::count(active, 0u));
}

/// The codes of a network, kept only if there are labels to probe them by.
struct FeaturesRead {
  FeatureParts features;
  CodeActivity activity;
};

FeaturesRead read_for(Autoencoder& net, std::span<const std::size_t> group, SharedTraining& readers) {
  FeaturesRead read;
  if (readers.data.n_classes == 0) {
    shared_time(group, readers,
                [&] { read.activity = net.activity(encoding_k(readers.trials[group.front()])); });
    return read;
  }
  read.features = encode_for(net, group, readers, &read.activity.train.active);
  read.activity.train.sum = sums_of_features(read.features.train);
  read.activity.l0 = mean_nonzeros(read.features.validation);
  return read;
}

/// Tells how far the probes are while one of them trains; they count alike.
class ProbeProgress {
 public:
  explicit ProbeProgress(const SharedTraining& readers) : settings_(readers.settings) {
    settings_.tell_progress = [&readers, n_read = std::ranges::count(readers.is_read, 1)](double share) {
      if (readers.settings.tell_probes)
        readers.settings.tell_probes((static_cast<double>(n_read) + share) /
                                     static_cast<double>(readers.trials.size()));
    };
    settings_.tell_progress(0);
  }
  /// Those of a probe, with its own progress.
  const TrainSettings& settings() const { return settings_; }

 private:
  TrainSettings settings_;
};

/// Probes a trained network for a group of trials with the same codes.
void read_features(Autoencoder& net, std::span<const std::size_t> group, SharedTraining& readers) {
  const auto& [data, parts, trials, settings, results, is_read] = readers;
  const FeaturesRead read = read_for(net, group, readers);
  const Filters filters = net.filters(read.activity.train);
  for (const std::size_t i : group) {
    TrialResult& result = readers.results[i];
    Stopwatch watch(result.probe_time_s);
    result.l0_encoding = read.activity.l0;
    result.dead_units_encoding = count_dead(read.activity.train.active);
    result.filters = filters;
    if (data.n_classes == 0) continue;
    const ProbeProgress progress(readers);
    if (trials[i].probe_kind == ProbeKind::fine_tune)
      probe_by_fine_tuning(net.encoder(), parts, trials[i], data, progress.settings(), result);
    else
      probe_features(read.features, parts, trials[i], data, settings, result);
    readers.is_read[i] = 1;
  }
}

void probe_after_epoch(Autoencoder& net, int epochs_done, bool is_top, SharedTraining& readers) {
  if (readers.data.n_classes == 0) return;
  const std::span<const Trial> trials = readers.trials;
  for (std::size_t i = 0; i < trials.size(); ++i) {
    if (trials[i].probe_every == 0) continue;
    const auto n_epochs = static_cast<std::size_t>(epochs_done);
    readers.results[i].validation_accuracy_curve.resize(n_epochs, not_measured);
    readers.results[i].test_accuracy_curve.resize(n_epochs, not_measured);
  }
  const auto is_due = [&](std::size_t i) {
    const int every = trials[i].probe_every;
    return is_top && every > 0 && epochs_done % every == 0;
  };
  for (const auto& group : by_code(trials, is_due)) {
    const FeatureParts features = encode_for(net, group, readers, nullptr);
    for (const std::size_t i : group) {
      TrialResult& result = readers.results[i];
      Stopwatch watch(result.probe_time_s);
      TrialResult probed;
      probe_features(features, readers.parts, trials[i], readers.data, readers.settings, probed);
      result.validation_accuracy_curve.back() = probed.validation_accuracy;
      result.test_accuracy_curve.back() = probed.test_accuracy;
    }
  }
}

/// Returns the results of the network itself, which are the same for all trials that are read from it.
TrialResult common_result(Autoencoder& net, const Curves& curves, const SharedTraining& readers) {
  TrialResult result;
  record(curves, readers.parts.split.train.size(), result);
  const std::vector<std::uint32_t> active =
      record_measures(net, readers.trials[0], readers.data, readers.parts, readers.settings, result);
  if (curves.k.empty()) {
    result.dead_units = count_dead(net.activity(reconstruction_k(readers.trials[0])).train.active);
  }
  Weights weights = net.weights();
  result.weights_sha256 = weights_sha256(weights);
  if (!weights.stack.empty()) weights.stack.back().active.assign(active.begin(), active.end());
  weights.inputs = readers.data.scaling();
  if (readers.settings.save_weights) result.weights = std::move(weights);
  result.status = Status::done;
  return result;
}

/// Returns the result of the trained network with the probes after epochs.
TrialResult with_probes_of_epochs(TrialResult result, const TrialResult& so_far) {
  result.probe_time_s = so_far.probe_time_s;
  result.resumed_epoch = so_far.resumed_epoch;
  result.validation_accuracy_curve = so_far.validation_accuracy_curve;
  result.test_accuracy_curve = so_far.test_accuracy_curve;
  return result;
}

std::unique_ptr<Autoencoder> initial_autoencoder(const Trial& trial, const Dataset& data,
                                                 const TrialParts& parts, const TrainSettings& settings) {
  if (trial.training == LayerTraining::joint)
    return std::make_unique<JointAutoencoder>(trial, data, parts, settings);
  return std::make_unique<Stack>(trial, data, parts, settings);
}

/// Time of a training in all attempts, without the probes after its epochs.
struct TrainingTime {
  double before_s = 0, probing_s = 0;  ///< time of earlier attempts; of this one's probes
  Stopwatch::Clock::time_point begin = Stopwatch::Clock::now();
  double seconds() const { return before_s + Stopwatch::seconds_since(begin) - probing_s; }
};

/// Transfers the training's time, its curves, and the results of trials that have been read.
void transfer(Archive& archive, double& train_time_s, Curves& curves, SharedTraining& readers) {
  archive.number(train_time_s);
  transfer(archive, curves);
  archive.array(std::span(readers.is_read));
  for (TrialResult& result : readers.results)
    transfer(archive, result, readers.data.n_classes, curves.k.size());
  if (archive.reads()) note_resumed(readers.results, curves.k.size());
}

/// Fills curves and results while training, so that they hold what is known if it throws Diverged.
void train_and_read(SharedTraining& readers, Curves& curves, double& train_time_s) {
  std::optional<TrainingTime> time;  // set during training
  const Checkpointer::Part part(readers.settings.checkpointer, "results", [&](Archive& archive) {
    if (time) train_time_s = time->seconds();
    transfer(archive, train_time_s, curves, readers);
  });
  const auto net = initial_autoencoder(readers.trials[0], readers.data, readers.parts, readers.settings);
  time = TrainingTime{train_time_s};
  const auto stop_the_clock = [&] {
    train_time_s = time->seconds();
    time.reset();
  };
  try {
    net->fit(curves, [&](int epochs_done, bool is_top) {
      Stopwatch inner(time->probing_s);
      probe_after_epoch(*net, epochs_done, is_top, readers);
    });
  } catch (...) {
    stop_the_clock();
    throw;
  }
  stop_the_clock();
  const TrialResult common = common_result(*net, curves, readers);
  for (std::size_t i = 0; i < readers.trials.size(); ++i)
    if (!readers.is_read[i]) readers.results[i] = with_probes_of_epochs(common, readers.results[i]);
  for (TrialResult& result : readers.results) result.weights = common.weights;
  const auto is_unread = [&](std::size_t i) { return !readers.is_read[i]; };
  for (const auto& group : by_code(readers.trials, is_unread)) read_features(*net, group, readers);
}

}  // namespace

std::vector<TrialResult> train_autoencoder(std::span<const Trial> trials, const Dataset& data,
                                           const TrainSettings& settings) {
  const TrialParts parts = parts_of(trials[0], data);
  SharedTraining readers{data,
                         parts,
                         trials,
                         settings,
                         std::vector<TrialResult>(trials.size()),
                         std::vector<std::uint8_t>(trials.size())};
  for (TrialResult& result : readers.results) result.probe_time_s = 0;
  double train_time_s = 0;
  Curves curves;
  try {
    train_and_read(readers, curves, train_time_s);
  } catch (const Diverged& diverged) {
    for (TrialResult& result : readers.results) {
      record(curves, parts.split.train.size(), result);
      result.status = Status::failed;
      result.reason = diverged.reason;
    }
  }
  for (TrialResult& result : readers.results)
    result.train_time_s = train_time_s / static_cast<double>(trials.size());
  return std::move(readers.results);
}

TrialResult probe_raw(const Trial& trial, const Dataset& data, const TrainSettings& settings) {
  TrialResult result;
  result.epochs_done = 0;
  const TrialParts parts = parts_of(trial, data);
  result.probe_time_s = 0;
  if (data.n_classes == 0) return result;  // there is nothing to read from inputs alone
  const FeatureParts features{raw_features(data.train_samples, data.n_inputs(), parts.split.train),
                              raw_features(data.train_samples, data.n_inputs(), parts.split.validation),
                              raw_features(data.test_samples, data.n_inputs(), parts.test)};
  Stopwatch watch(result.probe_time_s);
  probe_features(features, parts, trial, data, settings, result);
  return result;
}

}  // namespace ksweep
