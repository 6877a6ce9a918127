#pragma once

#include <vector>

#include "data/dataset.h"
#include "data/part.h"

namespace ksweep {

/// Returns square patches from random places of random images (count x channels x side x side).  A pure
/// function of the part and the patch's number, so that patch i does not depend on how many are cut.
std::vector<float> cut_patches(const Dataset& images, Part part, int side, std::size_t count);

}  // namespace ksweep
