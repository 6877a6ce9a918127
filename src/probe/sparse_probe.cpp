#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "probe/probe_kinds.h"

namespace ksweep {
namespace {

using Units = std::vector<std::int32_t>;

constexpr double tolerance = 1e-6;

/// Sums of features, in double and in the order of the samples.
class ClassSums {
 public:
  ClassSums(const ProbePart& part, int n_classes)
      : n_features_(static_cast<std::size_t>(part.features.n_features)),
        count_(static_cast<std::size_t>(n_classes)),
        sum_(count_.size() * n_features_),
        total_(n_features_) {
    for (const std::int32_t label : part.labels) ++count_[static_cast<std::size_t>(label)];
    for_each_value(part.features, [&](std::size_t sample, int feature, float value) {
      const auto label = static_cast<std::size_t>(part.labels[sample]), f = static_cast<std::size_t>(feature);
      sum_[label * n_features_ + f] += static_cast<double>(value);
      total_[f] += static_cast<double>(value);
    });
    n_samples_ = static_cast<double>(part.labels.size());
  }

  /// Returns the features in which the mean of the class and the mean of the rest differ most, ascending.
  Units most_different(std::size_t label, std::size_t n_units) const {
    std::vector<double> difference(n_features_);
    for (std::size_t f = 0; f < n_features_; ++f) {
      const double own = sum_[label * n_features_ + f];
      difference[f] = std::abs(own / count_[label] - (total_[f] - own) / (n_samples_ - count_[label]));
    }
    Units units(n_features_);
    std::iota(units.begin(), units.end(), 0);
    std::ranges::stable_sort(units, std::greater{},
                             [&](std::int32_t f) { return difference[static_cast<std::size_t>(f)]; });
    units.resize(std::min(n_units, n_features_));
    std::ranges::sort(units);
    return units;
  }

  /// Whether there are samples of the class and of the rest.
  bool has_both(std::size_t label) const { return count_[label] > 0 && count_[label] < n_samples_; }

 private:
  std::size_t n_features_;
  std::vector<double> count_;        // (class) samples
  std::vector<double> sum_, total_;  // (class x feature), (feature)
  double n_samples_ = 0;
};

/// Returns some of the features, as dense rows.
Features at_units(const Features& features, const Units& units) {
  std::vector<std::int32_t> place(static_cast<std::size_t>(features.n_features), -1);
  for (std::size_t i = 0; i < units.size(); ++i)
    place[static_cast<std::size_t>(units[i])] = static_cast<std::int32_t>(i);
  Features few;
  few.n_features = static_cast<int>(units.size());
  few.n_samples = features.n_samples;
  few.own_rows.resize(few.n_samples * units.size());
  for_each_value(features, [&](std::size_t sample, int feature, float value) {
    const std::int32_t at = place[static_cast<std::size_t>(feature)];
    if (at >= 0) few.own_rows[sample * units.size() + static_cast<std::size_t>(at)] = value;
  });
  few.rows = few.own_rows.data();
  return few;
}

std::vector<std::int32_t> is_of_class(std::span<const std::int32_t> labels, std::int32_t label) {
  std::vector<std::int32_t> is_of(labels.size());
  for (std::size_t i = 0; i < labels.size(); ++i) is_of[i] = labels[i] == label;
  return is_of;
}

/// Returns the strength for SoftmaxRegression that is C = 1 for a logistic regression, sum of losses + |w|^2 / 2.  Of
/// two classes, the weights for scaled features are +-w / (2 scale).
double l2_of_unit_c(const Features& features) {
  const double scale = 1 / root_mean_square_length(features);
  return 2 * scale * scale / static_cast<double>(features.n_samples);
}

/// The share of samples that each class's detector tells right, mean over classes.
class Score {
 public:
  explicit Score(int n_classes) {
    accuracy_.per_class.assign(static_cast<std::size_t>(n_classes), std::numeric_limits<double>::quiet_NaN());
  }
  void set(std::int32_t label, double share) { accuracy_.per_class[static_cast<std::size_t>(label)] = share; }
  Accuracy mean() && {
    double sum = 0;
    int n = 0;
    for (const double share : accuracy_.per_class)
      if (!std::isnan(share)) sum += share, ++n;
    accuracy_.overall = n > 0 ? sum / n : std::numeric_limits<double>::quiet_NaN();
    return std::move(accuracy_);
  }

 private:
  Accuracy accuracy_;
};

}  // namespace

ProbeResult probe_sparse(const Kernels& kernels, const ProbePart& train, const ProbePart& validation,
                         const ProbePart& test, const ProbeSettings& settings, const KeepGoing& keep_going) {
  const ClassSums sums(train, settings.n_classes);
  Score of_train(settings.n_classes), of_validation(settings.n_classes), of_test(settings.n_classes);
  ProbeResult result;
  result.gradient_norm = 0;
  for (std::int32_t label = 0; label < settings.n_classes; ++label) {
    if (!sums.has_both(static_cast<std::size_t>(label))) continue;
    const Units units =
        sums.most_different(static_cast<std::size_t>(label), static_cast<std::size_t>(settings.units));
    const Features few = at_units(train.features, units);
    const std::vector<std::int32_t> truth = is_of_class(train.labels, label);
    SoftmaxRegression regression(kernels, few, truth, 2, settings.team);
    std::vector<double> weights(regression.n_weights());
    const auto fit = regression.fit(weights, l2_of_unit_c(few), tolerance, keep_going);
    result.iterations += fit.iterations;
    result.gradient_norm = std::max(result.gradient_norm, fit.gradient_norm);
    const auto share = [&](const ProbePart& part) {
      return accuracy_of(regression.classify(at_units(part.features, units), weights),
                         is_of_class(part.labels, label), 2)
          .overall;
    };
    of_train.set(label, share(train));
    of_validation.set(label, share(validation));
    of_test.set(label, share(test));
  }
  result.train = std::move(of_train).mean();
  result.validation = std::move(of_validation).mean();
  result.test = std::move(of_test).mean();
  return result;
}

}  // namespace ksweep
