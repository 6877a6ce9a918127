#include "run/publisher.h"

#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <optional>

#include "base/host.h"
#include "base/process.h"
#include "run/launch.h"
#include "run/run_lock.h"
#include "run/stored_rates.h"
#include "run/text.h"
#include "store/best.h"
#include "store/status_file.h"
#include "store/sweep_file.h"

namespace ksweep {
namespace {

using Seconds = std::chrono::duration<double>;

constexpr Seconds status_interval{status_interval_s}, fold_interval{30};
// The sweep file is rewritten whole, at intervals such that this takes less than a fiftieth of rank 0's time.
constexpr double fold_share = 50;
// Applies after a stop.
constexpr Seconds patience_with_shards{3};

}  // namespace

Publisher::Publisher(const Sweep& sweep, const ResultTable& table, const std::vector<PlannedPair>& pairs,
                     const Store& store, const RunOptions& options, const Race* race,
                     const std::atomic<bool>& stop)
    : sweep_(sweep),
      table_(table),
      pairs_(pairs),
      store_(store),
      shard_(options.shard),
      quiet_(options.quiet),
      race_(race),
      stop_(stop),
      progress_(stderr),
      started_unix_s_(unix_time_s()) {}

void Publisher::describe(SampleShape shape, std::vector<std::pair<std::string, std::string>> provenance) {
  shape_ = shape;
  provenance_ = std::move(provenance);
}

void Publisher::show(const ProgressState& progress) {
  if (!quiet_) progress_.show(progress);
}

void Publisher::show_last(const ProgressState& progress) {
  if (!quiet_) progress_.finish(progress);
}

bool Publisher::is_status_due() const { return Clock::now() - last_status_ > status_interval; }

bool Publisher::is_fold_due() const {
  return Clock::now() - last_fold_ > std::max(fold_interval, Seconds(fold_share * fold_time_s_));
}

std::string Publisher::note_on_others() const {
  return fmt::format(
      "{} of other grids in this folder: kept, and left out of reports; `{}` removes what "
      "this grid does not ask for",
      count_text(static_cast<double>(table_.others().size()), "finished trial"),
      shell_command({program_word(), "prune", store_.folder().string()}));
}

std::string Publisher::notes(bool has_failures) const {
  std::string notes;
  const auto add = [&](const std::string& note) { notes += (notes.empty() ? "" : "\n") + note; };
  for (const auto& [name, text] : provenance_)
    if (name == "data_notes") notes = text;
  if (!table_.others().empty()) add(note_on_others());
  if (has_failures) add("failed trials, the commonest reason: " + table_.failures().commonest_reason);
  return notes;
}

void Publisher::write_status(const RunState& state, const ProgressState& progress) {
  last_status_ = Clock::now();
  SweepStatus status;
  status.title = sweep_.title;
  status.state = state.state;
  status.host = host_name();
  status.pid = ::getpid();
  status.pid_start = static_cast<double>(process_start(::getpid()));
  status.ranks_lost = state.n_lost;
  status.running = state.running;
  status.exit_code = state.exit_code;
  if (const char* attempt = std::getenv(attempt_variable)) status.attempt = attempt;
  status.n_trials = static_cast<double>(table_.n_trials());
  if (!shard_.is_whole()) status.shard = fmt::format("{}/{}", shard_.number, shard_.count);
  status.n_done = progress.n_done;
  status.n_failed = progress.n_failed;
  status.n_running = progress.n_running;
  if (progress.race) {
    status.race = race_text(*progress.race);
    status.n_not_needed = status.n_trials - progress.n_done - progress.n_failed - progress.n_left;
  }
  (progress.best.metric->is_accuracy() ? status.best_accuracy : status.best) = progress.best.value;
  status.best_metric = progress.best.metric->name;
  status.best_trial = progress.best.name;
  status.notes = notes(progress.n_failed > 0);
  status.started_unix_s = started_unix_s_;
  status.updated_unix_s = unix_time_s();
  const double n_new = progress.n_done + progress.n_failed - progress.n_before;
  status.trials_per_s = progress.elapsed_s > 0 ? n_new / progress.elapsed_s : 0;
  status.left_s = progress.left_s;
  ksweep::write_status(status_path(store_.folder(), shard_.suffix()), status);
}

bool Publisher::sweep_file_is_of_this_grid() const {
  return std::ranges::all_of(provenance_, [&](const auto& fact) {
    const bool decides = fact.first == "sweep_text" || fact.first == "overrides";
    return !decides || sweep_attribute(sweep_file(), fact.first) == fact.second;
  });
}

bool Publisher::fold(ResultTable& table, const Calibration& calibration, const std::string& finished) {
  return fold(table, calibration, finished, [] { return false; });
}

bool Publisher::fold_at_last(ResultTable& table, const Calibration& calibration, const std::string& finished,
                             const std::function<void()>& waiting) {
  std::optional<Clock::time_point> stopped_at;
  return fold(table, calibration, finished, [&] {
    if (stop_ && !stopped_at) stopped_at = Clock::now();
    waiting();
    return !stopped_at || Clock::now() - *stopped_at < patience_with_shards;
  });
}

/// Returns false if another shard held the lock for as long as `may_wait` allowed.
bool Publisher::fold(ResultTable& table, const Calibration& calibration, const std::string& finished,
                     const std::function<bool()>& may_wait) {
  const auto begin = Clock::now();
  // Ensures that the last of several shards has read what the others finished.
  std::optional<FoldLock> lock;
  if (!shard_.is_whole()) {
    lock.emplace(store_.folder(), may_wait);
    if (!lock->is_held()) return false;
    table.read_other_shards();
  }
  SweepRecord record{.provenance = provenance_,
                     .axes = {},
                     .channels = shape_.channels,
                     .height = shape_.height,
                     .width = shape_.width,
                     .trials = table.trials(),
                     .others = table.others(),
                     .race = race_ ? std::optional(race_->record()) : std::nullopt,
                     .best = best_of_each_k(table.trials(), metric_of(sweep_.report_metric, table.trials()),
                                            store_, race_ ? &race_->record() : nullptr)};
  for (const Axis& axis : sweep_.axes) record.axes.push_back(axis.key);
  add_consistency(pairs_, table.plan(), store_, record.trials);
  record.provenance.emplace_back("finished", finished);
  record.provenance.emplace_back(rates_attribute, rates_text(calibration.latest()));
  write_sweep_file(sweep_file(), record);
  last_fold_ = Clock::now();
  fold_time_s_ = Seconds(last_fold_ - begin).count();
  return true;
}

}  // namespace ksweep
