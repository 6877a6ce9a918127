#include "train/shifting.h"

#include <limits>

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
  if (t_.trial.targets != Targets::clusters || epoch + 1 == t_.trial.epochs) return;
  const Features codes = encode_features(t_.batch, t_.network, t_.data.train_samples, t_.split.train,
                                         encoding_k(t_.trial), t_.batch_size, keep_going);
  const Points points = points_of(codes, Metric::euclidean);
  const Clustering found = cluster(t_.kernels, points, t_.trial.clusters,
                                   static_cast<std::uint64_t>(t_.trial.seed), 1, t_.team, keep_going);
  group(nearest_of(t_.kernels, points, found.centres, t_.team).centre, t_.trial.clusters);
}

/// Means of the groups in input space, and for each training sample the nearest one that is not its own.
void Shifting::group(std::span<const std::int32_t> group_of_sample, int n_groups) {
  const int n_inputs = targets_.n_inputs;
  const auto place = [&](std::int32_t g) {
    return static_cast<std::size_t>(g) * static_cast<std::size_t>(n_inputs);
  };
  std::vector<double> sums(place(n_groups));
  std::vector<std::size_t> counts(static_cast<std::size_t>(n_groups));
  for (std::size_t i = 0; i < group_of_sample.size(); ++i) {
    const float* row = t_.data.train_samples + std::ptrdiff_t{t_.split.train[i]} * n_inputs;
    for (int c = 0; c < n_inputs; ++c)
      sums[place(group_of_sample[i]) + static_cast<std::size_t>(c)] += static_cast<double>(row[c]);
    ++counts[static_cast<std::size_t>(group_of_sample[i])];
  }
  targets_.means.assign(sums.size(), 0);
  for (std::int32_t g = 0; g < n_groups; ++g)
    for (std::size_t c = 0; c < static_cast<std::size_t>(n_inputs) && counts[static_cast<std::size_t>(g)] > 0;
         ++c)
      targets_.means[place(g) + c] =
          static_cast<float>(sums[place(g) + c] / static_cast<double>(counts[static_cast<std::size_t>(g)]));
  targets_.own.assign(t_.data.n_train, 0);
  targets_.other.assign(t_.data.n_train, 0);
#pragma omp parallel for num_threads(t_.team.n_threads()) schedule(static)
  for (std::size_t i = 0; i < group_of_sample.size(); ++i) {
    const std::uint32_t row = t_.split.train[i];
    const float* sample = t_.data.train_samples + std::ptrdiff_t{row} * n_inputs;
    targets_.own[row] = targets_.other[row] = group_of_sample[i];
    double nearest = std::numeric_limits<double>::infinity();
    for (std::int32_t g = 0; g < n_groups; ++g) {
      if (g == group_of_sample[i] || counts[static_cast<std::size_t>(g)] == 0) continue;
      const double distance = squared_distance(sample, targets_.means.data() + place(g), n_inputs);
      if (distance >= nearest) continue;
      nearest = distance;
      targets_.other[row] = g;
    }
  }
}

}  // namespace ksweep
