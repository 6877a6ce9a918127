#pragma once

#include <mpi.h>

#include <chrono>

namespace ksweep {

/// Waits without occupying a core, unlike MPI's blocking calls, which poll at full speed.  Sleeps get longer
/// the longer nothing happens, so that the delay stays in proportion to the wait.
class BackOff {
 public:
  /// Yields at first, in case an answer arrives at once; then sleeps.  A signal ends a sleep early.
  void pause();
  /// Returns to short pauses after something has happened.
  void reset() { *this = {}; }

  static constexpr int n_yields = 50;
  static constexpr std::chrono::microseconds shortest{20};
  /// Eight ranks that wait in this way wake 160 times a second, which takes 0.6 % to 4 % of a core, by the machine.
  static constexpr std::chrono::microseconds longest{50'000};

 private:
  int n_yielded_ = 0;
  std::chrono::microseconds next_ = shortest;
};

/// Waits for a request, sleeping.
void sleep_until_complete(MPI_Request& request);

/// MPI_Barrier, sleeping.
void sleeping_barrier(MPI_Comm comm);

/// Interval between calls of on_tick.
inline constexpr std::chrono::seconds tick_interval{1};

/// Limits how often something is done.
class Every {
 public:
  using Clock = std::chrono::steady_clock;
  explicit Every(std::chrono::microseconds interval) : interval_(interval), next_(Clock::now() + interval) {}

  /// Returns true if the interval has passed since it last returned true.
  bool due(Clock::time_point now) {
    if (now < next_) return false;
    next_ = now + interval_;
    return true;
  }

 private:
  std::chrono::microseconds interval_;
  Clock::time_point next_;
};

}  // namespace ksweep
