#include "core/seed_settings.h"

#include <unordered_map>
#include <utility>

#include "core/trial_keys.h"

namespace ksweep {

std::string setting_of(Trial trial) {
  trial.seed = 0;
  return specification(trial);
}

std::string line_of(Trial trial) {
  trial.k = 1;
  return setting_of(std::move(trial));
}

std::vector<std::vector<std::uint32_t>> trials_of_settings(
    std::size_t n_trials, const std::function<const Trial&(std::size_t position)>& trial_at) {
  std::unordered_map<std::string, std::size_t> place;  // of a setting
  std::vector<std::vector<std::uint32_t>> settings;
  for (std::size_t position = 0; position < n_trials; ++position) {
    const auto [found, is_new] = place.try_emplace(setting_of(trial_at(position)), settings.size());
    if (is_new) settings.emplace_back();
    settings[found->second].push_back(static_cast<std::uint32_t>(position));
  }
  return settings;
}

}  // namespace ksweep
