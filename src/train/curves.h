#pragma once

#include <vector>

namespace ksweep {

/// Measurements after each epoch, the last of which may end early.
struct Curves {
  std::vector<double> train_loss, validation_mse, validation_fvu, l0, dead_units, k;
  std::vector<double> samples;  ///< trained on so far; in a stack, by the lower layers too
};

}  // namespace ksweep
