#include "store/audit.h"

#include <fmt/core.h>

#include <algorithm>
#include <map>

#include "base/atomic_file.h"
#include "base/errors.h"
#include "base/in_child.h"
#include "base/sha256.h"
#include "core/trial_keys.h"
#include "store/difference.h"
#include "store/results_hash.h"
#include "store/stored_race.h"
#include "store/sweep_file.h"
#include "store/trial_file.h"

namespace ksweep {
namespace {

namespace fs = std::filesystem;

struct Decoded {
  TrialResult result;
  std::string hash_of_weights;  ///< hash of the weights in the file; empty if it has none
};

/// Throws std::exception for an unreadable record.
Decoded decode(const std::string& bytes) {
  constexpr std::size_t hash_size = 64;
  const auto rewrite = [&] {
    try {
      const Weights weights = decode_trial(bytes, Detail::everything).weights;
      return (weights.empty() ? std::string(hash_size, ' ') : weights_sha256(weights)) +
             encode_trial(decode_trial(bytes, Detail::numbers));
    } catch (const std::exception& fault) {
      throw UserError(fault.what());
    }
  };
  const std::string text = text_from_child(rewrite, reading_limits(static_cast<double>(bytes.size())));
  return {decode_trial(std::string_view(text).substr(hash_size), Detail::numbers),
          text[0] == ' ' ? "" : text.substr(0, hash_size)};
}

void check_record(const fs::path& file, std::uint64_t id, Audit& found) {
  try {
    const std::string bytes = read_file(file);
    if (check_seal(bytes, id, "") == Seal::broken) {
      found.faults.push_back({file, "its checksum is wrong: cut short, or changed since it was written"});
      return;
    }
    auto [result, hash_of_weights] = decode(bytes);
    if (result.id != id || check_seal(bytes, id, identity(result.trial)) != Seal::right)
      found.faults.push_back(
          {file, fmt::format("it is the record of another trial ({})", id_text(result.id))});
    else if (!hash_of_weights.empty() && hash_of_weights != result.weights_sha256)
      found.faults.push_back({file, "its saved weights are not those that its weights_sha256 is of"});
    else
      found.records.push_back(std::move(result));
  } catch (const std::exception& fault) {
    found.faults.push_back({file, fmt::format("it cannot be read ({})", fault.what())});
  }
}

std::vector<fs::path> files_below(const fs::path& folder) {
  std::vector<fs::path> files;
  std::error_code error;
  const auto options = fs::directory_options::skip_permission_denied;
  for (auto entry = fs::recursive_directory_iterator(folder, options, error);
       !error && entry != fs::recursive_directory_iterator(); entry.increment(error))
    if (!entry->is_directory(error)) files.push_back(entry->path());
  if (error)
    throw UserError("{}: cannot be searched ({}): its records cannot be checked. Check its permissions.",
                    folder.string(), error.message());
  std::ranges::sort(files);
  return files;
}

void check_files(const fs::path& trials, Audit& found) {
  for (const fs::path& file : files_below(trials)) {
    const std::string name = file.filename();
    if (file.parent_path() == trials / "damaged")
      found.notes.push_back({file, "a damaged record, which a run moved here"});
    else if (name.find(temporary_mark) != name.npos)
      found.notes.push_back({file, "not yet whole, or left by a killed run"});
    else if (const auto id = id_in_name(file))
      check_record(file, *id, found);
    else
      found.notes.push_back({file, "no record of a trial: a strange file, of which ksweep takes no notice"});
  }
  std::ranges::sort(found.records, {}, &TrialResult::id);
}

void compare_row(const fs::path& sweep, const TrialResult& row, const TrialResult* record, Audit& found) {
  const std::string trial = "trial " + id_text(row.id);
  if (!record)
    found.faults.push_back({sweep, trial + " has no sound record in trials/"});
  else if (const auto difference = first_difference(row, *record))
    found.faults.push_back(
        {sweep, fmt::format("{} differs from its record: {} is {} here and {} there", trial,
                            difference->quantity, difference->first, difference->second)});
  else
    ++found.n_agree;
}

void compare(const fs::path& path, const SweepRecord& sweep, Audit& found) {
  std::map<std::uint64_t, const TrialResult*> records;
  for (const TrialResult& result : found.records) records[result.id] = &result;
  const auto compare_with_record = [&](const TrialResult& row) {
    const auto record = records.find(row.id);
    const bool known = record != records.end();
    if (row.status == Status::missing) return;
    ++found.n_rows;
    compare_row(path, row, known ? record->second : nullptr, found);
    if (known) records.erase(record);
  };
  for (const TrialResult& row : sweep.trials) compare_with_record(row);
  for (const TrialResult& row : sweep.others) {
    compare_with_record(row);
    found.others.insert(row.id);
  }
  if (!records.empty())
    found.notes.push_back({path, fmt::format("does not hold {} of the records: finished since it was written",
                                             records.size())});
  found.results_sha256 = results_hash(sweep.trials);
  if (sweep_attribute(path, "results_sha256") != found.results_sha256)
    found.faults.push_back({path, "its results_sha256 is not that of its numbers"});
}

/// Checks the checksums of what is known of pairs of seeds.
void check_pairs(const fs::path& folder, Audit& found) {
  std::error_code none;
  for (fs::recursive_directory_iterator entry(folder, none), end; !none && entry != end;
       entry.increment(none))
    if (entry->is_regular_file(none) && id_in_name(entry->path()) &&
        !is_intact(read_file(entry->path()), pair_kind))
      found.faults.push_back(
          {entry->path(), "its checksum is wrong: cut short, or changed since it was written"});
}

void check_sweep_file(const fs::path& path, Audit& found) {
  if (!fs::exists(path)) {
    found.faults.push_back(
        {path, "is not there; `ksweep run` with the same sweep file writes it from trials/"});
    return;
  }
  try {
    const SweepRecord sweep = read_sweep_file(path);
    found.axes = sweep.axes;
    found.race = sweep.race;
    compare(path, sweep, found);
    if (sweep.race)
      if (const std::string fault = fault_of_race(*sweep.race, sweep.trials); !fault.empty())
        found.faults.push_back({path, fault});
  } catch (const UserError& error) {
    found.faults.push_back({path, std::string(error.what()).substr(path.string().size() + 2)});
  }
}

}  // namespace

Audit audit(const fs::path& folder) {
  if (!fs::is_directory(folder / "trials"))
    throw UserError(
        "{}: holds no folder trials/: there are no records to check. Give the --output of `ksweep run`.",
        folder.string());
  Audit found;
  check_files(folder / "trials", found);
  check_pairs(folder / "pairs", found);
  check_sweep_file(folder / "sweep.h5", found);
  return found;
}

}  // namespace ksweep
