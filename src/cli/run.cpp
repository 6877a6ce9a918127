#include "cli/run.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <new>
#include <optional>
#include <set>

#include "cli/job_checkpoint.h"
#include "cli/provenance.h"
#include "cli/run_book.h"
#include "cli/run_data.h"
#include "cli/run_lock.h"
#include "core/denormals.h"
#include "core/errors.h"
#include "core/host.h"
#include "core/sha256.h"
#include "core/trial_keys.h"
#include "kernels/isa.h"
#include "schedule/collect.h"
#include "schedule/crew.h"
#include "schedule/mpi.h"
#include "schedule/signals.h"
#include "schedule/threads.h"
#include "store/store.h"
#include "sweep/cost.h"
#include "sweep/plan.h"
#include "train/train.h"

namespace ksweep {
namespace {

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

/// Names of the hosts of all ranks, each once.
std::string all_hosts(MPI_Comm world) {
  const auto of_ranks = texts_of_all(world, host_name());
  std::string text;
  for (const std::string& host : std::set<std::string>(of_ranks.begin(), of_ranks.end()))
    text += (text.empty() ? "" : ",") + host;
  return text;
}

/// One rank's part in running the sweep.
class Runner {
 public:
  Runner(const std::vector<PlannedTrial>& plan, const std::vector<Job>& jobs, const RunData& data,
         const Store& store, const Kernels& kernels, const Team& team, bool save_weights, int rank,
         int checkpoint_interval_s)
      : plan_(plan),
        jobs_(jobs),
        data_(data),
        store_(store),
        kernels_(kernels),
        team_(team),
        save_weights_(save_weights),
        rank_(rank),
        checkpoint_interval_s_(checkpoint_interval_s) {}

