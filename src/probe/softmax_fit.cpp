#include <fmt/core.h>
#include <lbfgs.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <new>
#include <stdexcept>
#include <string>

#include "base/errors.h"
#include "probe/softmax.h"

namespace ksweep {
namespace {

constexpr int most_iterations = 1000;

/// Throws unless lbfgs() returned usable weights.  If rounding ends the line search, or after
/// most_iterations, they are usable and gradient_norm shows how good they are.
void require_usable(int code) {
  switch (code) {
    case LBFGS_SUCCESS:
    case LBFGS_STOP:
    case LBFGS_ALREADY_MINIMIZED:
    case LBFGSERR_MAXIMUMITERATION:
    case LBFGSERR_MAXIMUMLINESEARCH:
    case LBFGSERR_MINIMUMSTEP:
    case LBFGSERR_MAXIMUMSTEP:
    case LBFGSERR_WIDTHTOOSMALL:
    case LBFGSERR_OUTOFINTERVAL:
    case LBFGSERR_INCORRECT_TMINMAX:
    case LBFGSERR_INCREASEGRADIENT:
    case LBFGSERR_ROUNDING_ERROR:
      return;
    case LBFGSERR_CANCELED:
      throw Interrupted();
    case LBFGSERR_OUTOFMEMORY:
      throw std::bad_alloc();
    default:
      throw std::logic_error(fmt::format("libLBFGS ended with code {}", code));
  }
}

double length(std::span<const double> numbers) {
  double squares = 0;
  for (const double number : numbers) squares += number * number;
  return std::sqrt(squares);
}

}  // namespace

/// The loss for libLBFGS as a function of x, where weights = start + M^T x (see Whitening).
class SoftmaxRegression::Problem {
 public:
  Problem(SoftmaxRegression& regression, const std::vector<double>& start, double l2, double tolerance,
          const KeepGoing& keep_going)
      : regression_(regression),
        l2_(l2),
        tolerance_(tolerance),
        keep_going_(keep_going),
        start_(start),
        weights_(start),
        gradient_(start.size()),
        from_(regression.weights_.size()),
        to_(regression.weights_.size()) {}

  double evaluate(const double* x, double* slope) {
    pad(x);
    regression_.whitening_.to_weights(from_.data(), regression_.n_columns_, to_.data());
    for (std::size_t i = 0; i < start_.size(); ++i)
      weights_[i] = start_[i] + static_cast<double>(to_[place(i)]);
    const double loss = regression_.loss(weights_.data(), l2_, gradient_.data());
    pad(gradient_.data());
    regression_.whitening_.to_steps(from_.data(), regression_.n_columns_, to_.data());
    for (std::size_t i = 0; i < start_.size(); ++i) slope[i] = static_cast<double>(to_[place(i)]);
    return loss;
  }

  /// lbfgs() ends if this returns non-zero.  Exceptions must not pass through the C library.
  int progress(int iteration) {
    fit_ = {iteration, length(gradient_) / std::max(1.0, length(weights_))};
    if (!keep_going_()) return LBFGSERR_CANCELED;
    return fit_.gradient_norm < tolerance_ ? LBFGS_STOP : 0;
  }

  const Fit& fit() const { return fit_; }
  const std::vector<double>& weights() const { return weights_; }

 private:
  /// Converts an index into (n_features + 1 x n_classes) to one into rows of n_columns.
  std::size_t place(std::size_t i) const {
    const auto n = static_cast<std::size_t>(regression_.n_classes_);
    return i / n * static_cast<std::size_t>(regression_.n_columns_) + i % n;
  }
  void pad(const double* numbers) {
    for (std::size_t i = 0; i < start_.size(); ++i) from_[place(i)] = static_cast<float>(numbers[i]);
  }

  SoftmaxRegression& regression_;
  double l2_, tolerance_;
  const KeepGoing& keep_going_;
  const std::vector<double>& start_;
  std::vector<double> weights_, gradient_;
  AlignedFloats from_, to_;  // (n_features + 1 x n_columns)
  Fit fit_;
};

SoftmaxRegression::Fit SoftmaxRegression::fit(std::vector<double>& weights, double l2, double tolerance,
                                              const KeepGoing& keep_going) {
  Problem problem(*this, weights, l2, tolerance, keep_going);
  const auto evaluate = [](void* instance, const double* x, double* slope, int, double) {
    return static_cast<Problem*>(instance)->evaluate(x, slope);
  };
  const auto progress = [](void* instance, const double*, const double*, double, double, double, double, int,
                           int iteration,
                           int) { return static_cast<Problem*>(instance)->progress(iteration); };
  lbfgs_parameter_t parameters;
  lbfgs_parameter_init(&parameters);
  parameters.m = 10;       // after whitening, more would not save steps
  parameters.epsilon = 0;  // progress() ends it, as the tolerance is for the gradient by weights
  parameters.max_iterations = most_iterations;

  const int n = static_cast<int>(n_weights());
  const std::unique_ptr<double, void (*)(double*)> x(lbfgs_malloc(n), lbfgs_free);
  if (!x) throw std::bad_alloc();
  std::fill_n(x.get(), n, 0.0);
  require_usable(lbfgs(n, x.get(), nullptr, evaluate, progress, &problem, &parameters));
  problem.evaluate(x.get(), x.get());
  weights = problem.weights();
  return problem.fit();
}

}  // namespace ksweep
