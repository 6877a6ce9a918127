#pragma once

#include <filesystem>

#include "core/trial_keys.h"
#include "store/store.h"
#include "sweep/planned_trials.h"

namespace ksweep {

/// A trial of the defaults, as it stands in a plan.
inline PlannedTrial planned(int k, int seed = 0) {
  Trial trial = default_trial();
  trial.k = k;
  trial.seed = seed;
  return {trial, trial_id(trial), training_id(trial)};
}

/// Its record once it is done.
inline TrialResult done(const PlannedTrial& planned) {
  TrialResult result;
  result.trial = planned.trial;
  result.id = planned.id;
  result.status = Status::done;
  return result;
}

/// A store in a folder, for which it has made what it needs.
inline Store prepared_store(const std::filesystem::path& folder) {
  Store store(folder);
  store.prepare();
  return store;
}

}  // namespace ksweep
