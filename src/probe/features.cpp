#include "probe/features.h"

#include <algorithm>
#include <cmath>

#include "core/errors.h"

namespace ksweep {
namespace {

void append_sparse(const Batch& batch, int n_samples, Features& features) {
  for (int i = 0; i < n_samples; ++i) {
    features.index.insert(features.index.end(), batch.units(i), batch.units(i) + batch.n_kept(i));
    features.value.insert(features.value.end(), batch.values(i), batch.values(i) + batch.n_kept(i));
    features.begin.push_back(features.index.size());
  }
}

void append_dense(const Batch& batch, int n_samples, Features& features) {
  const auto first = features.own_rows.size(), n_features = static_cast<std::size_t>(features.n_features);
  features.own_rows.resize(first + static_cast<std::size_t>(n_samples) * n_features);
  for (std::size_t unit = 0; unit < n_features; ++unit)
    for (std::size_t i = 0; i < static_cast<std::size_t>(n_samples); ++i)
      features.own_rows[first + i * n_features + unit] = batch.dense_values(static_cast<int>(unit))[i];
}

double squared_length(std::span<const float> numbers) {
  double sum = 0;
  for (const float number : numbers) sum += static_cast<double>(number) * number;
  return sum;
}

}  // namespace

Features raw_features(const float* rows, int n_inputs, std::span<const std::uint32_t> chosen) {
  Features features;
  features.n_features = n_inputs;
  features.n_samples = chosen.size();
  features.rows = rows;
  features.chosen = chosen;
  return features;
}

Features encode_features(Batch& batch, const Network& network, const float* rows,
                         std::span<const std::uint32_t> chosen, int k, int batch_size,
                         const KeepGoing& keep_going, std::vector<std::uint32_t>* active) {
  Features features;
  features.n_features = network.n_hidden;
  features.n_samples = chosen.size();
  features.begin.push_back(0);
  const bool dense = k == network.n_hidden;
  if (!dense) {
    features.index.reserve(chosen.size() * static_cast<std::size_t>(k));
    features.value.reserve(chosen.size() * static_cast<std::size_t>(k));
  }
  for (std::size_t first = 0; first < chosen.size(); first += static_cast<std::size_t>(batch_size)) {
    if (!keep_going()) throw Interrupted();
    const auto part =
        chosen.subspan(first, std::min(chosen.size() - first, static_cast<std::size_t>(batch_size)));
    const int n_samples = static_cast<int>(part.size());
    batch.load(rows, network.n_inputs, part);
    batch.encode(network, n_samples, k);
    dense ? append_dense(batch, n_samples, features) : append_sparse(batch, n_samples, features);
    if (active) batch.count_active(*active);
  }
  if (dense) features.rows = features.own_rows.data();
  return features;
}

double root_mean_square_length(const Features& features) {
  double sum = 0;
  if (!features.dense()) {
    sum = squared_length(features.value);
  } else {
    const auto n = static_cast<std::size_t>(features.n_features);
    for (std::size_t i = 0; i < features.n_samples; ++i)
      sum += squared_length({features.rows + (features.chosen.empty() ? i : features.chosen[i]) * n, n});
  }
  const double mean = sum / static_cast<double>(std::max<std::size_t>(features.n_samples, 1));
  return mean > 0 ? std::sqrt(mean) : 1;
}

}  // namespace ksweep
