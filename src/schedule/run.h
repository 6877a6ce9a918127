#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "core/job.h"

namespace ksweep {

/// What became of one job, as the rank that ran it reports.
struct JobReport {
  std::uint32_t job = 0;       ///< position in the job list
  std::int32_t rank = 0;
  std::uint32_t n_done = 0, n_failed = 0;  ///< trials of the job
  double seconds = 0;
  double best_accuracy = 0;    ///< best validation accuracy among its trials; NaN if none
  std::string error;           ///< a fault that must end the run (a full disk, a bug); empty otherwise
};

/// Called often from inside a running job (between mini-batches, between iterations of the probe).  Serves the
/// coordinator's messages when on rank 0.  Returns false when the job must stop without a trace.
using Heartbeat = std::function<bool()>;

/// The two things that scheduling needs of the rest of the program.
struct Callbacks {
  /// Runs one job on this rank and makes its results durable before it returns.
  std::function<JobReport(std::uint32_t job, const Heartbeat&)> run_job;
  /// On rank 0: a job has ended somewhere.
  std::function<void(const JobReport&)> on_report;
  /// On rank 0, at least once a second while anything runs: progress display, interval fold, status file.
  std::function<void()> on_tick;
};

/// How a run of a sweep ended.
enum class RunEnd { complete, stopped };

}  // namespace ksweep
