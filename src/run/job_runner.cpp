#include "run/job_runner.h"

#include <new>

#include "base/build_info.h"
#include "base/host.h"
#include "base/sha256.h"
#include "cost/cost.h"
#include "kernels/isa.h"
#include "train/train.h"

namespace ksweep {
namespace {

/// Marks a training as active in the crash book until it ends in any way but a crash.
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

std::vector<TrialResult> failed_for_want_of_memory(const std::vector<Trial>& trials, double started_unix_s,
                                                   int n_threads) {
  std::vector<TrialResult> results(trials.size());
  for (std::size_t i = 0; i < trials.size(); ++i) {
    results[i].trial = trials[i];
    results[i].status = Status::failed;
    results[i].reason = std::string(out_of_memory_reason) + ": use fewer ranks per node, or a smaller net";
    results[i].started_unix_s = started_unix_s;
    results[i].wall_time_s = unix_time_s() - started_unix_s;
    results[i].threads = n_threads;
  }
  return results;
}

}  // namespace

JobRunner::JobRunner(const OpenRun& run, const PlanRun& planned, const Team& team)
    : run_(run), planned_(planned), kernels_(planned.kernels()), team_(team) {}

JobReport JobRunner::run(std::uint32_t position, const KeepGoing& keep_going) {
  const Job& job = planned_.jobs()[position];
  const CrashBook& crashes = planned_.crashes();
  const Active active(crashes, run_.rank(), job.training_id);
  JobReport report;
  progress_ = 0;
  n_epochs_ = epochs_of(planned_.plan()[job.trials.front()].trial);
  losses_.clear();
  JobCheckpoint checkpoint(planned_.store(), job.training_id, identity_of(job),
                           run_.options().checkpoint_interval_s, crashes.is_suspect(job.training_id));
  std::vector<TrialResult> results = train_or_fail(job, keep_going, checkpoint);
  for (std::size_t i = 0; i < results.size(); ++i) {
    TrialResult& result = results[i];
    result.id = planned_.plan()[job.trials[i]].id;
    result.host = host_name();
    result.program_version = program_version();
    result.rank = run_.rank();
    result.predicted_time_s =
        job.predicted_s / thread_speedup(result.threads) / static_cast<double>(results.size());
    planned_.store().write(result);
    ++(result.status == Status::done ? report.n_done : report.n_failed);
    report.seconds += result.wall_time_s;
  }
  checkpoint.remove();
  return report;
}

/// Returns what must be equal for a training to continue: the trials read from it, and the kernels.
std::string JobRunner::identity_of(const Job& job) const {
  std::string text = kernels_.bits;
  for (const std::uint32_t position : job.trials) text += " " + id_text(planned_.plan()[position].id);
  return text;
}

std::vector<TrialResult> JobRunner::train_or_fail(const Job& job, const KeepGoing& keep_going,
                                                  JobCheckpoint& checkpoint) {
  std::vector<Trial> trials;
  for (const std::uint32_t position : job.trials) trials.push_back(planned_.plan()[position].trial);
  const double started_unix_s = unix_time_s();
  try {
    return train(
        trials, run_.data().of(trials[0]),
        {.kernels = kernels_,
         .team = team_,
         .save_weights = run_.sweep().save_weights || planned_.is_paired(job.training_id),
         .keep_going = keep_going,
         .checkpoints = checkpoint.functions(),
         .tell_progress = [&](double share) { progress_ = share * job.training_share; },
         .tell_probes =
             [&](double share) { progress_ = job.training_share + share * (1 - job.training_share); },
         .tell_losses = [&](const std::vector<double>& losses) { losses_ = losses; },
         .weight_places = run_.weight_places()});
  } catch (const std::bad_alloc&) {
    return failed_for_want_of_memory(trials, started_unix_s, team_.n_threads());
  }
}

}  // namespace ksweep
