#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "core/trial.h"

namespace ksweep {

/// Returns the setting of a trial: its specification but for the seed.
std::string setting_of(Trial trial);

/// Returns the setting of a trial but for its k, too: settings of one line differ in k alone.
std::string line_of(Trial trial);

/// Returns (setting, seed) the positions of trials that differ in the seed alone.  Settings and seeds come in the order of the
/// trials, which is that of the sweep file.
std::vector<std::vector<std::uint32_t>> trials_of_settings(
    std::size_t n_trials, const std::function<const Trial&(std::size_t position)>& trial_at);

}  // namespace ksweep
