#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <optional>

#include "base/fault.h"
#include "base/keep_going.h"
#include "core/job.h"
#include "schedule/roll_call.h"

namespace ksweep {

/// What became of one job, as the rank that ran it reports.
struct JobReport {
  std::uint32_t job = 0;                   ///< position in the job list; filled in by run_jobs
  std::int32_t rank = 0;                   ///< filled in by run_jobs
  std::uint32_t n_done = 0, n_failed = 0;  ///< trials of the job
  double seconds = 0;
  double best_accuracy = 0;  ///< best validation accuracy among its trials; NaN if none
  Fault fault = {};          ///< one that must end the run (a full disk, a bug); none otherwise
};

/// What scheduling needs of the rest of the program.
struct Callbacks {
  /// Runs one job on this rank and makes its results durable before it returns.  An exception other than
  /// Interrupted counts as a fault that ends the run, as does a `fault` in the report.  The job asks whether to keep
  /// going on the thread that called run_jobs: there rank 0 serves the messages of the others.
  std::function<JobReport(std::uint32_t job, const KeepGoing&)> run_job;
  /// On rank 0: a job has ended somewhere.
  std::function<void(const JobReport&)> on_report;
  /// On rank 0, about once a second while anything runs: progress display, interval fold, status file.
  std::function<void()> on_tick;
  /// On any rank, on the thread that called run_jobs, also from inside a heartbeat: the CPUs of `lender`, a rank of
  /// the same node that has nothing left to run, are this rank's to use until the end.  Must not throw.  May be
  /// absent: then they idle.
  std::function<void(int lender)> on_loan = {};
  /// On rank 0: a rank is lost, and the job that it was running, if any, can go to another one.  Returns false if it
  /// must not, since it may have killed the rank: it counts as failed.
  std::function<bool(int rank, RankLoss why, std::optional<std::uint32_t> job)> on_loss = {};
  /// On any rank: how much of its running job is done, from 0 to 1.  May be absent: then nobody is told.
  std::function<double()> progress_of_job = {};
  /// On rank 0, about once a second and rank: how much of the job that the rank is running is done.  May be absent.
  std::function<void(int rank, double share)> on_progress = {};
};

inline double progress_of_job(const Callbacks& callbacks) {
  return callbacks.progress_of_job ? callbacks.progress_of_job() : 0;
}

/// What a run does about time and about ranks that are lost.
struct RunRules {
  double patience_s = 0;  ///< a rank without a sign of life for longer is lost; 0: never
  /// The launcher lets the others live when a rank is lost: go on with them.  Otherwise the run stops.
  bool outlive_lost_ranks = false;
  /// Seconds until the run must stop; absent: no limit.  Asked on rank 0 only.
  std::function<double()> seconds_left = {};
};

/// How a run of a sweep ended.
enum class RunEnd { complete, stopped };

inline double seconds_left(const RunRules& rules) {
  return rules.seconds_left ? rules.seconds_left() : std::numeric_limits<double>::infinity();
}

struct RunOutcome {
  RunEnd end = RunEnd::complete;
  /// Ranks are gone, so that nothing collective can be done any more: leave without MPI_Finalize.
  bool ranks_lost = false;
};

}  // namespace ksweep
