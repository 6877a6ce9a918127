#pragma once

#include <string>
#include <vector>

#include "base/keep_going.h"
#include "base/team.h"
#include "kernels/kernels.h"
#include "run/job_checkpoint.h"
#include "run/plan_run.h"
#include "run/running_trials.h"

namespace ksweep {

/// Trains jobs of the sweep on one rank and stores their results.
class JobRunner {
 public:
  /// All arguments must outlive the object.
  JobRunner(const OpenRun& run, const PlanRun& planned, const Team& team);

  /// Trains the job and makes its results durable.
  JobReport run(std::uint32_t job, const KeepGoing& keep_going);

  /// Returns the share of the running job that is done, from 0 to 1.
  double progress() const { return progress_; }

  /// Returns how far the running job is, as members of a JSON object (running_trials.h).
  std::string detail() const { return detail_text(n_epochs_, losses_); }

 private:
  std::string identity_of(const Job& job) const;
  std::vector<TrialResult> train_or_fail(const Job& job, const KeepGoing& keep_going,
                                         JobCheckpoint& checkpoint);

  const OpenRun& run_;
  const PlanRun& planned_;
  const Kernels& kernels_;
  const Team& team_;
  double progress_ = 0;
  double n_epochs_ = 0;         ///< of the running job; 0: unknown
  std::vector<double> losses_;  ///< (epoch) of the running job so far
};

}  // namespace ksweep
