// A run of a sweep on one rank, in five phases: open, plan, train (of a race round after round; it may add values of k and plan
// again), compare seeds, close.
#include "run/run.h"

#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <limits>
#include <optional>

#include "base/control_groups.h"
#include "base/denormals.h"
#include "base/errors.h"
#include "run/compare_seeds.h"
#include "run/job_runner.h"
#include "run/launch.h"
#include "run/open_run.h"
#include "run/plan_run.h"
#include "run/report_errors.h"
#include "run/run_end.h"
#include "run/signals.h"
#include "run/stop_cause.h"
#include "run/time_limit.h"
#include "schedule/crew.h"
#include "schedule/run_jobs.h"

namespace ksweep {
namespace {

const char* environment(const char* name) { return std::getenv(name); }

/// Only the first rank queries the time limit.
TimeLimit time_limit(const OpenRun& run) {
  TimeLimit limit(run.is_first() ? run.options().time_limit_s : std::numeric_limits<double>::infinity(),
                  environment, time_left_by_squeue);
  if (!limit.note().empty()) std::fprintf(stderr, "ksweep: %s\n", limit.note().c_str());
  return limit;
}

RunRules run_rules(const OpenRun& run, const RunBook* book, TimeLimit& limit) {
  RunRules rules;
  rules.patience_s = run.options().hang_after_s;
  const char* outlive = environment(survivors_variable);
  rules.outlive_lost_ranks = outlive && *outlive;
  if (book)
    rules.seconds_left = [&limit, book] { return book->too_many_failed() ? 0 : limit.seconds_left(); };
  return rules;
}

/// Ends a rank after another one was lost: MPI_Finalize would wait for it.
[[noreturn]] void leave_at_once(int code) {
  std::fflush(nullptr);
  ::_exit(code);
}

/// Trains the jobs that have begun, on all ranks.  Only the first rank has a book.
RunOutcome train_jobs(const OpenRun& run, PlanRun& planned, TimeLimit& limit) {
  Crew crew(run.threads());
  JobRunner runner(run, planned, crew.team());
  RunBook* const book = planned.book();
  const Callbacks callbacks{
      .run_job =
          [&](std::uint32_t job, const KeepGoing& keep_going) {
            crew.begin_job();
            return runner.run(job, [&] {
              crew.keep_pace();
              return keep_going();
            });
          },
      .on_report = [&](const JobReport& report) { book->take(report); },
      .on_tick = [&] { book->tick(); },
      .on_loan = [&](int lender) { crew.borrow(lender); },
      .on_loss = [&](int rank, RankLoss why,
                     std::optional<std::uint32_t> job) { return book->lose(rank, why, job); },
      .progress_of_job = [&] { return runner.progress(); },
      .detail_of_job = [&] { return runner.detail(); },
      .on_progress = [&](int rank, double share) { book->take_progress(rank, share); },
      .on_detail = [&](int rank, std::uint32_t job,
                       const std::string& detail) { book->take_detail(rank, job, detail); }};
  return run_jobs(run.world(), planned.jobs(), callbacks, run.stop_requested(), run_rules(run, book, limit));
}

/// Trains the jobs of all rounds of a race, or all there are.  After the loss of a rank there can be no further round, so that a race
/// that goes on is then stopped.
RunOutcome train_rounds(const OpenRun& run, PlanRun& planned, TimeLimit& limit) {
  RunOutcome outcome = train_jobs(run, planned, limit);
  while (outcome.end == RunEnd::complete && !outcome.ranks_lost && planned.begin_next_round(run))
    outcome = train_jobs(run, planned, limit);
  if (outcome.ranks_lost && run.sweep().race) outcome.end = RunEnd::stopped;
  return outcome;
}

/// The third phase: trains what is left.
RunOutcome train_all(const OpenRun& run, PlanRun& planned, TimeLimit& limit) {
  RunBook* const book = planned.book();
  try {
    return train_rounds(run, planned, limit);
  } catch (...) {
    if (book) book->give_up();
    if (book && book->ranks_lost()) leave_at_once(report_errors([]() -> int { throw; }));
    throw;
  }
}

/// Writes the sweep file for the last time, on the first rank.
void finish(PlanRun& planned, RunEnd& end) {
  if (!planned.book()) return;
  planned.book()->finish(end);
  planned.remove_checkpoints_of_ended();
}

/// Prints the final message.  Returns the exit code of `ksweep run`.
int say_end(const RunBook& book, RunEnd end, const Ending& ending) {
  print_end(book, end, ending);
  // A supervisor reads the status; mpirun would report exit codes other than 0 as errors.
  return environment(attempt_variable) ? 0 : static_cast<int>(book.exit_code(end));
}

[[noreturn]] void leave_survivors(PlanRun& planned, RunEnd end, const Ending& ending) {
  if (!planned.book())
    leave_at_once(static_cast<int>(end == RunEnd::stopped ? ExitCode::stopped : ExitCode::done));
  leave_at_once(report_errors([&] {
    finish(planned, end);
    return say_end(*planned.book(), end, ending);
  }));
}

/// The last phase: writes the remaining files, and reports how the run ended.
int close_run(const OpenRun& run, PlanRun& planned, RunOutcome outcome, Ending ending) {
  if (cpu_time_is_spent()) print_cpu_time_is_spent(run.rank());
  ending.signal = outcome.ranks_lost ? stop_signal_text() : first_text(run.world(), stop_signal_text());
  if (const auto cause = cause_of_supervisor(); !ending.signal.empty() && !cause.empty())
    ending.signal = cause;
  if (outcome.ranks_lost) leave_survivors(planned, outcome.end, ending);
  together(run.world(), [&] { finish(planned, outcome.end); });
  return planned.book() ? say_end(*planned.book(), outcome.end, ending) : static_cast<int>(ExitCode::done);
}

}  // namespace

int run_command(const RunOptions& options) {
  flush_denormals();
  allow_memory_given(options.memory_gb);
  OpenRun run(options);
  run.add_values_of_k(!options.retry_failed);
  std::optional<PlanRun> planned(std::in_place, run, options.retry_failed);
  TimeLimit limit = time_limit(run);
  const auto begin = std::filesystem::file_time_type::clock::now();
  RunOutcome outcome = train_all(run, *planned, limit);
  while (outcome.end == RunEnd::complete && !outcome.ranks_lost && run.add_values_of_k(true)) {
    const auto n_failed_before =
        planned->book() ? std::optional(planned->book()->n_failed_before()) : std::nullopt;
    planned.reset();  // the folder is locked once
    planned.emplace(run, false, n_failed_before);
    outcome = train_all(run, *planned, limit);
  }
  if (outcome.end == RunEnd::complete && !outcome.ranks_lost)
    outcome = compare_seeds(run, *planned, run_rules(run, planned->book(), limit));
  const Ending ending{.store = planned->store(),
                      .limit = limit,
                      .begin = begin,
                      .n_ranks = run.n_ranks(),
                      .from_pipe = !std::filesystem::is_regular_file(options.sweep)};
  return close_run(run, *planned, outcome, ending);
}

}  // namespace ksweep
