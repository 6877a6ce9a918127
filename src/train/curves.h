#pragma once

#include <vector>

namespace ksweep {

/// Measurements after each epoch.
struct Curves {
  std::vector<double> train_loss, validation_mse, validation_fvu, l0, dead_units, k;
};

}  // namespace ksweep
