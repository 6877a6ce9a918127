#include <gtest/gtest.h>

#include <vector>

#include "kernels/isa.h"
#include "random_numbers.h"

namespace ksweep {
namespace {

/// Feature f has f entries in samples 0, 3, 6...: none, fewer than are summed abreast, more, odd remainders.
struct Entries {
  std::vector<std::int32_t> begin{0};
  std::vector<std::uint16_t> sample;
  AlignedFloats value = random_numbers(66, 1);

  Entries() {
    for (int feature = 0; feature < 12; ++feature) {
      for (int e = 0; e < feature; ++e) sample.push_back(static_cast<std::uint16_t>(3 * e));
      begin.push_back(static_cast<std::int32_t>(sample.size()));
    }
  }
  SparseBlock block() const { return {12, begin.data(), sample.data(), value.data()}; }
};
constexpr int n_features = 12, n_samples = 31, n_columns = 32;

TEST(SparseProduct, AddsTheNaiveSums) {
  const Entries entries;
  const AlignedFloats right = random_numbers(n_features * n_columns, 2),
                      start = random_numbers(n_samples * n_columns, 3);
  std::vector<double> expected(start.span().begin(), start.span().end());
  for (int f = 0; f < n_features; ++f)
    for (int e = entries.begin[f]; e < entries.begin[f + 1]; ++e)
      for (int c = 0; c < n_columns; ++c)
        expected[entries.sample[e] * n_columns + c] += double(entries.value[e]) * right[f * n_columns + c];
  for (const std::string& isa : available_isas()) {
    AlignedFloats out = random_numbers(n_samples * n_columns, 3);
    kernels_for(isa).sparse_product(entries.block(), right.data(), n_columns, out.data());
    for (std::size_t i = 0; i < expected.size(); ++i) ASSERT_NEAR(out[i], expected[i], 1e-5) << isa;
  }
}

TEST(TransposedSparseProduct, AddsTheNaiveSums) {
  const Entries entries;
  const AlignedFloats right = random_numbers(n_samples * n_columns, 2),
                      start = random_numbers(n_features * n_columns, 3);
  std::vector<double> expected(start.span().begin(), start.span().end());
  for (int f = 0; f < n_features; ++f)
    for (int e = entries.begin[f]; e < entries.begin[f + 1]; ++e)
      for (int c = 0; c < n_columns; ++c)
        expected[f * n_columns + c] += double(entries.value[e]) * right[entries.sample[e] * n_columns + c];
  for (const std::string& isa : available_isas()) {
    AlignedFloats out = random_numbers(n_features * n_columns, 3);
    kernels_for(isa).transposed_sparse_product(entries.block(), right.data(), n_columns, out.data());
    for (std::size_t i = 0; i < expected.size(); ++i) ASSERT_NEAR(out[i], expected[i], 1e-5) << isa;
  }
}

}  // namespace
}  // namespace ksweep
