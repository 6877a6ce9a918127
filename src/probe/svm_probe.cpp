#include <array>

#include "probe/probe_kinds.h"
#include "probe/svm.h"

namespace ksweep {
namespace {

constexpr double svm_tolerance = 0.1;  // LIBLINEAR's for this solver; accuracies do not change below it

}  // namespace

std::span<const double> svm_costs() {
  static constexpr std::array costs{0.1, 0.3, 1.0, 3.0, 10.0, 30.0};
  return costs;
}

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
    if (is_better(reached.overall, best.validation.overall)) {
      best.validation = std::move(reached);
      best.c = c;
      best.gradient_norm = fit.violation;
      chosen = std::move(weights);
      worse = 0;
    } else if (++worse == patience_of_search) {
      break;
    }
  }
  best.train = accuracy(train, chosen);
  best.test = accuracy(test, chosen);
  return best;
}

}  // namespace ksweep
