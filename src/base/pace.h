#pragma once

#include <chrono>
#include <functional>
#include <utility>

#include "base/team.h"

namespace ksweep {

/// Chooses between one thread and all.  Threads that meet at barriers many times in a mini-batch wait for
/// each other whenever something else runs on one of their cores, and are then many times slower than a
/// single thread; the number of threads changes no bit of the results.  So work is measured: now and then a
/// short trial of the other choice is compared with the current one, and the faster is used from then on.
/// Trials cost at most a twentieth of the time and become rare while they change nothing.
class Pace {
 public:
  using Clock = std::chrono::steady_clock;
  /// Returns the CPU seconds that all threads of this process have used.
  using CpuTime = std::function<double()>;

  Pace();
  explicit Pace(CpuTime cpu_time) : cpu_time_(std::move(cpu_time)) {}

  /// Work begins after a pause, which is not measured.
  void begin(Clock::time_point now);

  /// A piece of work, such as a mini-batch, has ended on as many threads as were returned last.  Returns how
  /// many of `most` threads the next piece should use.
  int next(int most, Clock::time_point now);

 private:
  /// Either settled, or in a trial of the other choice and then, again, of the current one.
  enum class Phase { settled, other, again };

  bool uses_all() const { return all_ != (phase_ == Phase::other); }
  void enter(Phase phase, Clock::time_point now);
  bool trial_is_due(double rate, double cpu_s, Clock::time_point now) const;
  void take(double rate, double cpu_s, Clock::time_point now);
  void settle(bool changes, Clock::time_point now);

  CpuTime cpu_time_;
  int most_ = 0;
  bool all_ = true;  ///< the current choice: all threads, or one
  Phase phase_ = Phase::settled;
  // Pieces in this window, its begin, and the CPU time then.
  int n_done_ = 0;
  Clock::time_point window_begin_{};
  double window_cpu_s_ = 0;
  // Pieces per second: of the current and the other choice in this trial; of the current choice after the
  // last trial.
  double rate_ = 0, other_rate_ = 0, known_rate_ = 0;
  double other_s_ = 0;  ///< time spent on the other choice
  Clock::time_point settled_at_{}, not_before_{};
  double gap_s_ = 0;  ///< time between trials while they change nothing
};

/// A team that chooses its number of threads anew after each piece of a job.
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
