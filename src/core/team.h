#pragma once

#include <chrono>

namespace ksweep {

/// How many threads the running job may use now.  It may grow while the job runs: read it at the start of each OpenMP
/// region.  Written and read by the job's own thread only.
class Team {
 public:
  using Clock = std::chrono::steady_clock;
  explicit Team(int n_threads) : n_threads_(n_threads) {}

  int n_threads() const { return n_threads_; }

  /// Never shrinks: the smaller number is passed over.
  void grow_to(int n_threads) {
    if (n_threads <= n_threads_) return;
    const auto now = Clock::now();
    thread_s_ = thread_s(now);
    grown_ = now;
    n_threads_ = n_threads;
  }

  /// A moment, from which to take the mean.
  struct Mark {
    Clock::time_point time;
    double thread_s;
    int n_threads;
  };
  Mark mark() const {
    const auto now = Clock::now();
    return {now, thread_s(now), n_threads_};
  }

  /// Mean number of threads over the time from `begin` to now; whole if the team did not grow.
  double mean_since(const Mark& begin) const {
    const Mark end = mark();
    const double time_s = seconds(end.time - begin.time);
    if (end.n_threads == begin.n_threads || time_s <= 0) return end.n_threads;
    return (end.thread_s - begin.thread_s) / time_s;
  }

 private:
  static double seconds(Clock::duration time) { return std::chrono::duration<double>(time).count(); }
  double thread_s(Clock::time_point now) const { return thread_s_ + n_threads_ * seconds(now - grown_); }

  int n_threads_;
  double thread_s_ = 0;  ///< threads x time until `grown_`
  Clock::time_point grown_ = Clock::now();
};

}  // namespace ksweep
