#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/keep_going.h"
#include "base/team.h"
#include "core/row_reader.h"

namespace ksweep {

/// Returns the mean of chosen rows of n_inputs numbers each, summed in double precision in the order of `chosen`, of which
/// there must be one, on any number of threads.  Throws Interrupted.
std::vector<double> mean_of_rows(const SampleRows& rows, int n_inputs, std::span<const std::uint32_t> chosen,
                                 const Team& team, const KeepGoing& keep_going);

/// Rows that are read between two calls of keep_going, as they may come from slow storage.
inline constexpr std::size_t rows_at_once = 1024;

}  // namespace ksweep
