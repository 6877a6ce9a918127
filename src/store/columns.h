#pragma once

#include <string>
#include <vector>

#include "core/trial_keys.h"
#include "core/trial_result.h"

namespace ksweep {

/// Name of a key's column in sweep.h5 and in CSV: "k" for model.k, but "data_train" for data.train
/// (FORMAT.md).
std::string column_name(const Key& key);

/// "missing", "done" or "failed".
const char* status_name(Status status);

/// Length of a vector of numbers without the NaNs at its end, which say nothing.
std::size_t measured_length(const std::vector<double>& values);

/// The trial of a stored specification().  Keys that this version does not know are passed over, keys that
/// the text lacks are as they were before the program had them.  Throws std::runtime_error for a value that no version can have
/// written.
Trial trial_from_specification(const std::string& lines);

}  // namespace ksweep
