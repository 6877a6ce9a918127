#pragma once

#include <optional>
#include <string>

#include "core/trial_result.h"

namespace ksweep {

/// The first quantity in which two records of one trial differ.
struct Difference {
  std::string quantity, first, second;
};

/// Compares all reproducible quantities of two finished trials bit by bit.  Returns nothing if they are
/// equal.
std::optional<Difference> first_difference(const TrialResult& a, const TrialResult& b);

}  // namespace ksweep
