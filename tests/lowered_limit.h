#pragma once

#include <gtest/gtest.h>
#include <sys/resource.h>

namespace ksweep {

/// Lowers what this process may use of a resource, until the end of its scope.
class LoweredLimit {
 public:
  LoweredLimit(__rlimit_resource resource, rlim_t limit) : resource_(resource) {
    ::getrlimit(resource, &before_);
    const rlimit lower{limit, before_.rlim_max};
    EXPECT_EQ(::setrlimit(resource, &lower), 0);
  }
  ~LoweredLimit() { ::setrlimit(resource_, &before_); }
  LoweredLimit(const LoweredLimit&) = delete;
  LoweredLimit& operator=(const LoweredLimit&) = delete;

 private:
  __rlimit_resource resource_;
  rlimit before_{};
};

}  // namespace ksweep
