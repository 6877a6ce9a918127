#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "sweep/planned_trials.h"

namespace ksweep {

/// The part of a sweep that one of several runs in a folder trains: number `number` of `count`.
struct Shard {
  int number = 1, count = 1;

  bool is_whole() const { return count == 1; }
  /// Returns the suffix for names of the shard's own files: "" for a whole sweep, "-3of8".
  std::string suffix() const;
};

/// Parses "3/8".  Throws UserError.
Shard shard_from_text(const std::string& text);

/// Returns (position in the plan) whether the trial is part of the shard.  Depends only on the plan, not on
/// stored results, so that shards that start at different times agree.  Trials of one training stay together;
/// according to default predictions all shards have about the same work.
std::vector<bool> trials_of_shard(const Shard& shard, const std::vector<PlannedTrial>& plan,
                                  const FactsOf& facts);

}  // namespace ksweep
