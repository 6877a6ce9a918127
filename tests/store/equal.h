#pragma once

#include <gtest/gtest.h>

#include <bit>
#include <cmath>

#include "core/trial_keys.h"
#include "core/trial_result.h"

namespace ksweep {

inline void expect_same_number(double a, double b, const char* name) {
  if (std::isnan(a) && std::isnan(b)) return;
  EXPECT_EQ(std::bit_cast<std::uint64_t>(a), std::bit_cast<std::uint64_t>(b))
      << name << ": " << a << ", " << b;
}

inline void expect_same_filters(const Filters& a, const Filters& b) {
  EXPECT_EQ(a.n_filters, b.n_filters);
  EXPECT_EQ(a.n_pixels, b.n_pixels);
  EXPECT_EQ(a.units, b.units);
  EXPECT_EQ(a.scale, b.scale);
  EXPECT_EQ(a.levels, b.levels);
}

/// Compares everything but filters and weights.
inline void expect_same_record(const TrialResult& a, const TrialResult& b) {
  EXPECT_EQ(specification(a.trial), specification(b.trial));
  EXPECT_EQ(identity(a.trial), identity(b.trial));
  EXPECT_EQ(a.id, b.id);
  EXPECT_EQ(a.status, b.status);
  EXPECT_EQ(a.reason, b.reason);
  EXPECT_EQ(a.host, b.host);
  EXPECT_EQ(a.weights_sha256, b.weights_sha256);
  EXPECT_EQ(a.test_confusion, b.test_confusion);
  for (const auto& quantity : scalar_quantities())
    expect_same_number(a.*quantity.member, b.*quantity.member, quantity.name);
  for (const auto& quantity : vector_quantities()) {
    const auto &one = a.*quantity.member, &other = b.*quantity.member;
    ASSERT_EQ(one.size(), other.size()) << quantity.name;
    for (std::size_t i = 0; i < one.size(); ++i) expect_same_number(one[i], other[i], quantity.name);
  }
}

}  // namespace ksweep
