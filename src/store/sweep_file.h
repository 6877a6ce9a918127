#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "store/sweep_record.h"

namespace ksweep {

/// Returns the content of sweep.h5.  Format: store/FORMAT.md.
std::string sweep_file_bytes(const SweepRecord& record);

/// Writes sweep.h5 atomically.
void write_sweep_file(const std::filesystem::path& path, const SweepRecord& record);

/// Reads a sweep file of this or an earlier format version.  Throws UserError.
SweepRecord read_sweep_file(const std::filesystem::path& path);

/// Returns a text among the root attributes of a sweep file; nothing if the file is absent or damaged or has
/// no such attribute.
std::optional<std::string> sweep_attribute(const std::filesystem::path& path, const std::string& name);

/// Returns the record with the others among its trials, and every key in which these differ as an axis.
SweepRecord with_others(SweepRecord record);

/// Merges several sweep files; equal ids must have equal reproducible numbers.  Throws UserError naming the
/// first conflict: both files, the trial, the quantity and the two values.
SweepRecord merge(const std::vector<std::filesystem::path>& files);

/// Returns the trial table as tidy CSV, with one row per trial and one column per key and scalar.  With
/// `all`, the others follow, and a column in_grid distinguishes them.
std::string csv_table(const SweepRecord& record, bool all = false);

/// Returns the version of the HDF5 library in use, "1.10.8".
std::string hdf5_version();

}  // namespace ksweep
