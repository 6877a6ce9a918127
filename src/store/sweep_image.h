#pragma once

#include <string>
#include <string_view>

#include "store/sweep_record.h"

namespace ksweep {

/// The version of sweep.h5's format that this program writes, which is also the newest that it reads.
inline constexpr int sweep_format_version = 1;

/// Returns the HDF5 content of a sweep file.
std::string encode_sweep(const SweepRecord& record);
/// Reads the HDF5 content of a sweep file.  Throws std::runtime_error if it holds no sweep.
SweepRecord decode_sweep(std::string_view image);

}  // namespace ksweep
