#pragma once

#include <filesystem>

#include "cost/rates.h"

namespace ksweep {

/// Root attribute of sweep.h5 that holds the rates of the run that wrote it.
inline constexpr const char* rates_attribute = "cost_rates";

/// Returns the rates that the last run into this folder left in its sweep.h5; without them, the defaults.
Rates stored_rates(const std::filesystem::path& folder);

}  // namespace ksweep
