#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "sweep/planned_trials.h"

namespace ksweep {

/// The part of a sweep that a run trains, where several share a folder: number `number` of `count`.
struct Shard {
  int number = 1, count = 1;

  bool is_whole() const { return count == 1; }
  /// For names of files that are the shard's own: "" for a whole sweep, "-3of8".
  std::string suffix() const;
};

/// Of "3/8".  Throws UserError.
Shard shard_from_text(const std::string& text);

/// (position in the plan) whether the trial is the shard's.  Depends on the plan alone, not on what is stored, so that
/// shards that start at different times agree.  Trials of one training stay together; by default predictions each
/// shard has about the same work.
std::vector<bool> trials_of_shard(const Shard& shard, const std::vector<PlannedTrial>& plan,
                                  const FactsOf& facts);

}  // namespace ksweep
