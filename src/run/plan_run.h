#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/job.h"
#include "kernels/kernels.h"
#include "run/open_run.h"
#include "run/run_book.h"
#include "run/run_lock.h"
#include "run/seed_pairs.h"
#include "store/crash_book.h"
#include "store/store.h"
#include "sweep/planned_trials.h"

namespace ksweep {

/// The second phase of a run: determines the trials that are left and the kernels that train them, and locks
/// the results folder.
class PlanRun {
 public:
  /// Prints notes on the folder.  Collective; throws on every rank what any rank throws.  The run must
  /// outlive the object.  retry_failed: failed trials are trained again.  n_failed_before: trials that had failed when the
  /// command began; nothing: those that have now.
  PlanRun(const OpenRun& run, bool retry_failed, std::optional<std::size_t> n_failed_before = std::nullopt);
  PlanRun(const PlanRun&) = delete;
  PlanRun& operator=(const PlanRun&) = delete;

  const std::vector<PlannedTrial>& plan() const { return plan_; }
  /// The pairs of seeds that are compared after the trainings, and whether a training is in one of them.
  const std::vector<PlannedPair>& pairs() const { return pairs_; }
  bool is_paired(std::uint64_t training_id) const { return paired_.contains(training_id); }
  const Store& store() const { return store_; }
  const CrashBook& crashes() const { return crashes_; }
  const Kernels& kernels() const { return *kernels_; }

  /// The trainings that are left, of a race those of this round, longest first.
  const std::vector<Job>& jobs() const { return jobs_; }

  /// Determines the trainings of the next round of a race from all results so far.  Returns false if there are none: the race
  /// has ended, or there is none.  Collective.
  bool begin_next_round(const OpenRun& run);

  /// Only on the first rank; null on others.
  RunBook* book() { return book_ ? &*book_ : nullptr; }

  /// Removes checkpoints of trainings all of whose trials have results.  Only on the first rank.
  void remove_checkpoints_of_ended() const;

 private:
  void open_folder(const OpenRun& run, bool retry_failed, std::optional<std::size_t> n_failed_before);
  const Kernels& common_kernels(const OpenRun& run) const;
  void begin_jobs(const OpenRun& run);
  void require_memory(const OpenRun& run) const;

  std::vector<PlannedTrial> plan_;
  std::vector<PlannedPair> pairs_;
  std::set<std::uint64_t> paired_;  // training ids
  const Store store_;
  CrashBook crashes_;
  std::optional<RunLock> lock_;
  std::optional<RunBook> book_;
  const Kernels* kernels_ = nullptr;
  std::vector<Job> jobs_;
};

}  // namespace ksweep
