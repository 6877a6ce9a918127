#pragma once

#include <algorithm>
#include <chrono>

namespace ksweep {

/// Measures the time in which this process was running.  A process that waits for signs of life must not
/// count the time in which it was suspended itself, perhaps together with the others.
class AwakeClock {
 public:
  /// Each call of `seconds` counts at most `longest_gap_s`, so it must be called more often than that.
  explicit AwakeClock(double longest_gap_s = 1) : longest_gap_s_(longest_gap_s) {}

  double seconds() {
    const auto now = std::chrono::steady_clock::now();
    sum_s_ += std::min(longest_gap_s_, std::chrono::duration<double>(now - last_).count());
    last_ = now;
    return sum_s_;
  }

 private:
  double longest_gap_s_;
  std::chrono::steady_clock::time_point last_ = std::chrono::steady_clock::now();
  double sum_s_ = 0;
};

}  // namespace ksweep
