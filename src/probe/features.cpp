#include "probe/features.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/errors.h"

namespace ksweep {
namespace {

void append_dense(const Batch& batch, int n_samples, Features& features) {
  const auto first = features.own_rows.size(), n_features = static_cast<std::size_t>(features.n_features);
  features.own_rows.resize(first + static_cast<std::size_t>(n_samples) * n_features);
  for (std::size_t unit = 0; unit < n_features; ++unit)
    for (std::size_t i = 0; i < static_cast<std::size_t>(n_samples); ++i)
      features.own_rows[first + i * n_features + unit] = batch.dense_values(static_cast<int>(unit))[i];
}

void append_sparse(const Batch& batch, int n_samples, SparseFeatures& features) {
  for (int i = 0; i < n_samples; ++i) {
    const auto n = static_cast<std::size_t>(batch.largest().n_kept(i));
    features.add({batch.largest().units(i), n}, {batch.largest().values(i), n});
  }
}

std::size_t count_nonzeros(const Features& dense) {
  std::size_t count = 0;
  for (std::size_t i = 0; i < dense.n_samples; ++i) {
    const float* row = dense.dense_row(i);
    for (int feature = 0; feature < dense.n_features; ++feature) count += row[feature] != 0 ? 1 : 0;
  }
  return count;
}

Features sparse(const Features& dense, std::size_t n_nonzeros) {
  const auto n = static_cast<std::size_t>(dense.n_features);
  SparseFeatures features(dense.n_features, n_nonzeros);
  std::vector<std::int32_t> all(n);
  std::iota(all.begin(), all.end(), 0);
  for (std::size_t i = 0; i < dense.n_samples; ++i) features.add(all, {dense.dense_row(i), n});
  return std::move(features).finish();
}

double squared_length(std::span<const float> numbers) {
  double sum = 0;
  for (const float number : numbers) sum += static_cast<double>(number) * number;
  return sum;
}

}  // namespace

SparseFeatures::SparseFeatures(int n_features, std::size_t n_expected_entries) {
  features_.n_features = n_features;
  features_.block_begin.push_back(0);
  features_.sample.reserve(n_expected_entries);
  features_.value.reserve(n_expected_entries);
}

void SparseFeatures::add(std::span<const std::int32_t> index, std::span<const float> value) {
  for (std::size_t e = 0; e < index.size(); ++e)
    if (value[e] != 0) entries_.push_back({index[e], value[e]});
  sample_end_.push_back(static_cast<std::int32_t>(entries_.size()));
  ++features_.n_samples;
  if (sample_end_.size() == Features::block_size) close_block();
}

/// Sorts the block's entries by feature with a counting sort.
void SparseFeatures::close_block() {
  const std::size_t n_features = static_cast<std::size_t>(features_.n_features),
                    first = features_.value.size();
  features_.feature_begin.resize(features_.feature_begin.size() + n_features + 1);
  const auto begin = features_.feature_begin.end() - features_.n_features - 1;
  for (const Entry& entry : entries_) ++begin[entry.feature + 1];
  std::partial_sum(begin, features_.feature_begin.end(), begin);

  features_.sample.resize(first + entries_.size());
  features_.value.resize(first + entries_.size());
  std::vector<std::int32_t> next(begin, features_.feature_begin.end());
  std::int32_t e = 0;
  for (std::size_t sample = 0; sample < sample_end_.size(); ++sample)
    for (; e < sample_end_[sample]; ++e) {
      const Entry& entry = entries_[static_cast<std::size_t>(e)];
      const std::size_t place =
          first + static_cast<std::size_t>(next[static_cast<std::size_t>(entry.feature)]++);
      features_.sample[place] = static_cast<std::uint16_t>(sample);
      features_.value[place] = entry.value;
    }
  features_.block_begin.push_back(features_.value.size());
  entries_.clear();
  sample_end_.clear();
}

Features SparseFeatures::finish() && {
  if (!sample_end_.empty()) close_block();
  return std::move(features_);
}

Features raw_features(const float* rows, int n_inputs, std::span<const std::uint32_t> chosen) {
  Features features;
  features.n_features = n_inputs;
  features.n_samples = chosen.size();
  features.rows = rows;
  features.chosen = chosen;
  const std::size_t n_nonzeros = count_nonzeros(features);
  return n_nonzeros * 3 < features.n_samples * static_cast<std::size_t>(n_inputs)
             ? sparse(features, n_nonzeros)
             : features;
}

Features encode_features(Batch& batch, const Network& network, const float* rows,
                         std::span<const std::uint32_t> chosen, int k, int batch_size,
                         const KeepGoing& keep_going, std::vector<std::uint32_t>* active) {
  const bool dense = k == network.n_hidden;
  Features all;
  all.n_features = network.n_hidden;
  all.n_samples = chosen.size();
  if (dense) all.own_rows.reserve(chosen.size() * static_cast<std::size_t>(network.n_hidden));
  SparseFeatures kept(network.n_hidden, dense ? 0 : chosen.size() * static_cast<std::size_t>(k));
  for (std::size_t first = 0; first < chosen.size(); first += static_cast<std::size_t>(batch_size)) {
    if (!keep_going()) throw Interrupted();
    const auto part =
        chosen.subspan(first, std::min(chosen.size() - first, static_cast<std::size_t>(batch_size)));
    const int n_samples = static_cast<int>(part.size());
    batch.load(rows, network.n_inputs, part);
    batch.encode(network, n_samples, k);
    dense ? append_dense(batch, n_samples, all) : append_sparse(batch, n_samples, kept);
    if (active) batch.count_active(*active);
  }
  if (!dense) return std::move(kept).finish();
  all.rows = all.own_rows.data();
  return all;
}

double root_mean_square_length(const Features& features) {
  double sum = 0;
  if (!features.dense()) {
    sum = squared_length(features.value);
  } else {
    const auto n = static_cast<std::size_t>(features.n_features);
    for (std::size_t i = 0; i < features.n_samples; ++i) sum += squared_length({features.dense_row(i), n});
  }
  const double mean = sum / static_cast<double>(std::max<std::size_t>(features.n_samples, 1));
  return mean > 0 ? std::sqrt(mean) : 1;
}

}  // namespace ksweep
