#pragma once

#include <exception>

namespace ksweep {

/// Carries the first exception out of an OpenMP region, which a throw must never leave.
class OmpGuard {
 public:
  template <class Work>
  void run(Work&& work) noexcept {
    try {
      work();
    } catch (...) {
#pragma omp critical(ksweep_omp_guard)
      if (!first_) first_ = std::current_exception();
    }
  }
  void rethrow() const {
    if (first_) std::rethrow_exception(first_);
  }

 private:
  std::exception_ptr first_;
};

}  // namespace ksweep
