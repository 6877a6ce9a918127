#include "probe/standardise.h"

#include <algorithm>
#include <cmath>

#include "base/rounding.h"

namespace ksweep {
namespace {

/// Of one feature over all samples.
struct Moments {
  double n_values = 0;  // the others are zeros
  double mean = 0, squares = 0;
  double largest = 0;  // magnitude
};

std::vector<Moments> moments_of(const Features& features) {
  const auto n_samples = static_cast<double>(features.n_samples);
  std::vector<Moments> moments(static_cast<std::size_t>(features.n_features));
  for_each_value(features, [&](std::size_t, int feature, float value) {
    Moments& of = moments[static_cast<std::size_t>(feature)];
    ++of.n_values;
    of.mean += static_cast<double>(value);
    of.largest = std::max(of.largest, std::abs(static_cast<double>(value)));
  });
  for (Moments& of : moments) of.mean /= n_samples;
  for_each_value(features, [&](std::size_t, int feature, float value) {
    Moments& of = moments[static_cast<std::size_t>(feature)];
    const double difference = static_cast<double>(value) - of.mean;
    of.squares += difference * difference;
  });
  for (Moments& of : moments) of.squares += (n_samples - of.n_values) * of.mean * of.mean;
  return moments;
}

void scale_block(const Features& features, std::size_t block, std::span<const float> factors,
                 std::vector<float>& values) {
  const SparseBlock of = features.block(block);
  float* const value = values.data() + features.block_begin[block];
  for (int feature = 0; feature < features.n_features; ++feature)
    for (std::int32_t e = of.begin[feature]; e < of.begin[feature + 1]; ++e)
      value[e] *= factors[static_cast<std::size_t>(feature)];
}

Features scaled_rows(const Features& features, std::span<const float> factors) {
  Features scaled;
  scaled.n_features = features.n_features;
  scaled.n_samples = features.n_samples;
  scaled.own_rows.reserve(features.n_samples * factors.size());
  for (std::size_t i = 0; i < features.n_samples; ++i)
    for (std::size_t feature = 0; feature < factors.size(); ++feature)
      scaled.own_rows.push_back(features.dense_row(i)[feature] * factors[feature]);
  scaled.rows = scaled.own_rows.data();
  return scaled;
}

}  // namespace

std::vector<float> standardising_factors(const Features& features) {
  std::vector<float> factors;
  for (const Moments& of : moments_of(features)) {
    const double deviation = std::sqrt(of.squares / static_cast<double>(features.n_samples));
    factors.push_back(may_be_constant(deviation, of.largest) ? 1 : static_cast<float>(1 / deviation));
  }
  return factors;
}

Features scaled(const Features& features, std::span<const float> factors) {
  if (features.dense()) return scaled_rows(features, factors);
  Features scaled = features;
  for (std::size_t block = 0; block + 1 < features.block_begin.size(); ++block)
    scale_block(features, block, factors, scaled.value);
  return scaled;
}

}  // namespace ksweep
