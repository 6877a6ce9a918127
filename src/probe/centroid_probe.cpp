#include "probe/points.h"
#include "probe/probe_kinds.h"

namespace ksweep {

ProbeResult probe_centroid(const Kernels& kernels, const ProbePart& train, const ProbePart& validation,
                           const ProbePart& test, const ProbeSettings& settings, const KeepGoing&) {
  const Points points = points_of(train.features, settings.metric);
  const Centres centres = means_of(points, train.labels, settings.n_classes, settings.team);
  const auto accuracy = [&](const ProbePart& part) {
    const Points its_points = points_of(part.features, settings.metric);
    return accuracy_of(nearest_of(kernels, its_points, centres, settings.team).centre, part.labels,
                       settings.n_classes);
  };
  ProbeResult result;
  result.train = accuracy(train);
  result.validation = accuracy(validation);
  result.test = accuracy(test);
  return result;
}

}  // namespace ksweep
