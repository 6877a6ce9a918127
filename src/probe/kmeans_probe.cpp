#include "measure/assignment.h"
#include "probe/kmeans.h"
#include "probe/mutual_information.h"
#include "probe/probe_kinds.h"

namespace ksweep {
namespace {

using Labels = std::span<const std::int32_t>;

constexpr int n_restarts = 10;

/// Returns the class of each cluster: the assignment in which most training samples are in a cluster of their
/// class.
std::vector<std::int32_t> classes_of_clusters(Labels clusters, Labels labels, int n_classes) {
  const auto counts = confusion_matrix(labels, clusters, n_classes);
  const std::vector<double> gain(counts.begin(), counts.end());
  return best_assignment(GainView<double>{gain, n_classes, n_classes});
}

}  // namespace

ProbeResult probe_kmeans(const Kernels& kernels, const ProbePart& train, const ProbePart& validation,
                         const ProbePart& test, const ProbeSettings& settings, const KeepGoing& keep_going) {
  const int n = settings.n_classes;
  const auto points = [&](const ProbePart& part) { return points_of(part.features, settings.metric); };
  const Clustering found =
      cluster(kernels, points(train), n, settings.seed, n_restarts, settings.team, keep_going);
  const auto clusters_of = [&](const ProbePart& part) {
    return nearest_of(kernels, points(part), found.centres, settings.team).centre;
  };
  const auto class_of = classes_of_clusters(clusters_of(train), train.labels, n);
  const auto measure = [&](const ProbePart& part, Accuracy& accuracy) {
    std::vector<std::int32_t> classes = clusters_of(part);
    for (std::int32_t& each : classes) each = class_of[static_cast<std::size_t>(each)];
    accuracy = accuracy_of(classes, part.labels, n);
    return normalised_mutual_information(confusion_matrix(classes, part.labels, n), n);
  };
  ProbeResult result;
  result.iterations = found.n_iterations;
  measure(train, result.train);
  result.validation_nmi = measure(validation, result.validation);
  result.test_nmi = measure(test, result.test);
  return result;
}

}  // namespace ksweep
