#pragma once

#include <vector>

#include "core/trial.h"

namespace ksweep {

/// Returns a trial for each layer of a greedily trained autoencoder, from the inputs upwards, as if it were
/// the only one.
std::vector<Trial> trials_of_layers(const Trial& trial);

}  // namespace ksweep
