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
  double c = 0;        ///< svm; 0: chosen on the validation part
  int neighbours = 0;  ///< knn; 0: chosen on the validation part
  Metric metric = Metric::euclidean;
  int units = 1;             ///< sparse: units that predict a class
  bool standardise = false;  ///< each feature is divided by its standard deviation on `train`
  bool refit = false;        ///< on training and validation parts together, after the choice
  std::uint64_t seed = 0;    ///< for the order of samples and for the initial centres
};

/// Results of a probe; members that its kind does not have are not_measured.
struct ProbeResult {
  double l2 = not_measured, c = not_measured, neighbours = not_measured;  ///< chosen or given
  int iterations = 0;                                                     ///< sum over all fits
  double gradient_norm = not_measured;  ///< of the fit used for `test`; svm: its violation
  double validation_nmi = not_measured, test_nmi = not_measured;
  Accuracy train, validation, test;
};

/// Fits the kind of probe that `settings` ask for and returns its accuracies:
///   softmax   softmax regression; its L2 strength is the one of l2_strengths() with the best accuracy on
///             `validation` (ties: the stronger)
///   svm       linear support vector machines; C is the one of svm_costs() with the best accuracy on
///             `validation` (ties: the smaller)
///   knn       vote of the nearest training samples; their number is the one of neighbour_counts() with the
///             best accuracy on `validation` (ties: the smaller); training accuracy is not measured
///   centroid  the class with the nearest mean
///   kmeans    one cluster per class, found without labels; then each cluster is assigned a class, each class
///             once, such that the accuracy on the training part is best
///   sparse    each class against the rest: logistic regression (L2 penalty, C = 1 as in scikit-learn) on the `units`
///             features with the largest |mean of the class - mean of the rest| on `train` (ties: the lower).
///             An accuracy is the mean over classes of the share of samples told right, class or rest; that of
///             a class is this share; there is no confusion matrix.  Source: sparse probing of SAEBench, Karvonen
///             et al. 2025, arXiv:2503.09532; all samples are used, so a detector that always says "rest" has 1 -
///             1 / n_classes where classes are equally frequent
/// With standardise, all of this is of features that are divided by their standard deviations on `train`; those that are constant
/// there stay as they are.  Means are not subtracted: the bias of softmax regression takes them up, that of the svm, which is
/// regularised as a weight is, only nearly.
/// With refit (all but kmeans), the probe is fitted again with the chosen setting on training and validation
/// parts together, and evaluated on `test`; the accuracies on the other parts are those before.
ProbeResult probe(const Kernels& kernels, const ProbePart& train, const ProbePart& validation,
                  const ProbePart& test, const ProbeSettings& settings, const KeepGoing& keep_going);

/// Returns the L2 strengths to try, strongest first.
std::span<const double> l2_strengths();

/// Return the values of C and the numbers of neighbours to try, ascending.
std::span<const double> svm_costs();
std::span<const int> neighbour_counts();

}  // namespace ksweep
