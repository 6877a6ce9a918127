#pragma once

#include <functional>
#include <string>
#include <vector>

#include "data/dataset.h"
#include "data/weights_file.h"
#include "sweep/sweep.h"

namespace ksweep {

/// Reads every file that model.start_from names, requires that each of its trials can start from it, and puts its content into the
/// value.  Returns what of the files is not used, one sentence each.  Throws UserError that begins with the key's place.
std::vector<std::string> settle_starts(Sweep& sweep, const WeightPlaces& places,
                                       const std::function<const Dataset&(const Trial&)>& dataset_of);

}  // namespace ksweep
