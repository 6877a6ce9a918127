#pragma once

#include <string>
#include <string_view>

#include "store/sweep_record.h"

namespace ksweep {

/// The newest format of sweep.h5 that this program reads and the one it writes.
inline constexpr int sweep_format_version = 1;

/// The HDF5 content of a sweep file.
std::string encode_sweep(const SweepRecord& record);
/// Throws std::runtime_error for content that is no sweep.
SweepRecord decode_sweep(std::string_view image);

}  // namespace ksweep
