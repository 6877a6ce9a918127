#include "cli/foreign_folder.h"

#include <algorithm>
#include <set>

#include "core/errors.h"
#include "store/sweep_file.h"

namespace ksweep {
namespace {

bool have_common_trial(const SweepRecord& record, const std::vector<PlannedTrial>& plan) {
  std::set<std::uint64_t> planned;
  for (const PlannedTrial& trial : plan) planned.insert(trial.id);
  const auto is_planned = [&](const TrialResult& result) { return planned.contains(result.id); };
  return std::ranges::any_of(record.trials, is_planned) || std::ranges::any_of(record.others, is_planned);
}

}  // namespace

void refuse_foreign_folder(const std::filesystem::path& folder, const Sweep& sweep,
                           const std::vector<PlannedTrial>& plan) {
  const auto file = folder / "sweep.h5";
  const auto place = sweep_attribute(file, sweep_place_attribute);
  // Earlier versions did not note the place.
  if (!place || (!place->empty() && *place == sweep.file)) return;
  if (sweep_attribute(file, "sweep_text") == sweep.text || have_common_trial(read_sweep_file(file), plan)) return;
  throw UserError(
      folder.string() + ": holds the results of another sweep, \"" +
      sweep_attribute(file, "title").value_or("") + "\"" + (place->empty() ? "" : ", of " + *place) +
      ", with which this one has no trial in common: two experiments in one folder would be taken for one. Give this "
      "one a folder of its own with --output DIR.");
}

}  // namespace ksweep
