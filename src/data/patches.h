#pragma once

#include <vector>

#include "data/dataset.h"

namespace ksweep {

enum class Part { train, test };

/// Square patches from random places of random images: a pure function of the part and each patch's number, so that
/// patch i is the same however many are cut.  (count x channels x side x side)
std::vector<float> cut_patches(const Dataset& images, Part part, int side, std::size_t count);

}  // namespace ksweep
