#include "cli/prune.h"

#include <algorithm>
#include <cstdio>
#include <optional>
#include <set>

#include "base/errors.h"
#include "base/sha256.h"
#include "cli/results.h"
#include "run/run_lock.h"
#include "run/text.h"
#include "store/store.h"
#include "store/sweep_file.h"
#include "sweep/planned_trials.h"

namespace ksweep {
namespace {

namespace fs = std::filesystem;

void list(const SweepRecord& record) {
  const auto axes = with_others(record).axes;
  for (const TrialResult& result : record.others)
    std::printf("%s  %s\n", id_text(result.id).c_str(), trial_text(axes, result.trial).c_str());
}

void remove_record(const fs::path& path) {
  std::error_code error;
  if (!fs::remove(path, error) && error)
    throw UserError(
        "{}: cannot be removed ({}): the trial would come back with the next run. Check the folder's "
        "permissions.",
        path.string(), error.message());
  if (fs::is_empty(path.parent_path(), error)) fs::remove(path.parent_path(), error);
}

/// Starts with sweep.h5: if it is interrupted, all trials in sweep.h5 still have their records.
void remove_others(const Store& store, const fs::path& sweep_file, const SweepRecord& record) {
  SweepRecord kept = record;
  kept.others.clear();
  write_sweep_file(sweep_file, kept);
  for (const TrialResult& result : record.others) remove_record(store.trial_path(result.id));
}

/// Returns how many trials of the grid are stored; a race plans more than it trains.
double n_stored(const SweepRecord& record) {
  return static_cast<double>(std::ranges::count_if(
      record.trials, [](const TrialResult& result) { return result.status != Status::missing; }));
}

/// Removes checkpoints and pairs of seeds of other trainings.
void remove_of_other_trainings(const Store& store, const SweepRecord& record) {
  std::set<std::uint64_t> wanted;
  for (const TrialResult& result : record.trials) wanted.insert(training_id(result.trial));
  store.keep_pairs_of(wanted);
  store.remove_checkpoints_if([&](std::uint64_t training) { return !wanted.contains(training); });
}

}  // namespace

int prune_command(const PruneOptions& options) {
  if (!fs::is_directory(options.folder / "trials"))
    throw UserError(
        "{}: holds no folder trials/: there is nothing to remove. Give the --output of `ksweep run`.",
        options.folder.string());
  const Store store(options.folder);
  std::optional<RunLock> lock;
  if (!options.dry_run) lock.emplace(options.folder, Shard{});
  const fs::path sweep_file = sweep_file_at(options.folder);
  SweepRecord record = read_sweep_file(sweep_file);
  std::set<std::uint64_t> wanted;
  for (const TrialResult& result : record.trials) wanted.insert(result.id);
  record.others = store.others(wanted);  // also those that are not in sweep.h5
  list(record);
  if (!options.dry_run) {
    remove_others(store, sweep_file, record);
    remove_of_other_trainings(store, record);
  }
  std::printf("%s: %s of other grids %s; %s of the grid kept\n", options.folder.c_str(),
              count_text(double(record.others.size()), "trial").c_str(),
              options.dry_run ? "would be removed" : "removed",
              count_text(n_stored(record), "trial").c_str());
  return static_cast<int>(ExitCode::done);
}

}  // namespace ksweep
