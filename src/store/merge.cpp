#include <algorithm>
#include <cmath>
#include <iterator>
#include <map>
#include <optional>
#include <set>

#include "base/errors.h"
#include "base/sha256.h"
#include "core/trial_keys.h"
#include "store/best.h"
#include "store/columns.h"
#include "store/difference.h"
#include "store/sweep_file.h"

namespace ksweep {
namespace {

namespace fs = std::filesystem;

/// Merges sweep files one by one.
class Merger {
 public:
  void add(const fs::path& file, SweepRecord part) {
    if (files_.empty()) start(part);
    check_pictures(file, part);
    for (auto& axis : part.axes) add_axis(axis);
    add_differing_keys(part.trials);
    files_.push_back(file);
    for (auto& result : part.trials) add(std::move(result));
    std::ranges::move(part.others, std::back_inserter(others_));
    for (auto& best : part.best) pictures_.emplace(best.id, std::move(best.filters));
  }

  SweepRecord finish() {
    part_others();
    std::string names;
    for (const auto& file : files_) names.append(names.empty() ? "" : "\n").append(file.string());
    std::erase_if(merged_.provenance, [](const auto& fact) { return fact.first == "merged_from"; });
    merged_.provenance.emplace_back("merged_from", names);
    const ReportMetric& metric = metric_of(attribute(merged_, report_metric_attribute), merged_.trials);
    for (const std::size_t position : best_positions(merged_.trials, metric)) {
      const auto& result = merged_.trials[position];
      merged_.best.push_back({result.trial.k, result.id, pictures_[result.id]});
    }
    return std::move(merged_);
  }

 private:
  struct Place {
    std::size_t row, file;  ///< position of the trial, and the file that its record came from
  };

  void start(const SweepRecord& first) {
    merged_.provenance = first.provenance;
    merged_.channels = first.channels, merged_.height = first.height, merged_.width = first.width;
  }

  void check_pictures(const fs::path& file, const SweepRecord& part) const {
    if (part.channels == merged_.channels && part.height == merged_.height && part.width == merged_.width)
      return;
    throw UserError(
        "{}: its samples have another shape than those of {}: one sweep file holds the pictures of one "
        "shape. Merge sweeps of the same kind of data.",
        file.string(), files_.front().string());
  }

  void add_axis(const std::string& axis) {
    if (std::ranges::find(merged_.axes, axis) == merged_.axes.end()) merged_.axes.push_back(axis);
  }

  /// A key that is constant in each file, but differs between files, becomes an axis of the merged sweep.
  void add_differing_keys(const std::vector<TrialResult>& trials) {
    const auto is_sparse = [](const TrialResult& result) { return trains_codes(result.trial.kind); };
    const auto known = std::ranges::find_if(merged_.trials, is_sparse);
    const auto added = std::ranges::find_if(trials, is_sparse);
    if (known == merged_.trials.end() || added == trials.end()) return;
    for (const Key& key : trial_keys())
      if (value_text(key, known->trial) != value_text(key, added->trial)) add_axis(key.full_name());
  }

  void add(TrialResult result) {
    const std::size_t file = files_.size() - 1;
    const auto [entry, is_new] = places_.try_emplace(result.id, Place{merged_.trials.size(), file});
    if (is_new) {
      merged_.trials.push_back(std::move(result));
      return;
    }
    auto& [row, known_file] = entry->second;
    auto& known = merged_.trials[row];
    if (result.status == Status::missing) return;
    if (failed_by_circumstance(result) && known.status != Status::missing) return;
    if (known.status == Status::missing || failed_by_circumstance(known)) {
      known = std::move(result);
      known_file = file;
    } else if (const auto difference = first_difference(known, result)) {
      refuse(result.id, known_file, file, *difference);
    } else if (std::isnan(known.consistency)) {
      take_consistency(known, result);
    }
  }

  /// Consistency depends on the other seeds of the file: the first file that has any is taken.
  static void take_consistency(TrialResult& known, const TrialResult& other) {
    known.consistency = other.consistency;
    known.consistency_by_chance = other.consistency_by_chance;
    known.reappearing_units = other.reappearing_units;
  }

  /// Trials outside one file's grid may be part of another's.
  void part_others() {
    std::set<std::uint64_t> known;
    for (TrialResult& result : others_)
      if (places_.contains(result.id))
        add(std::move(result));
      else if (known.insert(result.id).second)
        merged_.others.push_back(std::move(result));
  }

  [[noreturn]] void refuse(std::uint64_t id, std::size_t one, std::size_t other,
                           const Difference& difference) const {
    throw UserError(
        "{}: trial {} conflicts with {}: {} is {} here and {} there: equal trials must give equal numbers. "
        "Look at which machine, version or --isa made each, and keep one.",
        files_[other].string(), id_text(id), files_[one].string(), difference.quantity, difference.second,
        difference.first);
  }

  SweepRecord merged_;
  std::vector<fs::path> files_;
  std::map<std::uint64_t, Place> places_;
  std::map<std::uint64_t, Filters> pictures_;
  std::vector<TrialResult> others_;
};

}  // namespace

SweepRecord merge(const std::vector<fs::path>& files) {
  if (files.empty())
    throw UserError("merge: no sweep file was given: there is nothing to merge. Name at least one.");
  Merger merger;
  for (const auto& file : files) merger.add(file, read_sweep_file(file));
  return merger.finish();
}

}  // namespace ksweep
