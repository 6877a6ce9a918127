#pragma once

#include <string>
#include <vector>

#include "core/trial_keys.h"
#include "core/trial_result.h"

namespace ksweep {

/// Returns the name of a key's column in sweep.h5 and in CSV: "k" for model.k, but "data_train" for
/// data.train (FORMAT.md).
std::string column_name(const Key& key);

/// Returns "missing", "done" or "failed".
const char* status_name(Status status);

/// Returns the length of a vector without the NaNs at its end, which stand for missing values.
std::size_t measured_length(const std::vector<double>& values);

/// Returns the trial of a stored specification().  Ignores keys that this version does not know; for keys
/// missing from the text, uses the value that was fixed before the program had them.  Throws
/// std::runtime_error for a value that no version can have written.
Trial trial_from_specification(const std::string& lines);

}  // namespace ksweep