  JobReport run(std::uint32_t job, const Heartbeat& heartbeat) const {
    std::vector<Trial> trials;
    for (const std::uint32_t position : jobs_[job].trials) trials.push_back(plan_[position].trial);
    JobReport report;
    report.best_accuracy = not_measured;
    JobCheckpoint checkpoint(store_, jobs_[job].training_id, identity_of(jobs_[job]), checkpoint_interval_s_);
    std::vector<TrialResult> results = train_or_fail(trials, heartbeat, checkpoint);
    for (std::size_t i = 0; i < results.size(); ++i) {
      TrialResult& result = results[i];
      result.id = plan_[jobs_[job].trials[i]].id;
      result.host = host_name();
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

 private:
  /// What must be the same for a training to go on: the trials read from it, and the kernels.
  std::string identity_of(const Job& job) const {
    std::string text = kernels_.isa;
    for (const std::uint32_t position : job.trials) text += " " + id_text(plan_[position].id);
    return text;
  }

  std::vector<TrialResult> train_or_fail(const std::vector<Trial>& trials, const Heartbeat& heartbeat,
                                         JobCheckpoint& checkpoint) const {
    const double started_unix_s = unix_time_s();
    try {
      return train(trials, data_.of(trials[0]),
                   {kernels_, team_, save_weights_, heartbeat, checkpoint.functions()});
    } catch (const std::bad_alloc&) {
      std::vector<TrialResult> results(trials.size());
      for (std::size_t i = 0; i < trials.size(); ++i) {
        results[i].trial = trials[i];
        results[i].status = Status::failed;
        results[i].reason = "out of memory: use fewer ranks per node, or a smaller net";
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
  const Kernels& kernels_;
  const Team& team_;
  bool save_weights_;
  int rank_;
  int checkpoint_interval_s_;
};

/// Those of which all trials are stored.
std::set<std::uint64_t> ended_trainings(const std::vector<PlannedTrial>& plan,
                                        const std::vector<std::uint32_t>& missing) {
  std::set<std::uint64_t> ended;
  for (const PlannedTrial& planned : plan) ended.insert(planned.training_id);
  for (const std::uint32_t position : missing) ended.erase(plan[position].training_id);
  return ended;
}

/// Where the results are, and on 2 and 75 the command that goes on, which is the last line.
void print_end(const RunBook& book, RunEnd end, int n_ranks) {
  std::printf("results: %s\n", book.sweep_file().c_str());
  if (end == RunEnd::stopped)
    std::printf("stopped with work left; nothing finished is lost. To go on:\n%s\n",
                command_text(n_ranks).c_str());
  else if (book.n_failed() > 0) {
    const std::string command = command_text(n_ranks), retry = "--retry-failed";
    std::printf("%zu trials failed; the report lists their reasons. To try them again:\n%s\n",
                book.n_failed(),
                (command.find(retry) == std::string::npos ? command + " " + retry : command).c_str());
  }
  std::fflush(stdout);
}

int exit_code(const RunBook& book, RunEnd end) {
  const ExitCode code = end == RunEnd::stopped ? ExitCode::stopped
                        : book.n_failed() > 0  ? ExitCode::failed_trials
                                               : ExitCode::done;
  return static_cast<int>(code);
}

}  // namespace

int run_command(const RunOptions& options) {
  flush_denormals();
  const std::atomic<bool>& stop_requested = catch_stop_signals();
  int argc = 0;
  char** argv = nullptr;
  const MpiSession session(argc, argv);
  const MPI_Comm world = session.world();
  const bool is_first = session.rank() == 0;

  Sweep sweep;
  together(world, [&] { sweep = read_sweep(options.sweep, options.overrides); });
  const auto lookup = [](const char* name) -> const char* { return std::getenv(name); };
  const ThreadPlan threads = check_threads(world, thread_request(options.threads, lookup));
  if (is_first && !threads.warning.empty()) std::fprintf(stderr, "ksweep: %s\n", threads.warning.c_str());

  const RunData data(world, sweep, options.data_dir);
  const auto facts_of_trial = [&](const Trial& trial) { return data.facts(trial); };
  std::vector<PlannedTrial> plan;
  together(world, [&] { plan = plan_trials(sweep, facts_of_trial); });

  const Store store(options.output);
  std::optional<RunLock> lock;
  std::optional<RunBook> book;
  together(world, [&] {
    if (!is_first) return;
    store.prepare();
    lock.emplace(store.folder());
    book.emplace(sweep, plan, store, facts_of_trial, session.n_ranks(), options.quiet, options.retry_failed);
    store.remove_checkpoints_of(ended_trainings(plan, book->missing()));
  });
  const std::string stored_isa = first_text(world, is_first ? book->instruction_set() : "");
  const std::string isa = common_isa(world, options.isa, stored_isa);
  if (is_first && !stored_isa.empty() && stored_isa != isa)
    std::fprintf(
        stderr,
        "ksweep: the trials stored in %s were computed with %s kernels, new ones are with %s: their last "
        "bits may "
        "differ from those of one run. Use --isa %s on machines that have it, or another --output.\n",
        store.folder().c_str(), stored_isa.c_str(), isa.c_str(), stored_isa.c_str());
  const RunFacts facts{isa, session.n_ranks(), threads.threads, all_hosts(world)};

  const auto missing = list_of_first(world, is_first ? book->missing() : std::vector<std::uint32_t>{});
  const Rates rates = *rates_from_text(first_text(world, is_first ? rates_text(book->rates()) : ""));
  const auto jobs = make_jobs(plan, missing, facts_of_trial, rates);
  together(world, [&] {
    if (is_first)
      book->start(jobs, threads.threads, data.of(sweep.trials.front()).shape, provenance(sweep, data, facts));
  });

  Crew crew(threads);
  const Runner runner(plan, jobs, data, store, kernels_for(isa), crew.team(), sweep.save_weights,
                      session.rank(), options.checkpoint_interval_s);
  const Callbacks callbacks{
      [&](std::uint32_t job, const Heartbeat& heartbeat) { return runner.run(job, heartbeat); },
      [&](const JobReport& report) { book->take(report); }, [&] { book->tick(); },
      [&](int lender) { crew.borrow(lender); }};
  RunEnd end = RunEnd::stopped;
  try {
    end = run_jobs(world, jobs, callbacks, stop_requested);
  } catch (...) {
    if (is_first) book->give_up();
    throw;
  }
  together(world, [&] {
    if (!is_first) return;
    book->finish(end);
    store.remove_checkpoints_of(ended_trainings(plan, book->missing()));
  });
  if (!is_first) return static_cast<int>(ExitCode::done);
  print_end(*book, end, session.n_ranks());
  return exit_code(*book, end);
}

}  // namespace ksweep
