#pragma once

#include <omp.h>

#include <algorithm>
#include <cstdint>
#include <vector>

#include "base/team.h"
#include "kernels/aligned.h"

namespace ksweep {

/// Memory that each thread of a team has for itself.
class ThreadScratch {
 public:
  /// The team must outlive the object.
  ThreadScratch(const Team& team, std::size_t n_floats, std::size_t n_integers)
      : team_(team), n_floats_(n_floats), n_integers_(n_integers) {}

  /// Threads of the next parallel region, with scratch for each.
  int n_threads() {
    while (static_cast<int>(floats_.size()) < team_.n_threads()) {
      floats_.emplace_back(n_floats_);
      integers_.emplace_back(n_integers_);
    }
    return team_.n_threads();
  }

  /// The same with at least so much memory for each, whose contents are lost if it grows.
  int n_threads(std::size_t n_floats, std::size_t n_integers) {
    if (n_floats > n_floats_ || n_integers > n_integers_) {
      n_floats_ = std::max(n_floats, n_floats_);
      n_integers_ = std::max(n_integers, n_integers_);
      floats_.clear();
      integers_.clear();
    }
    return n_threads();
  }

  /// Of the thread that calls.
  float* floats() { return floats_[static_cast<std::size_t>(omp_get_thread_num())].data(); }
  std::int32_t* integers() { return integers_[static_cast<std::size_t>(omp_get_thread_num())].data(); }

 private:
  const Team& team_;
  std::size_t n_floats_, n_integers_;
  std::vector<AlignedFloats> floats_;
  std::vector<AlignedArray<std::int32_t>> integers_;
};

}  // namespace ksweep
