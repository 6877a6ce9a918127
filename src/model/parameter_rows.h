#pragma once

#include "kernels/aligned.h"
#include "kernels/kernels.h"

namespace ksweep {

/// Biases do not decay.
inline UpdateRule without_decay(UpdateRule rule) {
  rule.decay = 0;
  return rule;
}

/// Parameters from `offset` on with their optimiser's memory.  Null: there are none.
inline ParameterRow row_of(AlignedFloats& values, AlignedFloats& first, AlignedFloats& second,
                           std::ptrdiff_t offset) {
  if (values.empty()) return {nullptr, nullptr, nullptr};
  return {values.data() + offset, first.data() + offset, second.empty() ? nullptr : second.data() + offset};
}

}  // namespace ksweep
