#include "run/run.h"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <new>
#include <optional>
#include <set>

#include "base/build_info.h"
#include "base/denormals.h"
#include "base/errors.h"
#include "base/host.h"
#include "base/sha256.h"
#include "core/trial_keys.h"
#include "cost/cost.h"
#include "cost/jobs.h"
#include "kernels/isa.h"
#include "run/foreign_folder.h"
#include "run/job_checkpoint.h"
#include "run/launch.h"
#include "run/memory_check.h"
#include "run/provenance.h"
#include "run/report_errors.h"
#include "run/require_threads.h"
#include "run/run_book.h"
#include "run/run_data.h"
#include "run/run_lock.h"
#include "run/signals.h"
#include "run/stop_cause.h"
#include "run/text.h"
#include "run/time_limit.h"
#include "schedule/collect.h"
#include "schedule/crew.h"
#include "schedule/mpi.h"
#include "schedule/run_jobs.h"
#include "schedule/threads.h"
#include "store/store.h"
#include "sweep/planned_trials.h"
#include "sweep/read_sweep.h"
#include "train/train.h"

namespace ksweep {
namespace {

// Of MPI, libraries and results.
constexpr int files_of_a_rank = 16;

/// The best instruction set that every rank has: all of a sweep's numbers come from one.
/// Stored trials have settled which, unless another one is asked for or some rank lacks theirs.
std::string common_isa(MPI_Comm world, const std::optional<std::string>& asked, const std::string& stored) {
  if (asked) {
    together(world, [&] { kernels_for(*asked); });
    return *asked;
  }
  const auto isas = available_isas();
  if (least_of_all(world, runs_here(stored)) != 0) return stored;
  return isas[static_cast<std::size_t>(least_of_all(world, static_cast<int>(isas.size()) - 1))];
}

/// Says so if the results of one folder will come from different instruction sets.
void warn_of_mixture(const std::string& stored, const std::string& isa, const Store& store) {
  if (stored.empty() || stored == isa) return;
  std::fprintf(
      stderr,
      "ksweep: the trials stored in %s were computed with %s kernels, new ones are with %s: their last "
      "bits may differ from those of one run. Use --isa %s on machines that have it, or another "
      "--output.\n",
      store.folder().c_str(), stored.c_str(), isa.c_str(), stored.c_str());
}

/// What was done to the samples, and what looks wrong with them.
void tell_data(const Sweep& sweep, const RunData& data) {
  for (const auto& [name, set] : data.sets())
    if (set.scale != 1)
      std::fprintf(stderr, "ksweep: %s: samples are divided by %s\n", name.c_str(),
                   shortest_text(set.scale).c_str());
  for (const std::string& note : data.notes(sweep)) std::fprintf(stderr, "ksweep: %s\n", note.c_str());
}

/// Names of the hosts of all ranks, each once.
std::string all_hosts(MPI_Comm world) {
  const auto of_ranks = texts_of_all(world, host_name());
  std::string text;
  for (const std::string& host : std::set<std::string>(of_ranks.begin(), of_ranks.end()))
    text += (text.empty() ? "" : ",") + host;
  return text;
}

/// Tells the crash book what this rank trains, until the training has ended in any way but a crash.
struct Active {
  Active(const CrashBook& its_crashes, int its_rank, std::uint64_t training)
      : crashes(its_crashes), rank(its_rank) {
    crashes.begin(rank, training);
  }
  ~Active() { crashes.end(rank); }
  Active(const Active&) = delete;
  Active& operator=(const Active&) = delete;
  const CrashBook& crashes;
  int rank;
};

/// One rank's part in running the sweep.
class Runner {
 public:
  Runner(const std::vector<PlannedTrial>& plan, const std::vector<Job>& jobs, const RunData& data,
         const Store& store, const CrashBook& crashes, const Kernels& kernels, const Team& team,
         const RunOptions& options, bool save_weights, int rank)
      : plan_(plan),
        jobs_(jobs),
        data_(data),
        store_(store),
        crashes_(crashes),
        kernels_(kernels),
        team_(team),
        save_weights_(save_weights),
        rank_(rank),
        checkpoint_interval_s_(options.checkpoint_interval_s) {}

