#pragma once

#include <chrono>
#include <functional>
#include <utility>

#include "base/team.h"

namespace ksweep {

/// Gives threads back where they do not pay.  Threads that meet at barriers many times in a mini-batch wait for each
/// other whenever something else runs on one of their cores, and are then many times slower than a single thread; their
/// number changes no bit of the results.  So work is measured: now and then a short trial of the other choice, one thread
/// or all, is compared with what is in use, and the faster one is used from then on.  Trials cost a twentieth of the
/// time at most, and become rare while they change nothing.
class Pace {
 public:
  using Clock = std::chrono::steady_clock;
  /// CPU seconds of this process so far, of all its threads.
  using CpuTime = std::function<double()>;

  Pace();
  explicit Pace(CpuTime cpu_time) : cpu_time_(std::move(cpu_time)) {}

  /// Work begins after something else was done: that time says nothing.
  void begin(Clock::time_point now);

  /// A piece of work has ended, a mini-batch or so, done by as many threads as were last returned.  Returns how many
  /// of `most` to do the next one with.
  int next(int most, Clock::time_point now);

 private:
  /// Settled, or in a trial: the other choice, then once more the first one.
  enum class Phase { settled, other, again };

  bool uses_all() const { return all_ != (phase_ == Phase::other); }
  void enter(Phase phase, Clock::time_point now);
  bool trial_is_due(double rate, double cpu_s, Clock::time_point now) const;
  void take(double rate, double cpu_s, Clock::time_point now);
  void settle(bool changes, Clock::time_point now);

  CpuTime cpu_time_;
  int most_ = 0;
  bool all_ = true;  ///< the choice: all threads, else one
  Phase phase_ = Phase::settled;
  // The pieces that are being counted, since when, and the CPU time then.
  int n_done_ = 0;
  Clock::time_point window_begin_{};
  double window_cpu_s_ = 0;
  // In pieces per second: in this trial, the choice and the other one; the choice after the last trial.
  double rate_ = 0, other_rate_ = 0, known_rate_ = 0;
  double other_s_ = 0;  ///< that the other one was used for
  Clock::time_point settled_at_{}, not_before_{};
  double gap_s_ = 0;  ///< from one trial to the next, while they change nothing
};

/// A team that goes on with as many threads as pay, whenever it is told that a piece of its job has ended.
class PacedTeam {
 public:
  explicit PacedTeam(int n_threads) : team_(n_threads) {}
  const Team& team() const { return team_; }
  void grow_to(int most) { team_.grow_to(most); }
  void begin_job() { pace_.begin(Team::Clock::now()); }
  void keep_pace() {
    if (team_.most() > 1) team_.use(pace_.next(team_.most(), Team::Clock::now()));
  }

 private:
  Team team_;
  Pace pace_;
};

}  // namespace ksweep
