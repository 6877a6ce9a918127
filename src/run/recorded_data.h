#pragma once

#include <filesystem>
#include <string_view>

#include "core/trial.h"
#include "data/dataset.h"

namespace ksweep {

/// Loads the samples that a stored trial was computed from, of a generator as many as the trial uses.  Throws UserError if those
/// found here differ; `advice` ends its text: why this matters, and what to do.
Dataset recorded_dataset(const Trial& trial, const std::filesystem::path& data_dir, std::string_view advice);

}  // namespace ksweep
