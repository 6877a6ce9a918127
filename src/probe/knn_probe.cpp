#include <algorithm>
#include <array>

#include "probe/knn.h"
#include "probe/probe_kinds.h"

namespace ksweep {
namespace {

using Labels = std::span<const std::int32_t>;

}  // namespace

std::span<const int> neighbour_counts() {
  static constexpr std::array counts{1, 3, 5, 7, 9, 11, 15};
  return counts;
}

ProbeResult probe_knn(const Kernels& kernels, const ProbePart& train, const ProbePart& validation,
                      const ProbePart& test, const ProbeSettings& settings, const KeepGoing& keep_going) {
  const int n_train = static_cast<int>(train.features.n_samples);
  const int requested[] = {settings.neighbours};
  const auto counts = settings.neighbours > 0 ? std::span<const int>(requested) : neighbour_counts();
  const int most = std::min(counts.back(), n_train);
  const Points points = points_of(train.features, settings.metric);
  const auto labels_near = [&](const ProbePart& part) {
    return neighbour_labels(kernels, points, train.labels, points_of(part.features, settings.metric), most,
                            settings.team, keep_going);
  };
  const auto accuracy = [&](const ProbePart& part, Labels labels, int n) {
    return accuracy_of(majorities(labels, most, n, settings.n_classes), part.labels, settings.n_classes);
  };
  ProbeResult best;
  best.validation.overall = -1;
  const auto near_validation = labels_near(validation);
  for (const int count : counts) {
    Accuracy reached = accuracy(validation, near_validation, std::min(count, n_train));
    if (!is_better(reached.overall, best.validation.overall)) continue;
    best.validation = std::move(reached);
    best.neighbours = std::min(count, n_train);
  }
  best.train.overall = not_measured;  // each sample is its own nearest neighbour
  best.test = accuracy(test, labels_near(test), static_cast<int>(best.neighbours));
  return best;
}

}  // namespace ksweep
