#pragma once

#include "kernels/aligned.h"
#include "kernels/kernels.h"

namespace ksweep {

/// Returns the rule without weight decay, for biases.
inline UpdateRule without_decay(UpdateRule rule) {
  rule.decay = 0;
  return rule;
}

/// Returns the parameters from `offset` on with their optimiser state.  Members of empty arrays are null.
inline ParameterRow row_of(AlignedFloats& values, AlignedFloats& first, AlignedFloats& second,
                           std::ptrdiff_t offset) {
  if (values.empty()) return {nullptr, nullptr, nullptr};
  return {values.data() + offset, first.data() + offset, second.empty() ? nullptr : second.data() + offset};
}

}  // namespace ksweep
