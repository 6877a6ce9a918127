#pragma once

namespace ksweep {

/// The optimisers of core/optimizers.def.
enum class Optimizer {
#define OPTIMIZER(enumerator, name, moments, help) enumerator,
#include "core/optimizers.def"
#undef OPTIMIZER
};

/// Numbers that an optimiser keeps of each parameter: its moments.
constexpr int n_moments(Optimizer optimizer) {
  switch (optimizer) {
#define OPTIMIZER(enumerator, name, moments, help) \
  case Optimizer::enumerator:                      \
    return moments;
#include "core/optimizers.def"
#undef OPTIMIZER
  }
  return 0;
}

}  // namespace ksweep
