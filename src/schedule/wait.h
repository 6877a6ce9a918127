#pragma once

#include <mpi.h>

#include <chrono>

namespace ksweep {

/// Waiting without burning a core: MPI's own blocking calls poll at full speed.  Sleeps get longer the longer
/// nothing happens, so that the delay stays in proportion to the wait.
class BackOff {
 public:
  /// Yields at first, for an answer that is on its way; then sleeps.  A signal ends a sleep early.
  void pause();
  /// Something has happened: short pauses again.
  void reset() { *this = {}; }

  static constexpr int n_yields = 50;
  static constexpr std::chrono::microseconds shortest{20};
  /// Eight ranks that wait this way use 0.6 % of a core.
  static constexpr std::chrono::microseconds longest{50'000};

 private:
  int n_yielded_ = 0;
  std::chrono::microseconds next_ = shortest;
};

/// Completes a request, sleeping.
void sleep_until_complete(MPI_Request& request);

/// MPI_Barrier, sleeping.
void sleeping_barrier(MPI_Comm comm);

/// How often on_tick is called.
inline constexpr std::chrono::seconds tick_interval{1};

/// Says when something is due that must not be done too often.
class Every {
 public:
  using Clock = std::chrono::steady_clock;
  explicit Every(std::chrono::microseconds interval) : interval_(interval), next_(Clock::now() + interval) {}

  /// True if the interval has passed since this last was true.
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
