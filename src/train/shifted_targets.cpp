#include "train/shifted_targets.h"

#include <algorithm>
#include <limits>

#include "base/omp_guard.h"
#include "core/trial_keys.h"
#include "probe/kmeans.h"

namespace ksweep {
namespace {

double squared_distance(const float* left, const float* right, int count) {
  double sum = 0;
  for (int c = 0; c < count; ++c) {
    const double difference = static_cast<double>(left[c]) - static_cast<double>(right[c]);
    sum += difference * difference;
  }
  return sum;
}

}  // namespace

Shifting::Shifting(Training& training) : t_(training) {
  targets_.attraction = static_cast<float>(t_.trial.attraction);
  targets_.repulsion = static_cast<float>(t_.trial.repulsion);
  targets_.n_inputs = t_.data.n_inputs();
  if (t_.trial.targets != Targets::classes) return;
  std::vector<std::int32_t> labels;
  for (const std::uint32_t row : t_.split.train) labels.push_back(t_.data.train_labels[row]);
  group(labels, t_.data.n_classes);
}

void Shifting::after_epoch(int epoch, const KeepGoing& keep_going) {
  if (t_.trial.targets != Targets::clusters || epoch + 1 == t_.length.n_epochs()) return;
  const Features codes = encode_features(t_.batch, t_.network, t_.data.train_rows(), t_.split.train,
                                         encoding_k(t_.trial), t_.batch_size, keep_going);
  const Points points = points_of(codes, Metric::euclidean);
  const Clustering found = cluster(t_.kernels, points, t_.trial.clusters,
                                   static_cast<std::uint64_t>(t_.trial.seed), 1, t_.team, keep_going);
  group(nearest_of(t_.kernels, points, found.centres, t_.team).centre, t_.trial.clusters);
}

void Shifting::transfer(Archive& archive) {
  if (t_.trial.targets != Targets::clusters) return;
  std::vector<std::int32_t> groups;  // groups of the training samples; empty: not yet known
  if (targets())
    for (const std::uint32_t row : t_.split.train) groups.push_back(targets_.own[row]);
  archive.list(groups);
  if (!archive.reads() || groups.empty()) return;
  archive.require(groups.size() == t_.split.train.size());
  for (const std::int32_t g : groups) archive.require(g >= 0 && g < t_.trial.clusters);
  group(groups, t_.trial.clusters);
}

/// Sets the training samples' groups and computes their means in input space.
void Shifting::group(std::span<const std::int32_t> group_of_sample, int n_groups) {
  const auto n_inputs = static_cast<std::size_t>(targets_.n_inputs);
  std::vector<double> sums(static_cast<std::size_t>(n_groups) * n_inputs);
  std::vector<double> counts(static_cast<std::size_t>(n_groups));
  std::vector<float> buffer(n_inputs);
  for (std::size_t i = 0; i < group_of_sample.size(); ++i) {
    const auto g = static_cast<std::size_t>(group_of_sample[i]);
    const float* const sample = t_.data.train_rows().row(t_.split.train[i], targets_.n_inputs, buffer.data());
    for (std::size_t c = 0; c < n_inputs; ++c) sums[g * n_inputs + c] += static_cast<double>(sample[c]);
    ++counts[g];
  }
  targets_.means.resize(sums.size());
  for (std::size_t m = 0; m < sums.size(); ++m)
    targets_.means[m] = static_cast<float>(sums[m] / std::max(1.0, counts[m / n_inputs]));
  targets_.own.assign(t_.data.n_train, 0);
  targets_.other.assign(t_.data.n_train, 0);
  OmpGuard guard;
#pragma omp parallel for num_threads(t_.team.n_threads()) schedule(static) firstprivate(buffer)
  for (std::size_t i = 0; i < group_of_sample.size(); ++i)
    guard.run([&] {
      const std::uint32_t row = t_.split.train[i];
      targets_.own[row] = group_of_sample[i];
      targets_.other[row] = nearest_other(t_.data.train_rows().row(row, targets_.n_inputs, buffer.data()),
                                          group_of_sample[i], counts);
    });
  guard.rethrow();
}

/// Returns the non-empty group other than the sample's own with the nearest mean; its own if there is none.
std::int32_t Shifting::nearest_other(const float* sample, std::int32_t own,
                                     std::span<const double> counts) const {
  std::int32_t other = own;
  double nearest = std::numeric_limits<double>::infinity();
  for (std::int32_t g = 0; g < static_cast<std::int32_t>(counts.size()); ++g) {
    if (g == own || counts[static_cast<std::size_t>(g)] == 0) continue;
    const float* const mean = targets_.means.data() + std::ptrdiff_t{g} * targets_.n_inputs;
    const double distance = squared_distance(sample, mean, targets_.n_inputs);
    if (distance >= nearest) continue;
    nearest = distance;
    other = g;
  }
  return other;
}

}  // namespace ksweep
