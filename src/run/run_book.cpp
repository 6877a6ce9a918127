#include "run/run_book.h"

#include <fmt/core.h>

#include <algorithm>
#include <cstdio>
#include <exception>

#include "base/fault.h"
#include "base/host.h"
#include "run/stored_rates.h"
#include "run/text.h"

namespace ksweep {

namespace {

std::optional<Race> race_of(const RunBook::Subject& subject, const ResultTable& table) {
  if (!subject.sweep.race) return std::nullopt;
  return std::optional<Race>(std::in_place, *subject.sweep.race,
                             metric_of_race(subject.sweep, subject.plan, subject.facts), table.trials(),
                             subject.options.budget_core_hours);
}

std::vector<PlannedPair> pairs_after(const Race& race, const RunBook::Subject& subject,
                                     const ResultTable& table) {
  return possible_pairs(subject.pairs, race.field(), race.record().state, table.trials());
}

/// Returns the pairs that are to be compared, as the stored results say, with or without weights.
std::vector<PlannedPair> stored_pairs(const RunBook::Subject& subject) {
  if (!subject.sweep.race) return subject.pairs;
  const std::vector<bool> no_weights(subject.plan.size());
  const ResultTable table(subject.sweep, subject.plan, subject.store,
                          trials_of_shard(subject.options.shard, subject.plan, subject.facts), no_weights,
                          subject.options.retry_failed);
  return pairs_after(*race_of(subject, table), subject, table);
}

/// Returns (trial) whether it is not done without stored weights: those that the sweep file asks to keep, and those that it
/// expressly asks to compare.
std::vector<bool> weights_needed(const RunBook::Subject& subject) {
  std::vector<bool> needed(subject.plan.size());
  if (subject.sweep.consistency == Consistency::yes)
    needed = needed_for_pairs(stored_pairs(subject), subject.plan, subject.store);
  for (std::size_t i = 0; i < needed.size(); ++i)
    if (subject.sweep.save_weights && subject.plan[i].trial.kind != ModelKind::raw) needed[i] = true;
  return needed;
}

}  // namespace

RunBook::RunBook(Subject subject)
    : subject_(std::move(subject)),
      table_(subject_.sweep, subject_.plan, subject_.store,
             trials_of_shard(subject_.options.shard, subject_.plan, subject_.facts), weights_needed(subject_),
             subject_.retry_failed),
      race_(race_of(subject_, table_)),
      crash_policy_(subject_.crashes, table_),
      publisher_(subject_.sweep, table_, subject_.pairs, subject_.store, subject_.options, race(),
                 subject_.stop),
      calibration_(table_, subject_.facts, stored_rates(subject_.store.folder())),
      n_running_(subject_.n_ranks) {
  if (subject_.retry_failed) subject_.crashes.forget_all();
  crash_policy_.fail_missing();
  const std::size_t n_failed = table_.count(Status::failed);
  n_failed_before_ = subject_.n_failed_before.value_or(n_failed);
  n_before_ = table_.count(Status::done) + n_failed;
}

std::vector<PlannedPair> RunBook::possible_pairs() const {
  return race_ ? pairs_after(*race_, subject_, table_) : subject_.pairs;
}

std::vector<std::uint32_t> RunBook::next_trials() {
  if (!race_) return table_.missing();
  read_reported();
  race_->judge();
  return race_->next_trials();
}

void RunBook::begin(const std::vector<Job>& jobs, int n_threads) {
  if (!outlook_) awake_ = AwakeClock(longest_tick_s);
  jobs_ = jobs;
  n_jobs_left_ = jobs.size();
  n_threads_ = n_threads;
  running_.clear();
  outlook_.emplace(jobs_, expected_times_s(jobs_, subject_.plan, subject_.facts, rates(), n_threads),
                   subject_.n_ranks, awake_.seconds());
}

void RunBook::start(SampleShape shape, std::vector<std::pair<std::string, std::string>> provenance) {
  publisher_.describe(shape, std::move(provenance));
  write_status("running");
  // Makes the file name the folder's sweep from now on.  If another shard is writing the file, it does the
  // same.
  if (!publisher_.sweep_file_is_of_this_grid()) publisher_.fold(table_, calibration_);
}

void RunBook::take(const JobReport& report) {
  running_.erase(report.rank);
  --n_jobs_left_;
  outlook_->end(report.job, report.rank, report.seconds, awake_.seconds());
  table_.report(jobs_.at(report.job).trials);
  read_reported();
}

void RunBook::read_reported() {
  const std::size_t n_read = table_.read_reported();
  n_since_fold_ += n_read;
  if (n_read > 0) count_failures();
}

void RunBook::take_progress(int rank, double share) {
  outlook_->progress(rank, share, awake_.seconds());
  running_[rank].share = share;
}

void RunBook::take_detail(int rank, std::uint32_t job, const std::string& detail) {
  const std::vector<std::uint32_t>& trials = jobs_.at(job).trials;
  RunningTrial& running = running_[rank];
  running.name = table_.name_of(trials.front());
  running.n_more = static_cast<double>(trials.size() - 1);
  running.detail = detail;
}

bool RunBook::lose(int rank, RankLoss why, std::optional<std::uint32_t> job) {
  ++n_lost_;
  --n_running_;
  running_.erase(rank);
  if (crash_policy_.may_try_again(rank, why, job ? &jobs_.at(*job) : nullptr)) return true;
  count_failures();
  return false;
}

void RunBook::tick() {
  read_reported();
  if (calibration_.update())
    outlook_->expect(expected_times_s(jobs_, subject_.plan, subject_.facts, rates(), n_threads_));
  publisher_.show(progress());
  if (publisher_.is_status_due()) write_status("running");
  if (n_since_fold_ == 0 || !publisher_.is_fold_due()) return;
  if (race_) race_->judge();  // so that the file's race is that of its results
  if (publisher_.fold(table_, calibration_)) n_since_fold_ = 0;
}

/// Of a race, the leader's best trial: a setting that has left may have been lucky with its few seeds.
BestTrial RunBook::best() const {
  const auto position = race_ ? race_->best_trial() : std::nullopt;
  if (!position) return table_.best();
  const ReportMetric& metric = race_->metric();
  return {&metric, table_.trials()[*position].*metric.choosing, table_.name_of(*position)};
}

ProgressState RunBook::progress() const {
  ProgressState state;
  state.n_done = static_cast<double>(table_.count(Status::done));
  state.n_failed = static_cast<double>(table_.count(Status::failed));
  state.n_left = race_ ? static_cast<double>(race_->possible_trials().size())
                       : static_cast<double>(table_.n_trials()) - state.n_done - state.n_failed;
  state.n_running =
      std::min({static_cast<double>(n_running_), state.n_left, static_cast<double>(n_jobs_left_)});
  state.n_before = static_cast<double>(n_before_);
  state.n_pairs = static_cast<double>(n_pairs_);
  state.n_pairs_done = static_cast<double>(n_pairs_done_);
  state.elapsed_s = awake_.seconds();  // without the time in which the process was suspended
  if (outlook_) {
    state.progress_of_running = outlook_->mean_progress();
    if (rates().n_measured > 0 || outlook_->has_seen_enough())
      state.left_s = outlook_->left_s(state.elapsed_s, n_running_ > 0);
  }
  state.best = best();
  if (race_) state.race = race_->progress();
  return state;
}

void RunBook::write_status(const std::string& state, double exit_code) {
  publisher_.write_status({state, exit_code, n_lost_, state == "running" ? running_json(running_) : "[]"},
                          progress());
}

bool RunBook::fold_at_last(const std::string& finished) {
  if (race_) race_->judge();
  return publisher_.fold_at_last(table_, calibration_, finished, [&] {
    if (publisher_.is_status_due()) write_status("running");
  });
}

void RunBook::count_failures() {
  const auto& most = subject_.options.max_failures;
  too_many_failed_ =
      most && table_.count(Status::failed) > n_failed_before_ + static_cast<std::size_t>(*most);
}

ExitCode RunBook::exit_code(RunEnd end) const {
  if (end == RunEnd::stopped && !too_many_failed()) return ExitCode::stopped;
  return table_.count(Status::failed) > 0 ? ExitCode::failed_trials : ExitCode::done;
}

void RunBook::finish(RunEnd& end) {
  read_reported();
  for (const std::uint32_t position : table_.unread())
    fmt::print(stderr, "{}: trial {} was finished, but its file cannot be read: it will be trained again.\n",
               subject_.store.trial_path(subject_.plan[position].id).string(), table_.name_of(position));
  if (!table_.unread().empty()) end = RunEnd::stopped;
  n_running_ = 0;
  std::exception_ptr fault;
  try {
    if (!fold_at_last(end == RunEnd::complete ? iso_time(unix_time_s()) : "")) {
      fmt::print(
          stderr,
          "ksweep: {}: another shard is writing it: what this one finished is in {}, and the next run adds "
          "it.\n",
          publisher_.sweep_file().string(), (subject_.store.folder() / "trials").string());
      end = RunEnd::stopped;
    }
  } catch (...) {
    fault = std::current_exception();
  }
  const ExitCode code = fault ? fault_of(fault).code : exit_code(end);
  write_status(fault ? "fault" : end == RunEnd::complete ? "complete" : "stopped", static_cast<double>(code));
  publisher_.show_last(progress());
  if (fault) std::rethrow_exception(fault);
}

void RunBook::give_up() noexcept {
  n_running_ = 0;
  const auto cause = std::current_exception();
  try {
    read_reported();
    fold_at_last("");
  } catch (...) {
  }
  try {
    write_status("fault", static_cast<double>(fault_of(cause).code));
  } catch (...) {
  }
}

}  // namespace ksweep
