#include "run/run_book.h"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <map>
#include <set>

#include "base/build_info.h"
#include "base/fault.h"
#include "base/host.h"
#include "base/process.h"
#include "core/trial_keys.h"
#include "run/launch.h"
#include "run/run_lock.h"
#include "run/stored_rates.h"
#include "run/text.h"
#include "store/best.h"

namespace ksweep {
namespace {

using Seconds = std::chrono::duration<double>;

constexpr Seconds status_interval{status_interval_s}, fold_interval{30};
// The sweep file is rewritten whole: so seldom that this takes less than a fiftieth of rank 0's time.
constexpr double fold_share = 50;
// After a stop.
constexpr Seconds patience_with_shards{3};
// A training in whose midst the program died so often, without a new checkpoint, is not tried again.
constexpr int most_crashes = 5;
// Rates are fitted anew when there are so many times as many measured trials.
constexpr double growth = 1.2;

/// The reason without what differs from trial to trial of the same kind: numbers, and the cure.
std::string kind_of_reason(const std::string& reason) {
  std::string kind = reason.substr(0, reason.find(": "));
  std::erase_if(kind, [](char letter) { return letter >= '0' && letter <= '9'; });
  return kind;
}

}  // namespace

RunBook::RunBook(const Sweep& sweep, const std::vector<PlannedTrial>& plan, const Store& store,
                 CrashBook& crashes, FactsOf facts, int n_ranks, const RunOptions& options,
                 const std::atomic<bool>& stop)
    : sweep_(sweep),
      plan_(plan),
      store_(store),
      facts_(std::move(facts)),
      shard_(options.shard),
      mine_(trials_of_shard(shard_, plan, facts_)),
      max_failures_(options.max_failures),
      n_ranks_(n_ranks),
      n_running_(n_ranks),
      quiet_(options.quiet),
      stop_(stop),
      crashes_(crashes),
      progress_(stderr),
      started_unix_s_(unix_time_s()) {
  for (const Axis& axis : sweep.axes) record_.axes.push_back(axis.key);
  record_.trials.resize(plan.size());
  for (std::uint32_t i = 0; i < plan.size(); ++i) load(i, options.retry_failed && mine_[i]);
  std::set<std::uint64_t> ids;
  for (const PlannedTrial& planned : plan) ids.insert(planned.id);
  record_.others = store.others(ids);
  if (options.retry_failed) crashes_.forget_all();
  set_aside_poison();
  n_before_ = count(Status::done) + count(Status::failed);
  n_failed_before_ = count(Status::failed);
  prior_ = stored_rates(store.folder());
  rates_ = calibrated_rates(plan_, record_.trials, facts_, prior_);
  n_fitted_ = count(Status::done);
}

void RunBook::load(std::uint32_t position, bool retry_failed) {
  const PlannedTrial& planned = plan_[position];
  TrialResult& result = record_.trials[position];
  result.trial = planned.trial;
  result.id = planned.id;
  const bool needs_weights = sweep_.save_weights && planned.trial.kind != ModelKind::raw;
  auto stored =
      store_.read(planned.id, identity(planned.trial), needs_weights ? Detail::everything : Detail::numbers);
  if (!stored || (stored->status == Status::failed && retry_failed)) return;
  if (needs_weights && stored->status == Status::done && stored->weights.empty()) return;
  stored->weights = {};
  stored->filters = {};
  result = std::move(*stored);
  result.trial = planned.trial;  // the same, but the data may have had another name then
  if (result.status == Status::done && !(result.validation_accuracy <= best_accuracy_) &&
      trains_codes(planned.trial.kind)) {
    best_accuracy_ = result.validation_accuracy;
    best_trial_ = trial_text(sweep_.axes, planned.trial);
  }
}

bool RunBook::is_poison(std::uint64_t training) const { return crashes_.n_crashes(training) >= most_crashes; }

void RunBook::set_aside_poison() {
  for (std::uint32_t i = 0; i < plan_.size(); ++i)
    if (mine_[i] && record_.trials[i].status == Status::missing && is_poison(plan_[i].training_id))
      set_aside(i);
}

void RunBook::set_aside(std::uint32_t position) {
  TrialResult& result = record_.trials[position];
  result.status = Status::failed;
  result.reason =
      std::string(set_aside_reason) + ": the program died " +
      std::to_string(crashes_.n_crashes(plan_[position].training_id)) +
      " times in a row while it was training this, without getting on (killed, out of memory, or a "
      "fault of ksweep)";
  result.started_unix_s = unix_time_s();
  result.host = host_name();
  result.program_version = program_version();
  store_.write(result);
  std::fprintf(stderr, "ksweep: trial %s is %s.\n", trial_text(sweep_.axes, plan_[position].trial).c_str(),
               result.reason.c_str());
}

bool RunBook::lose(int rank, RankLoss why, std::optional<std::uint32_t> job) {
  ++n_lost_;
  --n_running_;
  std::string text =
      "rank " + std::to_string(rank) +
      (why == RankLoss::died ? " has died" : " gives no sign of life: it hangs, or its node is gone");
  if (job) text += " while training " + trial_text(sweep_.axes, plan_[jobs_.at(*job).trials.front()].trial);
  std::fprintf(stderr, "ksweep: %s.\n", text.c_str());
  if (!job) return true;
  crashes_.count_crash_of(rank);
  if (!is_poison(jobs_[*job].training_id)) return true;
  for (const std::uint32_t position : jobs_[*job].trials) set_aside(position);
  count_failures();
  return false;
}

std::vector<std::uint32_t> RunBook::without_result() const {
  std::vector<std::uint32_t> positions;
  for (std::uint32_t i = 0; i < plan_.size(); ++i)
    if (record_.trials[i].status == Status::missing) positions.push_back(i);
  return positions;
}

std::vector<std::uint32_t> RunBook::missing() const {
  std::vector<std::uint32_t> positions = without_result();
  std::erase_if(positions, [this](std::uint32_t position) { return !mine_[position]; });
  return positions;
}

void RunBook::start(const std::vector<Job>& jobs, int n_threads, SampleShape shape,
                    std::vector<std::pair<std::string, std::string>> provenance) {
  jobs_ = jobs;
  n_threads_ = n_threads;
  outlook_.emplace(jobs_, expected_times_s(jobs_, plan_, facts_, rates_, n_threads), n_ranks_);
  record_.channels = shape.channels;
  record_.height = shape.height;
  record_.width = shape.width;
  record_.provenance = std::move(provenance);
  awake_ = AwakeClock(longest_tick_s);
  write_status_file("running");
  // So that from now on the file tells what the folder is of.  A shard that is writing it does the same.
  if (!sweep_file_is_of_this_grid()) fold("", [] { return false; });
}

bool RunBook::sweep_file_is_of_this_grid() const {
  return std::ranges::all_of(record_.provenance, [&](const auto& fact) {
    const bool decides = fact.first == "sweep_text" || fact.first == "overrides";
    return !decides || sweep_attribute(sweep_file(), fact.first) == fact.second;
  });
}

/// Since the start, without the time in which all was suspended.
double RunBook::seconds_now() const { return awake_.seconds(); }

void RunBook::take(const JobReport& report) {
  outlook_->end(report.job, report.rank, report.seconds, seconds_now());
  const Job& job = jobs_.at(report.job);
  unread_.insert(unread_.end(), job.trials.begin(), job.trials.end());
  read_reported();
}

void RunBook::take_progress(int rank, double share) { outlook_->progress(rank, share, seconds_now()); }

void RunBook::calibrate() {
  const std::size_t n_done = count(Status::done);
  if (n_done == n_fitted_ || static_cast<double>(n_done) < growth * static_cast<double>(n_fitted_)) return;
  n_fitted_ = n_done;
  rates_ = calibrated_rates(plan_, record_.trials, facts_, prior_);
  outlook_->expect(expected_times_s(jobs_, plan_, facts_, rates_, n_threads_));
}

/// On network file systems another node's new file may show up late: what cannot be read yet is tried again.
void RunBook::read_reported() {
  for (const std::uint32_t position : unread_) load(position, false);
  const auto still =
      std::erase_if(unread_, [&](std::uint32_t p) { return record_.trials[p].status != Status::missing; });
  n_since_fold_ += still;
  if (still > 0) count_failures();
}

void RunBook::tick() {
  const auto now = Clock::now();
  read_reported();
  calibrate();
  if (!quiet_) progress_.show(progress_state());
  if (now - last_status_ > status_interval) write_status_file("running");
  if (n_since_fold_ > 0 && now - last_fold_ > std::max(fold_interval, Seconds(fold_share * fold_time_s_)))
    fold("", [] { return false; });
}

void RunBook::finish(RunEnd& end) {
  read_reported();
  for (const std::uint32_t position : unread_)
    std::fprintf(stderr,
                 "%s: trial %s was finished, but its file cannot be read: it will be trained again.\n",
                 store_.trial_path(plan_[position].id).c_str(),
                 trial_text(sweep_.axes, plan_[position].trial).c_str());
  if (!unread_.empty()) end = RunEnd::stopped;
  n_running_ = 0;
  std::exception_ptr fault;
  try {
    if (!fold_unless_stopped(end == RunEnd::complete ? iso_time(unix_time_s()) : "")) {
      std::fprintf(stderr,
                   "ksweep: %s: another shard is writing it: what this one finished is in %s, and the next "
                   "run adds it.\n",
                   sweep_file().c_str(), (store_.folder() / "trials").c_str());
      end = RunEnd::stopped;
    }
  } catch (...) {
    fault = std::current_exception();
  }
  const ExitCode code = fault ? fault_of(fault).code : exit_code(end);
  write_status_file(fault                     ? "fault"
                    : end == RunEnd::complete ? "complete"
                                              : "stopped",
                    static_cast<double>(code));
  if (!quiet_) progress_.finish(progress_state());
  if (fault) std::rethrow_exception(fault);
}

void RunBook::give_up() noexcept {
  n_running_ = 0;
  try {
    read_reported();
    fold_unless_stopped("");
  } catch (...) {
  }
  try {
    write_status_file("fault", static_cast<double>(fault_of(std::current_exception()).code));
  } catch (...) {
  }
}

std::string RunBook::instruction_set() const {
  for (const TrialResult& result : record_.trials)
    if (result.status != Status::missing && !result.instruction_set.empty()) return result.instruction_set;
  return "";
}

RunBook::Failures RunBook::failures() const {
  Failures failures;
  std::map<std::string, std::size_t> n_of;
  for (std::size_t i = 0; i < mine_.size(); ++i) {
    const TrialResult& result = record_.trials[i];
    if (!mine_[i] || result.status != Status::failed) continue;
    failures.may_succeed = failures.may_succeed || failed_by_circumstance(result);
    const std::size_t n = ++n_of[kind_of_reason(result.reason)];
    if (n <= failures.n_of_it) continue;
    failures.n_of_it = n;
    failures.commonest_reason = result.reason;
  }
  return failures;
}

double RunBook::n_trials() const { return static_cast<double>(std::ranges::count(mine_, true)); }

std::size_t RunBook::count(Status status) const {
  std::size_t n = 0;
  for (std::size_t i = 0; i < mine_.size(); ++i) n += mine_[i] && record_.trials[i].status == status;
  return n;
}

ProgressState RunBook::progress_state() const {
  ProgressState state;
  state.n_done = static_cast<double>(count(Status::done));
  state.n_failed = static_cast<double>(count(Status::failed));
  state.n_left = n_trials() - state.n_done - state.n_failed;
  state.n_running = std::min<double>(n_running_, state.n_left);
  state.n_before = static_cast<double>(n_before_);
  state.elapsed_s = seconds_now();
  if (outlook_) {
    state.progress_of_running = outlook_->mean_progress();
    if (rates_.n_measured > 0 || outlook_->has_seen_enough())
      state.left_s = outlook_->left_s(state.elapsed_s, n_running_ > 0);
  }
  state.best_accuracy = best_accuracy_;
  state.best_trial = best_trial_;
  return state;
}

void RunBook::count_failures() {
  too_many_failed_ =
      max_failures_ && count(Status::failed) > n_failed_before_ + static_cast<std::size_t>(*max_failures_);
}

ExitCode RunBook::exit_code(RunEnd end) const {
  if (end == RunEnd::stopped && !too_many_failed()) return ExitCode::stopped;
  return n_failed() > 0 ? ExitCode::failed_trials : ExitCode::done;
}

void RunBook::write_status_file(const std::string& state, double exit_code) {
  last_status_ = Clock::now();
  const ProgressState progress = progress_state();
  SweepStatus status;
  status.title = sweep_.title;
  status.state = state;
  status.host = host_name();
  status.pid = ::getpid();
  status.pid_start = static_cast<double>(process_start(::getpid()));
  status.ranks_lost = n_lost_;
  status.exit_code = exit_code;
  if (const char* attempt = std::getenv(attempt_variable)) status.attempt = attempt;
  status.n_trials = n_trials();
  if (!shard_.is_whole()) status.shard = std::to_string(shard_.number) + "/" + std::to_string(shard_.count);
  status.n_done = progress.n_done;
  status.n_failed = progress.n_failed;
  status.n_running = progress.n_running;
  status.best_accuracy = progress.best_accuracy;
  status.best_trial = progress.best_trial;
  for (const auto& [name, text] : record_.provenance)
    if (name == "data_notes") status.notes = text;
  if (n_others() > 0) status.notes += (status.notes.empty() ? "" : "\n") + note_on_others();
  if (progress.n_failed > 0)
    status.notes += (status.notes.empty() ? "" : "\n") +
                    std::string("failed trials, the commonest reason: ") + failures().commonest_reason;
  status.started_unix_s = started_unix_s_;
  status.updated_unix_s = unix_time_s();
  const double n_new = progress.n_done + progress.n_failed - progress.n_before;
  status.trials_per_s = progress.elapsed_s > 0 ? n_new / progress.elapsed_s : 0;
  status.left_s = progress.left_s;
  write_status(status_path(store_.folder(), shard_.suffix()), status);
}

std::string RunBook::note_on_others() const {
  return count_text(static_cast<double>(n_others()), "finished trial") +
         " of other grids in this folder: kept, and left out of reports; `ksweep prune " +
         store_.folder().string() + "` removes what this grid does not ask for";
}

/// Who asked for a stop does not wait long for other shards.
bool RunBook::fold_unless_stopped(const std::string& finished) {
  std::optional<Clock::time_point> stopped_at;
  return fold(finished, [&] {
    if (stop_ && !stopped_at) stopped_at = Clock::now();
    if (Clock::now() - last_status_ > status_interval) write_status_file("running");
    return !stopped_at || Clock::now() - *stopped_at < patience_with_shards;
  });
}

bool RunBook::fold(const std::string& finished, const std::function<bool()>& may_wait) {
  const auto begin = Clock::now();
  // So that the last of several shards to fold has seen what the others finished.
  std::optional<FoldLock> lock;
  if (!shard_.is_whole()) {
    lock.emplace(store_.folder(), may_wait);
    if (!lock->is_held()) return false;
    for (std::uint32_t i = 0; i < plan_.size(); ++i)
      if (!mine_[i] && record_.trials[i].status == Status::missing) load(i, false);
  }
  SweepRecord record = record_;
  record.best = best_of_each_k(record.trials, store_);
  record.provenance.emplace_back("finished", finished);
  record.provenance.emplace_back(rates_attribute,
                                 rates_text(calibrated_rates(plan_, record_.trials, facts_, prior_)));
  write_sweep_file(sweep_file(), record);
  n_since_fold_ = 0;
  last_fold_ = Clock::now();
  fold_time_s_ = Seconds(last_fold_ - begin).count();
  return true;
}

}  // namespace ksweep
