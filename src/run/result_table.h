#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "store/store.h"
#include "sweep/planned_trials.h"
#include "sweep/sweep.h"

namespace ksweep {

/// What rank 0 knows of every trial of a plan: its result as the store has it.  Counts are those of the shard that is run.
class ResultTable {
 public:
  /// mine: (position in the plan) whether the trial is the shard's.  Reads what the store already holds; with `retry_failed`,
  /// failed trials of the shard count as missing.  All arguments but `mine` must outlive the object.
  ResultTable(const Sweep& sweep, const std::vector<PlannedTrial>& plan, const Store& store,
              std::vector<bool> mine, bool retry_failed);

  const std::vector<PlannedTrial>& plan() const { return plan_; }

  /// In the order of the plan; those without a result are `missing`.
  const std::vector<TrialResult>& trials() const { return trials_; }

  /// Finished trials in the folder that the grid does not ask for.
  const std::vector<TrialResult>& others() const { return others_; }

  bool is_mine(std::uint32_t position) const { return mine_[position]; }
  std::size_t n_trials() const;
  std::size_t count(Status status) const;

  /// Positions of all trials without a result, as far as is known of other shards' ones; ascending.
  std::vector<std::uint32_t> without_result() const;
  /// The same of the shard's alone.
  std::vector<std::uint32_t> missing() const;

  /// Whose files have been reported, but could not be read yet.
  const std::vector<std::uint32_t>& unread() const { return unread_; }

  /// The files of these trials are said to be there.
  void report(const std::vector<std::uint32_t>& positions);

  /// Tries to read what was reported.  On network file systems another node's new file may show up late: what cannot be read
  /// yet is tried again the next time.  Returns how many could be read.
  std::size_t read_reported();

  /// Reads what other shards have finished.
  void read_other_shards();

  /// Stores a failure.
  void fail(std::uint32_t position, const std::string& reason);

  /// Best validation accuracy of a trial that learns codes, and its name; NaN if there is none.
  double best_accuracy() const { return best_accuracy_; }
  const std::string& best_trial() const { return best_trial_; }

  /// Why trials of the shard failed.
  struct Failures {
    std::string commonest_reason;
    std::size_t n_of_it = 0;
    bool may_succeed = false;  ///< some failed by what was here at the time: tried again, they may succeed
  };
  Failures failures() const;

  /// Instruction set that computed the stored trials; empty if none is stored.
  std::string instruction_set() const;

  /// "k=25 seed=3"
  std::string name_of(std::uint32_t position) const;

 private:
  void load(std::uint32_t position, bool retry_failed);

  const Sweep& sweep_;
  const std::vector<PlannedTrial>& plan_;
  const Store& store_;
  const std::vector<bool> mine_;
  std::vector<TrialResult> trials_, others_;
  std::vector<std::uint32_t> unread_;
  double best_accuracy_ = not_measured;
  std::string best_trial_;
};

}  // namespace ksweep
