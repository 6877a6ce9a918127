#pragma once

#include <cstdint>
#include <string>

#include "core/trial.h"

namespace ksweep {

/// Thrown when the loss is no longer finite.
struct Diverged {
  int epoch;  ///< from 1
  std::string reason;
};

/// Throws Diverged for a training loss that is NaN or infinite.  epoch and batch count from 0.
[[noreturn]] void diverge(const Trial& trial, int epoch, std::int64_t batch, double loss);

/// Throws Diverged if the reconstruction after an epoch (from 0) is not finite: the last update of an epoch can diverge
/// too, and no loss is computed after it.
void require_finite_reconstruction(const Trial& trial, int epoch, double mse);

}  // namespace ksweep
