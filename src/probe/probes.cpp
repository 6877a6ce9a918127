// One function for each kind of probe, and the table of them.
#include <algorithm>
#include <array>

#include "core/trial.h"
#include "probe/assignment.h"
#include "probe/join.h"
#include "probe/kmeans.h"
#include "probe/knn.h"
#include "probe/probe.h"
#include "probe/svm.h"

namespace ksweep {
namespace {

constexpr int patience = 2;            // the search for C ends after this many worse results in a row
constexpr double svm_tolerance = 0.1;  // LIBLINEAR's for this solver; accuracies do not change below it
constexpr int n_restarts = 10;         // of k-means

using Labels = std::span<const std::int32_t>;

/// NaN, without a validation part, counts as better, so that the first candidate is kept.
bool is_better(const Accuracy& reached, const Accuracy& best) { return !(reached.overall <= best.overall); }

ProbeResult probe_svm(const Kernels& kernels, const ProbePart& train, const ProbePart& validation,
                      const ProbePart& test, const ProbeSettings& settings, const KeepGoing& keep_going) {
  LinearSvm svm(train.features, train.labels, settings.n_classes, settings.seed, settings.team);
  const auto accuracy = [&](const ProbePart& part, const Columns& weights) {
    const auto classes = classify(kernels, part.features, weights, settings.n_classes, settings.team);
    return accuracy_of(classes, part.labels, settings.n_classes);
  };
  const double requested[] = {settings.c};
  Columns chosen;
  ProbeResult best;
  best.validation.overall = -1;
  for (int worse = 0; const double c : settings.c > 0 ? std::span<const double>(requested) : svm_costs()) {
    const LinearSvm::Fit fit = svm.fit(c, svm_tolerance, keep_going);
    best.iterations += fit.passes;
    Columns weights = svm.weights();
    Accuracy reached = accuracy(validation, weights);
    if (is_better(reached, best.validation)) {
      best.validation = std::move(reached);
      best.c = c;
      best.gradient_norm = fit.violation;
      chosen = std::move(weights);
      worse = 0;
    } else if (++worse == patience) {
      break;
    }
  }
  best.train = accuracy(train, chosen);
  best.test = accuracy(test, chosen);
  return best;
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
    if (!is_better(reached, best.validation)) continue;
    best.validation = std::move(reached);
    best.neighbours = std::min(count, n_train);
  }
  best.train.overall = not_measured;  // each sample is its own nearest neighbour
  best.test = accuracy(test, labels_near(test), static_cast<int>(best.neighbours));
  return best;
}

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

/// Returns the class of each cluster: the assignment in which most training samples are in a cluster of their
/// class.
std::vector<std::int32_t> classes_of_clusters(Labels clusters, Labels labels, int n_classes) {
  const auto counts = accuracy_of(labels, clusters, n_classes).confusion;
  const std::vector<double> gain(counts.begin(), counts.end());
  return best_assignment(gain, n_classes);
}

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
    return normalised_mutual_information(accuracy.confusion, n);
  };
  ProbeResult result;
  result.iterations = found.n_iterations;
  measure(train, result.train);
  result.validation_nmi = measure(validation, result.validation);
  result.test_nmi = measure(test, result.test);
  return result;
}

using Probe = decltype(probe);

/// Returns the settings with what a previous probe has chosen.
ProbeSettings with_choice(ProbeSettings settings, const ProbeResult& chosen) {
  settings.l2 = chosen.l2;
  settings.c = chosen.c;
  if (settings.kind == ProbeKind::knn) settings.neighbours = static_cast<int>(chosen.neighbours);
  return settings;
}

/// Chooses without the test part, fits again on both other parts, and only then evaluates on the test part.
ProbeResult probe_refitted(Probe& kind, const Kernels& kernels, const ProbePart& train,
                           const ProbePart& validation, const ProbePart& test, const ProbeSettings& settings,
                           const KeepGoing& keep_going) {
  const Features no_features = SparseFeatures(train.features.n_features).finish();
  const ProbePart nothing{no_features, {}};
  ProbeResult result = kind(kernels, train, validation, nothing, settings, keep_going);
  const Features features = joined(train.features, validation.features);
  std::vector<std::int32_t> labels(train.labels.begin(), train.labels.end());
  labels.insert(labels.end(), validation.labels.begin(), validation.labels.end());
  ProbeResult again =
      kind(kernels, {features, labels}, nothing, test, with_choice(settings, result), keep_going);
  result.test = std::move(again.test);
  result.iterations += again.iterations;
  result.gradient_norm = again.gradient_norm;
  return result;
}

}  // namespace

std::span<const double> svm_costs() {
  static constexpr std::array costs{0.1, 0.3, 1.0, 3.0, 10.0, 30.0};
  return costs;
}

std::span<const int> neighbour_counts() {
  static constexpr std::array counts{1, 3, 5, 7, 9, 11, 15};
  return counts;
}

ProbeResult probe(const Kernels& kernels, const ProbePart& train, const ProbePart& validation,
                  const ProbePart& test, const ProbeSettings& settings, const KeepGoing& keep_going) {
  static constexpr std::array kinds{probe_softmax, probe_svm, probe_knn, probe_centroid, probe_kmeans};
  Probe& kind = *kinds.at(static_cast<std::size_t>(settings.kind));
  const bool refit = settings.refit && settings.kind != ProbeKind::kmeans;
  if (refit) return probe_refitted(kind, kernels, train, validation, test, settings, keep_going);
  return kind(kernels, train, validation, test, settings, keep_going);
}

}  // namespace ksweep