  JobReport run(std::uint32_t job, const KeepGoing& heartbeat) const {
    const Active active(crashes_, rank_, jobs_[job].training_id);
    std::vector<Trial> trials;
    for (const std::uint32_t position : jobs_[job].trials) trials.push_back(plan_[position].trial);
    JobReport report;
    report.best_accuracy = not_measured;
    progress_ = 0;
    JobCheckpoint checkpoint(store_, jobs_[job].training_id, identity_of(jobs_[job]), checkpoint_interval_s_,
                             crashes_.is_suspect(jobs_[job].training_id));
    std::vector<TrialResult> results =
        train_or_fail(trials, jobs_[job].training_share, heartbeat, checkpoint);
    for (std::size_t i = 0; i < results.size(); ++i) {
      TrialResult& result = results[i];
      result.id = plan_[jobs_[job].trials[i]].id;
      result.host = host_name();
      result.program_version = program_version();
      result.rank = rank_;
      result.predicted_time_s =
          jobs_[job].predicted_s / thread_speedup(result.threads) / static_cast<double>(results.size());
      store_.write(result);
      ++(result.status == Status::done ? report.n_done : report.n_failed);
      report.seconds += result.wall_time_s;
      if (!(result.validation_accuracy <= report.best_accuracy))
        report.best_accuracy = result.validation_accuracy;
    }
    checkpoint.remove();
    return report;
  }

  /// Share of the running job that is done.
  double progress() const { return progress_; }

 private:
  /// What must be the same for a training to go on: the trials read from it, and the kernels.
  std::string identity_of(const Job& job) const {
    std::string text = kernels_.isa;
    for (const std::uint32_t position : job.trials) text += " " + id_text(plan_[position].id);
    return text;
  }

  std::vector<TrialResult> train_or_fail(const std::vector<Trial>& trials, double training_share,
                                         const KeepGoing& heartbeat, JobCheckpoint& checkpoint) const {
    const double started_unix_s = unix_time_s();
    try {
      return train(trials, data_.of(trials[0]),
                   {kernels_, team_, save_weights_, heartbeat, checkpoint.functions(),
                    [&](double share) { progress_ = share * training_share; }});
    } catch (const std::bad_alloc&) {
      std::vector<TrialResult> results(trials.size());
      for (std::size_t i = 0; i < trials.size(); ++i) {
        results[i].trial = trials[i];
        results[i].status = Status::failed;
        results[i].reason =
            std::string(out_of_memory_reason) + ": use fewer ranks per node, or a smaller net";
        results[i].started_unix_s = started_unix_s;
        results[i].wall_time_s = unix_time_s() - started_unix_s;
        results[i].threads = team_.n_threads();
      }
      return results;
    }
  }

