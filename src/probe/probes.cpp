// Which probe is fitted, and its refit.
#include <utility>

#include "probe/join.h"
#include "probe/probe_kinds.h"
#include "probe/standardise.h"

namespace ksweep {
namespace {

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

ProbeResult probe_standardised(const Kernels& kernels, const ProbePart& train, const ProbePart& validation,
                               const ProbePart& test, ProbeSettings settings, const KeepGoing& keep_going) {
  settings.standardise = false;
  const std::vector<float> factors = standardising_factors(train.features);
  const Features of_train = scaled(train.features, factors),
                 of_validation = scaled(validation.features, factors),
                 of_test = scaled(test.features, factors);
  return probe(kernels, {of_train, train.labels}, {of_validation, validation.labels}, {of_test, test.labels},
               settings, keep_going);
}

}  // namespace

ProbeResult probe(const Kernels& kernels, const ProbePart& train, const ProbePart& validation,
                  const ProbePart& test, const ProbeSettings& settings, const KeepGoing& keep_going) {
  static constexpr Probe* kinds[] = {
#define PROBE(enumerator, name, keys, help) probe_##enumerator,
#define FINE_TUNING(enumerator, name, keys, help)
#include "core/probes.def"
#undef FINE_TUNING
#undef PROBE
  };
  if (settings.standardise) return probe_standardised(kernels, train, validation, test, settings, keep_going);
  Probe& kind = *kinds[static_cast<std::size_t>(settings.kind)];
  if (settings.refit && settings.kind != ProbeKind::kmeans)
    return probe_refitted(kind, kernels, train, validation, test, settings, keep_going);
  return kind(kernels, train, validation, test, settings, keep_going);
}

}  // namespace ksweep
