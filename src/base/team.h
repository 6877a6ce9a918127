#pragma once

#include <algorithm>
#include <chrono>

namespace ksweep {

/// The number of threads that the running job uses, and the most that it may use.  Both may change while the
/// job runs: read them at the start of each OpenMP region.  Only the job's own thread may access it.
class Team {
 public:
  using Clock = std::chrono::steady_clock;
  explicit Team(int n_threads) : n_threads_(n_threads), most_(n_threads) {}

  int n_threads() const { return n_threads_; }
  int most() const { return most_; }

  /// Raises both numbers to `most`.  Ignores a smaller number.
  void grow_to(int most) {
    if (most <= most_) return;
    most_ = most;
    use(most);
  }

  /// Sets the number of threads in use.
  void use(int n_threads) {
    n_threads = std::clamp(n_threads, 1, most_);
    if (n_threads == n_threads_) return;
    const auto now = Clock::now();
    thread_s_ = thread_s(now);
    changed_ = now;
    n_threads_ = n_threads;
  }

  /// A moment from which a mean can be taken.
  struct Mark {
    Clock::time_point time;
    double thread_s;
  };
  Mark mark() const {
    const auto now = Clock::now();
    return {now, thread_s(now)};
  }

  /// Returns the mean number of threads used since `begin`; a whole number if it did not change.
  double mean_since(const Mark& begin) const {
    const Mark end = mark();
    const double time_s = seconds(end.time - begin.time);
    if (changed_ <= begin.time || time_s <= 0) return n_threads_;
    return (end.thread_s - begin.thread_s) / time_s;
  }

 private:
  static double seconds(Clock::duration time) { return std::chrono::duration<double>(time).count(); }
  double thread_s(Clock::time_point now) const { return thread_s_ + n_threads_ * seconds(now - changed_); }

  int n_threads_, most_;
  double thread_s_ = 0;  ///< threads x time until `changed_`
  Clock::time_point changed_ = Clock::now();
};

}  // namespace ksweep
