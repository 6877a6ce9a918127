#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "run/progress.h"
#include "store/store.h"
#include "sweep/planned_trials.h"
#include "sweep/sweep.h"

namespace ksweep {

/// Rank 0's copy of the stored result of every trial of a plan.  Counts refer to this run's shard.
class ResultTable {
 public:
  /// mine: (position in the plan) whether the trial is part of this shard; needs_weights: whether it is not done without
  /// stored weights.  Reads the stored results; with `retry_failed`, failed trials of the shard count as missing.  All
  /// arguments but these two must outlive the object.
  ResultTable(const Sweep& sweep, const std::vector<PlannedTrial>& plan, const Store& store,
              std::vector<bool> mine, std::vector<bool> needs_weights, bool retry_failed);

  const std::vector<PlannedTrial>& plan() const { return plan_; }

  /// All trials in the order of the plan; those without a result are `missing`.
  const std::vector<TrialResult>& trials() const { return trials_; }

  /// Finished trials in the folder that are not part of the grid.
  const std::vector<TrialResult>& others() const { return others_; }

  bool is_mine(std::uint32_t position) const { return mine_[position]; }
  std::size_t n_trials() const;
  std::size_t count(Status status) const;

  /// Returns the positions of all trials without a result, as far as it is known of other shards; ascending.
  std::vector<std::uint32_t> without_result() const;
  /// Returns the positions of this shard's trials without a result.
  std::vector<std::uint32_t> missing() const;

  /// Positions of reported trials whose files could not be read yet.
  const std::vector<std::uint32_t>& unread() const { return unread_; }

  /// Records that the files of these trials are reported to exist.
  void report(const std::vector<std::uint32_t>& positions);

  /// Tries to read the reported files.  On network file systems another node's new file may appear late;
  /// files that cannot be read yet are tried again the next time.  Returns how many were read.
  std::size_t read_reported();

  /// Reads what other shards have finished.
  void read_other_shards();

  /// Stores the trial as failed for this reason.
  void fail(std::uint32_t position, const std::string& reason);

  /// Of the trials that learn codes, by the sweep file's metric or, without one, by the default of what was measured.
  BestTrial best() const;

  /// Why trials of the shard failed.
  struct Failures {
    std::string commonest_reason;
    std::size_t n_of_it = 0;
    bool may_succeed = false;  ///< the reason of some was temporary, so a retry may succeed
  };
  Failures failures() const;

  /// Returns the instruction set that computed the stored trials; empty if none is stored.
  std::string instruction_set() const;

  /// Returns a trial's name, "k=25 seed=3".
  std::string name_of(std::uint32_t position) const;

 private:
  void load(std::uint32_t position, bool retry_failed);
  void note_best(std::uint32_t position);

  const Sweep& sweep_;
  const std::vector<PlannedTrial>& plan_;
  const Store& store_;
  const std::vector<bool> mine_, needs_weights_;
  std::vector<TrialResult> trials_, others_;
  std::vector<std::uint32_t> unread_;
  std::vector<std::optional<std::uint32_t>> best_;  ///< (metric) position of the best trial
};

}  // namespace ksweep
