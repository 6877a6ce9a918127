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
  /// interval_s: between two saves; 0: only before a stop.  A training that takes long to save is saved less often, so that
  /// saving takes no more than 1 % of its time; a suspect one, in whose midst the program died, much more often: it
  /// shows by its checkpoints whether it gets on.  identity: all that must be equal for the training to go on.
  JobCheckpoint(const Store& store, std::uint64_t training_id, std::string identity, int interval_s,
                bool is_suspect)
      : store_(store),
        training_id_(training_id),
        identity_(std::move(identity)),
        interval_s_(is_suspect ? std::min<double>(interval_s, interval_of_suspect_s) : interval_s),
        least_ratio_(is_suspect ? 4 : 100) {}

  static constexpr double interval_of_suspect_s = 0.25;

  /// Must not outlive the object.  A save that fails is told to standard error, once in the life of the process.
  Checkpoints functions();

  /// To be called when the job's results are stored.
  void remove() const { store_.remove_checkpoint(training_id_); }

 private:
  bool due() const;
  void save(std::string_view state);

  const Store& store_;
  std::uint64_t training_id_;
  std::string identity_;
  double interval_s_;
  double save_time_s_ = 0, save_time_before_s_ = 0;  ///< of the last two saves
  double least_ratio_;                               ///< of training to saving
  Stopwatch::Clock::time_point last_save_ = Stopwatch::Clock::now();
};

}  // namespace ksweep
