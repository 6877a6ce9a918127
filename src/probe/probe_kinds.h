#pragma once

#include "core/trial.h"
#include "probe/probe.h"

namespace ksweep {

/// Each probe of core/probes.def, as probe() describes it: fitted on `train`, with settings chosen on `validation`.
#define PROBE(enumerator, name, keys, help)                                          \
  ProbeResult probe_##enumerator(const Kernels& kernels, const ProbePart& train,     \
                                 const ProbePart& validation, const ProbePart& test, \
                                 const ProbeSettings& settings, const KeepGoing& keep_going);
#define FINE_TUNING(enumerator, name, keys, help)
#include "core/probes.def"
#undef FINE_TUNING
#undef PROBE

/// A search through the values of a setting ends after this many worse results in a row.
inline constexpr int patience_of_search = 2;

/// NaN, without a validation part, counts as better, so that the first candidate is kept.
inline bool is_better(double reached, double best) { return !(reached <= best); }

}  // namespace ksweep