  const std::vector<PlannedTrial>& plan_;
  const std::vector<Job>& jobs_;
  const RunData& data_;
  const Store& store_;
  const CrashBook& crashes_;
  const Kernels& kernels_;
  const Team& team_;
  bool save_weights_;
  int rank_;
  int checkpoint_interval_s_;
  mutable double progress_ = 0;
};

/// Those of which all trials are stored.
std::set<std::uint64_t> ended_trainings(const std::vector<PlannedTrial>& plan,
                                        const std::vector<std::uint32_t>& missing) {
  std::set<std::uint64_t> ended;
  for (const PlannedTrial& planned : plan) ended.insert(planned.training_id);
  for (const std::uint32_t position : missing) ended.erase(plan[position].training_id);
  return ended;
}

/// What a run needs in order to tell why it ended.
struct Ending {
  const Store& store;
  const TimeLimit& limit;
  std::filesystem::file_time_type begin;  ///< of the run
  int n_ranks;
  bool from_pipe;           ///< the sweep file is not there to be read again
  std::string signal = {};  ///< that stopped a rank
};

/// Whether anything was finished or saved in this run.
bool has_advanced(const Ending& ending) {
  namespace fs = std::filesystem;
  std::error_code none;
  for (const char* name : {"trials", "checkpoints"}) {
    fs::recursive_directory_iterator entry(ending.store.folder() / name, none);
    for (; !none && entry != fs::recursive_directory_iterator(); entry.increment(none))
      if (entry->is_regular_file(none) && entry->last_write_time(none) >= ending.begin) return true;
  }
  return false;
}

/// The last words of a run with work left, and what stopped it.  A limit within which nothing could be saved would stop
/// the same command again.
std::string words_of_stop(const Ending& ending) {
  const std::string command = command_text(ending.n_ranks), &limit = ending.limit.cause();
  if (!ending.signal.empty() || limit.empty()) return stopped_text(command, ending.signal, ending.from_pipe);
  if (has_advanced(ending)) return stopped_text(command, limit, ending.from_pipe);
  const std::string cause = "stopped by " + limit + " before anything could be finished or saved: ";
  if (ending.limit.is_given())
    return cause + "the same limit would stop it again. To go on without it:\n" +
           without_time_limit(command) + "\n";
  return cause + "`ksweep plan` tells how much time a job needs. To go on, in a longer one:\n" + command +
         "\n";
}

/// What stopped the supervisor, which passes on a signal of its own; empty if nothing did.
std::string cause_of_supervisor() {
  const char* path = std::getenv(stopped_by_variable);
  std::string text;
  if (path) std::getline(std::ifstream(path), text);
  return text;
}

void tell_cpu_time(int rank) {
  std::fprintf(stderr,
               "ksweep: rank %d has used nearly all of the %s of CPU time that a process may have here "
               "(ulimit -t), so the "
               "run stops in good order. The same command goes on, with as much again; to get further at "
               "once, raise the "
               "limit.\n",
               rank, duration_text(cpu_time_limit_s()).c_str());
}

/// A training that left the finite numbers would do so again; one that ran out of memory perhaps not.
std::string words_of_failures(const RunBook& book, const std::string& command) {
  const RunBook::Failures failures = book.failures();
  const double n = static_cast<double>(book.n_failed()), n_of_it = static_cast<double>(failures.n_of_it);
  std::string text = count_text(n, "trial") + " failed" +
                     (n_of_it < n ? ", " + whole_text(n_of_it) + " of them alike" : "") + ": " +
                     failures.commonest_reason + ". The report lists the reason of each.\n";
  if (!failures.may_succeed)
    return text + "Trained again, they would fail again: change what the reason names. Then go on:\n" +
           command + "\n";
  const std::string retry = "--retry-failed";
  return text + "To try them again:\n" +
         (command.find(retry) == std::string::npos ? command + " " + retry : command) + "\n";
}

/// Where the results are, and on 2 and 75 the command that goes on, which is the last line.
void print_end(const RunBook& book, RunEnd end, const Ending& ending) {
  std::printf("results: %s\nreport:  %s\n", book.sweep_file().c_str(),
              shell_command({"ksweep", "report", ending.store.folder().string()}).c_str());
  if (book.too_many_failed())
    std::printf(
        "more trials failed than --max-failures allows, so the others were not begun. To go on with "
        "them:\n%s\n",
        command_text(ending.n_ranks).c_str());
  else if (end == RunEnd::stopped)
    std::fputs(words_of_stop(ending).c_str(), stdout);
  else if (book.n_failed() > 0) {
    std::fputs(words_of_failures(book, command_text(ending.n_ranks)).c_str(), stdout);
  }
  std::fflush(stdout);
}

int exit_code(const RunBook& book, RunEnd end) {
  // A supervisor reads the status; of another code than 0 mpirun would complain.
  return std::getenv(attempt_variable) ? 0 : static_cast<int>(book.exit_code(end));
}

/// How ranks end after one of them was lost: MPI_Finalize would wait for it.
[[noreturn]] void leave_at_once(int code) {
  std::fflush(nullptr);
  ::_exit(code);
}

/// Where the results are, and what `ksweep run` returns.
int told_end(const RunBook& book, RunEnd end, const Ending& ending) {
  print_end(book, end, ending);
  return exit_code(book, end);
}

/// Only the first rank has a book.
[[noreturn]] void leave_survivors(const std::optional<RunBook>& book, const RunEnd& end, const Ending& ending,
                                  const std::function<void()>& finish) {
  if (!book) leave_at_once(static_cast<int>(end == RunEnd::stopped ? ExitCode::stopped : ExitCode::done));
  leave_at_once(report_errors([&] {
    finish();
    return told_end(*book, end, ending);
  }));
}

RunRules run_rules(const RunOptions& options, const std::optional<RunBook>& book, TimeLimit& limit,
                   const TimeLimit::Lookup& environment) {
  RunRules rules;
  rules.patience_s = options.hang_after_s;
  const char* outlive = environment(survivors_variable);
  rules.outlive_lost_ranks = outlive && *outlive;
  if (!book) return rules;
  rules.seconds_left = [&limit, &book] { return book->too_many_failed() ? 0 : limit.seconds_left(); };
  return rules;
}

/// Read once, for all ranks and, by the supervisor, for all starts of them: the file may change or be a pipe.
Sweep common_sweep(MPI_Comm world, const RunOptions& options, bool is_first) {
  std::string text;
  together(world, [&] {
    if (!is_first) return;
    const char* given = std::getenv(attempt_variable) ? std::getenv(sweep_variable) : nullptr;
    text = given ? given : read_sweep_text(options.sweep);
  });
  text = first_text(world, text);
  Sweep sweep;
  together(world, [&] { sweep = read_sweep(options.sweep, options.overrides, text); });
  return sweep;
}

}  // namespace

int run_command(const RunOptions& options) {
  flush_denormals();
  const std::atomic<bool>& stop_requested = catch_stop_signals();
  note_senders();
  int argc = 0;
  char** argv = nullptr;
  require_open_files(files_of_a_rank);
  const MpiSession session(argc, argv);
  const MPI_Comm world = session.world();
  const bool is_first = session.rank() == 0;

  const Sweep sweep = common_sweep(world, options, is_first);
  for (const std::string& note : sweep.notes)
    if (is_first) std::fprintf(stderr, "ksweep: %s\n", note.c_str());
  const auto lookup = [](const char* name) -> const char* { return std::getenv(name); };
  const ThreadPlan threads = check_threads(world, thread_request(options.threads, lookup));
  if (is_first && !threads.warning.empty()) std::fprintf(stderr, "ksweep: %s\n", threads.warning.c_str());

  together(world, [&] { require_threads(threads.threads); });

  const RunData data(world, sweep, options.data_dir);
  if (is_first) tell_data(sweep, data);
  const auto facts_of_trial = [&](const Trial& trial) { return data.facts(trial); };
  std::vector<PlannedTrial> plan;
  together(world, [&] { plan = plan_trials(sweep, facts_of_trial); });

  const Store store(options.output);
  CrashBook crashes(options.output / ("crashes" + options.shard.suffix()),
                    [&](std::uint64_t training) { return store.checkpoint_mark(training); });
  std::optional<RunLock> lock;
  std::optional<RunBook> book;
  together(world, [&] {
    if (!is_first) return;
    store.prepare();
    wait_for_orphans(store.folder(), options.shard, stop_requested);
    lock.emplace(store.folder(), options.shard);
    refuse_foreign_folder(store.folder(), sweep, plan);
    crashes.open();
    book.emplace(sweep, plan, store, crashes, facts_of_trial, session.n_ranks(), options, stop_requested);
    store.remove_checkpoints_of(ended_trainings(plan, book->without_result()));
  });
  if (is_first && book->n_others() > 0) std::fprintf(stderr, "ksweep: %s\n", book->note_on_others().c_str());
  const std::string stored_isa = first_text(world, is_first ? book->instruction_set() : "");
  const std::string isa = common_isa(world, options.isa, stored_isa);
  if (is_first) warn_of_mixture(stored_isa, isa, store);
  const RunFacts facts{isa, session.n_ranks(), threads.threads, all_hosts(world)};

  const auto missing = list_of_first(world, is_first ? book->missing() : std::vector<std::uint32_t>{});
  const Rates rates = *rates_from_text(first_text(world, is_first ? rates_text(book->rates()) : ""));
  const auto jobs = make_jobs(plan, missing, facts_of_trial, rates);
  together(world, [&] {
    const int n_ranks = static_cast<int>(threads.node_ranks.size());
    const MemoryDemand demand = memory_demand(plan, jobs, facts_of_trial, n_ranks);
    const std::string fault = memory_fault(demand, allowed_memory());
    if (!fault.empty()) throw UserError(options.sweep.string() + ": " + fault);
  });
  together(world, [&] {
    if (is_first)
      book->start(jobs, threads.threads, data.of(sweep.trials.front()).shape, provenance(sweep, data, facts));
  });

  // Only the first rank asks.
  TimeLimit limit(is_first ? options.time_limit_s : std::numeric_limits<double>::infinity(), lookup,
                  time_left_by_squeue);
  if (!limit.note().empty()) std::fprintf(stderr, "ksweep: %s\n", limit.note().c_str());
  Ending ending{store, limit, std::filesystem::file_time_type::clock::now(), session.n_ranks(),
                !std::filesystem::is_regular_file(options.sweep)};
  Crew crew(threads);
  const Runner runner(plan, jobs, data, store, crashes, kernels_for(isa), crew.team(), options,
                      sweep.save_weights, session.rank());
  const Callbacks callbacks{
      [&](std::uint32_t job, const KeepGoing& heartbeat) {
        crew.begin_job();
        return runner.run(job, [&] {
          crew.keep_pace();
          return heartbeat();
        });
      },
      [&](const JobReport& report) { book->take(report); },
      [&] { book->tick(); },
      [&](int lender) { crew.borrow(lender); },
      [&](int rank, RankLoss why, std::optional<std::uint32_t> job) { return book->lose(rank, why, job); },
      [&] { return runner.progress(); },
      [&](int rank, double share) { book->take_progress(rank, share); }};
  RunOutcome outcome;
  try {
    outcome = run_jobs(world, jobs, callbacks, stop_requested, run_rules(options, book, limit, lookup));
  } catch (...) {
    if (is_first) book->give_up();
    if (is_first && book->ranks_lost()) leave_at_once(report_errors([]() -> int { throw; }));
    throw;
  }
  if (cpu_time_is_spent()) tell_cpu_time(session.rank());
  const auto finish = [&] {
    if (!book) return;
    book->finish(outcome.end);
    store.remove_checkpoints_of(ended_trainings(plan, book->without_result()));
  };
  ending.signal = outcome.ranks_lost ? stop_signal_text() : first_text(world, stop_signal_text());
  if (const auto cause = cause_of_supervisor(); !ending.signal.empty() && !cause.empty())
    ending.signal = cause;
  if (outcome.ranks_lost) leave_survivors(book, outcome.end, ending, finish);
  together(world, finish);
  return book ? told_end(*book, outcome.end, ending) : static_cast<int>(ExitCode::done);
}

}  // namespace ksweep
