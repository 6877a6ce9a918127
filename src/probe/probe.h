#pragma once

#include "core/trial.h"
#include "core/trial_result.h"
#include "probe/accuracy.h"
#include "probe/softmax.h"

namespace ksweep {

/// Features and labels of one part of the data.
struct ProbePart {
  const Features& features;
  std::span<const std::int32_t> labels;
};

struct ProbeSettings {
  const Team& team;
  double l2 = 0;  ///< 0: chosen on the validation part
  double tolerance = 1e-6;
  int n_classes = 0;
  ProbeKind kind = ProbeKind::softmax;
  double c = 0;        ///< of the svm; 0: chosen on the validation part
  int neighbours = 0;  ///< of the nearest neighbours; 0: chosen on the validation part
  Metric metric = Metric::euclidean;
  bool refit = false;      ///< on training and validation parts together, once all is chosen
  std::uint64_t seed = 0;  ///< of the order of samples, and of first centres
};

/// What a kind does not have is not_measured.
struct ProbeResult {
  double l2 = not_measured, c = not_measured, neighbours = not_measured;  ///< that were chosen or asked for
  int iterations = 0;                                                     ///< of all that was tried together
  double gradient_norm = not_measured;  ///< of the fit that `test` was judged by; svm: its violation
  double validation_nmi = not_measured, test_nmi = not_measured;
  Accuracy train, validation, test;
};

/// What features are worth to the kind of probe that `settings` ask for:
///   softmax   softmax regression; its L2 strength: see probe_softmax()
///   svm       linear support vector machines; their C is the one of svm_costs() with the best accuracy on `validation`
///             (ties: the smaller)
///   knn       vote of the nearest training samples; their number is the one of neighbour_counts() with the best accuracy
///             on `validation` (ties: the smaller); the accuracy on the training part is not measured
///   centroid  the class whose mean is nearest
///   kmeans    one cluster for each class, found without labels; clusters are then named by the training part's labels,
///             each class once, so that the accuracy there is best
/// To refit (all but kmeans): with what was chosen so, the probe is fitted once more on training and validation parts
/// together, and this one is judged on `test`; the accuracies on the other parts stay those of the one that was chosen.
ProbeResult probe(const Kernels& kernels, const ProbePart& train, const ProbePart& validation,
                  const ProbePart& test, const ProbeSettings& settings, const KeepGoing& keep_going);

/// Softmax regression fitted on `train`.  Its L2 strength is the one of l2_strengths() with the best accuracy on
/// `validation` (ties: the stronger), and only then is `test` looked at.
ProbeResult probe_softmax(const Kernels& kernels, const ProbePart& train, const ProbePart& validation,
                          const ProbePart& test, const ProbeSettings& settings, const KeepGoing& keep_going);

/// Strengths that are tried, strongest first.
std::span<const double> l2_strengths();

/// C's and numbers of neighbours that are tried, ascending.
std::span<const double> svm_costs();
std::span<const int> neighbour_counts();

}  // namespace ksweep
