#include "run/job_checkpoint.h"

#include <algorithm>
#include <cstdio>
#include <utility>

#include "base/errors.h"

namespace ksweep {
namespace {

/// A job that must stop sooner than this after a save does not save again.  At most the interval.
constexpr double default_worth_s = 2;

/// Reports only the first fault: a full disk affects all checkpoints, and the trial continues without them.
void report_once(const char* fault) {
  static bool reported = false;
  if (!std::exchange(reported, true))
    std::fprintf(stderr, "ksweep: %s Training goes on without a checkpoint.\n", fault);
}

}  // namespace

Checkpoints JobCheckpoint::functions() {
  return {.load = [this] { return store_.read_checkpoint(training_id_, identity_); },
          .save = [this](std::string_view state) { save(state); },
          .due = [this] { return due(); },
          .worth_s = interval_s_ > 0 ? std::min(default_worth_s, interval_s_) : default_worth_s};
}

bool JobCheckpoint::due() const {
  // The smaller of the two, so that a single save that had to wait for the disk has no effect.
  const double usual_s = std::min(save_time_s_, save_time_before_s_);
  return interval_s_ > 0 &&
         Stopwatch::seconds_since(last_save_) >= std::max(interval_s_, least_ratio_ * usual_s);
}

void JobCheckpoint::save(std::string_view state) {
  save_time_before_s_ = std::exchange(save_time_s_, 0);
  {
    Stopwatch watch(save_time_s_);
    try {
      store_.write_checkpoint(training_id_, identity_, state);
    } catch (const UserError& error) {
      report_once(error.what());
    }
  }
  last_save_ = Stopwatch::Clock::now();
}

}  // namespace ksweep
