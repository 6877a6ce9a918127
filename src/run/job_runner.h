#pragma once

#include <vector>

#include "base/keep_going.h"
#include "base/team.h"
#include "kernels/kernels.h"
#include "run/job_checkpoint.h"
#include "run/plan_run.h"

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

 private:
  std::string identity_of(const Job& job) const;
  std::vector<TrialResult> train_or_fail(const Job& job, const KeepGoing& keep_going,
                                         JobCheckpoint& checkpoint);

  const OpenRun& run_;
  const PlanRun& planned_;
  const Kernels& kernels_;
  const Team& team_;
  double progress_ = 0;
};

}  // namespace ksweep
