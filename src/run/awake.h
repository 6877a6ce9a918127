#pragma once

#include <algorithm>
#include <chrono>

namespace ksweep {

/// Time in which this process was at work.  Whoever waits for a sign of others must not count the time in which it was
/// suspended itself, and perhaps they with it.
class AwakeClock {
 public:
  /// Each call of `seconds` counts at most `longest_gap_s`: call it more often.
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
