#pragma once

#include <optional>
#include <string>

#include "core/trial_result.h"

namespace ksweep {

/// The first thing in which two records of one trial differ.
struct Difference {
  std::string quantity, first, second;
};

/// Of two finished trials, in all that is reproducible: equal ones have equal bits.
std::optional<Difference> first_difference(const TrialResult& a, const TrialResult& b);

}  // namespace ksweep
