#include <algorithm>
#include <array>

#include "probe/probe_kinds.h"

namespace ksweep {
namespace {

// A fit's weights w are at most |gradient| / l2 from the optimum (strong convexity).  During the search this
// share of |w| is accurate enough, which makes strong penalties cheap; the chosen fit is then completed.
constexpr double content = 0.3;

}  // namespace

std::span<const double> l2_strengths() {
  static constexpr std::array strengths{1e-4, 3e-5, 1e-5, 3e-6, 1e-6, 3e-7, 1e-7, 3e-8};
  return strengths;
}

ProbeResult probe_softmax(const Kernels& kernels, const ProbePart& train, const ProbePart& validation,
                          const ProbePart& test, const ProbeSettings& settings, const KeepGoing& keep_going) {
  SoftmaxRegression regression(kernels, train.features, train.labels, settings.n_classes, settings.team);
  const auto accuracy = [&](const ProbePart& part, const std::vector<double>& weights) {
    return accuracy_of(regression.classify(part.features, weights), part.labels, settings.n_classes);
  };
  const double requested[] = {settings.l2};
  const auto strengths = settings.l2 > 0 ? std::span<const double>(requested) : l2_strengths();
  std::vector<double> weights(regression.n_weights()), chosen;
  double best_accuracy = -1;
  ProbeResult best;
  // Each fit starts from the result of the next stronger penalty.
  for (int worse = 0; const double l2 : strengths) {
    const auto fit = regression.fit(weights, l2, std::max(settings.tolerance, content * l2), keep_going);
    best.iterations += fit.iterations;
    const double reached = accuracy(validation, weights).overall;
    if (is_better(reached, best_accuracy)) {
      best_accuracy = reached;
      best.l2 = l2;
      best.gradient_norm = fit.gradient_norm;
      chosen = weights;
      worse = 0;
    } else if (++worse == patience_of_search) {
      break;
    }
  }
  if (best.gradient_norm >= settings.tolerance) {
    const auto fit = regression.fit(chosen, best.l2, settings.tolerance, keep_going);
    best.iterations += fit.iterations;
    best.gradient_norm = fit.gradient_norm;
  }
  best.train = accuracy(train, chosen);
  best.validation = accuracy(validation, chosen);
  best.test = accuracy(test, chosen);
  return best;
}

}  // namespace ksweep
