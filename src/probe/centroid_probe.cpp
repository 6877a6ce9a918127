#include "probe/points.h"
#include "probe/probe_kinds.h"

namespace ksweep {

ProbeResult probe_centroid(const Kernels& kernels, const ProbePart& train, const ProbePart& validation,
                           const ProbePart& test, const ProbeSettings& settings, const KeepGoing&) {
  const Points points = points_of(train.features, settings.metric);
  const Centres centres = means_of(points, train.labels, settings.n_classes, settings.team);
  const auto accuracy = [&](const Points& its_points, std::span<const std::int32_t> labels) {
    return accuracy_of(nearest_of(kernels, its_points, centres, settings.team).centre, labels,
                       settings.n_classes);
  };
  ProbeResult result;
  result.train = accuracy(points, train.labels);
  result.validation = accuracy(points_of(validation.features, settings.metric), validation.labels);
  result.test = accuracy(points_of(test.features, settings.metric), test.labels);
  return result;
}

}  // namespace ksweep
