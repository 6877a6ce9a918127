#include "run/stored_results.h"

#include "core/trial_keys.h"

namespace ksweep {

std::vector<TrialResult> stored_results(const std::vector<PlannedTrial>& plan, const Store& store) {
  std::vector<TrialResult> results(plan.size());
  for (std::size_t i = 0; i < plan.size(); ++i) {
    results[i].trial = plan[i].trial;
    const std::string its_identity = identity(plan[i].trial);
    if (!store.has(plan[i].id, its_identity)) continue;
    if (auto stored = store.read(plan[i].id, its_identity)) results[i] = std::move(*stored);
  }
  return results;
}

}  // namespace ksweep
