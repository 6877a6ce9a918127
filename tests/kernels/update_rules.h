#pragma once

#include <vector>

#include "kernels/kernels.h"

namespace ksweep {

/// Returns one rule for every optimiser.
inline std::vector<UpdateRule> all_update_rules() {
  std::vector<UpdateRule> rules;
  for (const Optimizer optimizer : {
#define OPTIMIZER(enumerator, name, moments, help) Optimizer::enumerator,
#include "core/optimizers.def"
#undef OPTIMIZER
       })
    rules.push_back({.optimizer = optimizer,
                     .rate = 0.1f,
                     .momentum = 0.9f,
                     .decay = 0.02f,
                     .beta2 = 0.999f,
                     .epsilon = 1e-8f,
                     .correction1 = 0.1f,
                     .correction2 = 0.001f});
  return rules;
}

}  // namespace ksweep
