#pragma once

#include <exception>

namespace ksweep {

/// Captures the first exception inside an OpenMP region, which must not throw, and rethrows it outside.
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
