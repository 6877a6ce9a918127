#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <string>

#include "base/fault.h"
#include "base/keep_going.h"
#include "core/job.h"
#include "schedule/roll_call.h"

namespace ksweep {

/// The outcome of a job, reported by the rank that ran it.
struct JobReport {
  std::uint32_t job = 0;                   ///< position in the job list; filled in by run_jobs
  std::int32_t rank = 0;                   ///< filled in by run_jobs
  std::uint32_t n_done = 0, n_failed = 0;  ///< numbers of the job's trials
  double seconds = 0;
  Fault fault = {};  ///< ends the run if it is set (a full disk, a bug)
};

/// Interface of scheduling to the rest of the program.
struct Callbacks {
  /// Runs one job on this rank and makes its results durable before it returns.  An exception other than
  /// Interrupted is a fault that ends the run, as is a `fault` in the report.  The job must call
  /// keep_going on the thread that called run_jobs, since rank 0 serves the messages of other ranks there.
  std::function<JobReport(std::uint32_t job, const KeepGoing&)> run_job;
  /// On rank 0: a job has ended on some rank.
  std::function<void(const JobReport&)> on_report;
  /// On rank 0, about once a second during the run: progress display, interval fold, status file.
  std::function<void()> on_tick;
  /// On any rank, on the thread that called run_jobs, also during keep_going: this rank may use the CPUs of
  /// `lender`, a rank of the same node without work, until the end.  Must not throw.  If it is empty, these
  /// CPUs stay idle.
  std::function<void(int lender)> on_loan = {};
  /// On rank 0: a rank is lost.  Returns whether the job that it was running, if any, may go to another rank;
  /// false if the job may have killed the rank and counts as failed.
  std::function<bool(int rank, RankLoss why, std::optional<std::uint32_t> job)> on_loss = {};
  /// On any rank: returns the share of its running job that is done, from 0 to 1.  May be empty.
  std::function<double()> progress_of_job = {};
  /// On any rank: returns a text on how far its running job is, of at most `longest_detail` bytes.  May be empty.
  std::function<std::string()> detail_of_job = {};
  /// On rank 0, about once a second for each rank: the share of its running job that is done.  May be empty.
  std::function<void(int rank, double share)> on_progress = {};
  /// Likewise the job that the rank is running, and what detail_of_job says of it.  May be empty.
  std::function<void(int rank, std::uint32_t job, const std::string& detail)> on_detail = {};
};

inline double progress_of_job(const Callbacks& callbacks) {
  return callbacks.progress_of_job ? callbacks.progress_of_job() : 0;
}

inline std::string detail_of_job(const Callbacks& callbacks) {
  return callbacks.detail_of_job ? callbacks.detail_of_job() : "";
}

/// Rules of a run for its time limit and for lost ranks.
struct RunRules {
  double patience_s = 0;  ///< a rank without a sign of life for longer is lost; 0: never
  /// The launcher keeps other ranks alive when one is lost, so the run continues with them.  Otherwise it
  /// stops.
  bool outlive_lost_ranks = false;
  /// Returns the seconds until the run must stop; empty: no limit.  Called on rank 0 only.
  std::function<double()> seconds_left = {};
};

/// How a run of a sweep ended.
enum class RunEnd { complete, stopped };

inline double seconds_left(const RunRules& rules) {
  return rules.seconds_left ? rules.seconds_left() : std::numeric_limits<double>::infinity();
}

struct RunOutcome {
  RunEnd end = RunEnd::complete;
  /// Ranks are lost, so nothing collective is possible any more: leave without MPI_Finalize.
  bool ranks_lost = false;
};

}  // namespace ksweep
