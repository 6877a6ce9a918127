#pragma once

#include <vector>

#include "core/trial.h"

namespace ksweep {

/// The layers of an autoencoder trained one after the other, each as if it were the only one, from the inputs upwards.
std::vector<Trial> trials_of_layers(const Trial& trial);

}  // namespace ksweep
