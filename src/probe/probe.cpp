#include "probe/probe.h"

#include <array>

namespace ksweep {
namespace {

// Each fit starts where the stronger one ended.  The search ends once two weaker ones in a row were worse.
constexpr int patience = 2;

}  // namespace

std::span<const double> l2_strengths() {
  static constexpr std::array strengths{1e-4, 3e-5, 1e-5, 3e-6, 1e-6, 3e-7, 1e-7, 3e-8};
  return strengths;
}

ProbeResult probe(const Kernels& kernels, const ProbePart& train, const ProbePart& validation, const ProbePart& test,
                  const ProbeSettings& settings, const KeepGoing& keep_going) {
  SoftmaxRegression regression(kernels, train.features, train.labels, settings.n_classes, settings.n_threads);
  const auto accuracy = [&](const ProbePart& part, const std::vector<double>& weights) {
    return accuracy_of(regression.classify(part.features, weights), part.labels, settings.n_classes);
  };
  ProbeResult best;
  std::vector<double> weights(regression.n_weights()), best_weights;
  int worse = 0, iterations = 0;
  const double requested[] = {settings.l2};
  for (const double l2 : settings.l2 > 0 ? std::span<const double>(requested) : l2_strengths()) {
    const auto fit = regression.fit(weights, l2, settings.tolerance, keep_going);
    iterations += fit.iterations;
    Accuracy reached = accuracy(validation, weights);
    if (best_weights.empty() || reached.overall > best.validation.overall) {
      best = {l2, 0, fit.gradient_norm, {}, std::move(reached), {}};
      best_weights = weights;
      worse = 0;
    } else if (++worse == patience) {
      break;
    }
  }
  best.iterations = iterations;
  best.train = accuracy(train, best_weights);
  best.test = accuracy(test, best_weights);
  return best;
}

}  // namespace ksweep
