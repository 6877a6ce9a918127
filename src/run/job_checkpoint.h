#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "base/stopwatch.h"
#include "store/store.h"
#include "train/checkpoint.h"

namespace ksweep {

/// Keeps the state of one job's training in the store.
class JobCheckpoint {
 public:
  /// interval_s: time between two saves; 0: saves only before a stop.  Saving is limited to 1 % of a
  /// training's time.  A suspect training, which was active in a crash, is saved much more often, since its
  /// checkpoints show whether it makes progress.  identity: everything that must be equal for the training to
  /// continue.
  JobCheckpoint(const Store& store, std::uint64_t training_id, std::string identity, int interval_s,
                bool is_suspect)
      : store_(store),
        training_id_(training_id),
        identity_(std::move(identity)),
        interval_s_(is_suspect ? std::min<double>(interval_s, interval_of_suspect_s) : interval_s),
        least_ratio_(is_suspect ? 4 : usual_ratio) {}

  static constexpr double interval_of_suspect_s = 0.25;
  static constexpr double usual_ratio = 100;  ///< least ratio of training time to saving time

  /// The functions must not outlive the object.  A failed save is reported on standard error, once per
  /// process.
  Checkpoints functions();

  /// Called when the job's results are stored.
  void remove() const { store_.remove_checkpoint(training_id_); }

 private:
  bool due() const;
  void save(std::string_view state);

  const Store& store_;
  std::uint64_t training_id_;
  std::string identity_;
  double interval_s_;
  double save_time_s_ = 0, save_time_before_s_ = 0;  ///< durations of the last two saves
  double least_ratio_;                               ///< least ratio of training time to saving time
  Stopwatch::Clock::time_point last_save_ = Stopwatch::Clock::now();
};

}  // namespace ksweep
