#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/row_reader.h"

namespace ksweep {

/// Returns the mean of chosen rows of n_inputs numbers each, summed in double precision in the order of `chosen`, of which
/// there must be one.
std::vector<double> mean_of_rows(const SampleRows& rows, int n_inputs, std::span<const std::uint32_t> chosen);

}  // namespace ksweep
