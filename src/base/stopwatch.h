#pragma once

#include <chrono>

namespace ksweep {

/// Adds its own lifetime, in seconds, to a sum.
class Stopwatch {
 public:
  using Clock = std::chrono::steady_clock;
  explicit Stopwatch(double& sum_s) : sum_s_(sum_s) {}
  ~Stopwatch() { sum_s_ += seconds_since(begin_); }
  Stopwatch(const Stopwatch&) = delete;
  Stopwatch& operator=(const Stopwatch&) = delete;

  static double seconds_since(Clock::time_point begin) {
    return std::chrono::duration<double>(Clock::now() - begin).count();
  }

 private:
  double& sum_s_;
  Clock::time_point begin_ = Clock::now();
};

}  // namespace ksweep
