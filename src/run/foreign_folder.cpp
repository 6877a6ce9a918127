#include "run/foreign_folder.h"

#include <algorithm>
#include <set>

#include "base/errors.h"
#include "store/store.h"
#include "store/sweep_file.h"

namespace ksweep {
namespace {

bool have_common_trial(const SweepRecord& record, const std::vector<PlannedTrial>& plan) {
  std::set<std::uint64_t> planned;
  for (const PlannedTrial& trial : plan) planned.insert(trial.id);
  const auto is_planned = [&](const TrialResult& result) { return planned.contains(result.id); };
  return std::ranges::any_of(record.trials, is_planned) || std::ranges::any_of(record.others, is_planned);
}

/// Used if there is no sweep.h5 that names their sweep.
void refuse_foreign_records(const std::filesystem::path& folder, const std::vector<PlannedTrial>& plan) {
  SweepRecord record;
  record.others = Store(folder).others({});
  if (record.others.empty() || have_common_trial(record, plan)) return;
  throw UserError(
      "{}: holds {} finished trials (and no sweep.h5 that says of which sweep), none of which is one of "
      "this sweep: two experiments in one folder would be taken for one. Give this one a folder of its own "
      "with --output DIR.",
      folder.string(), record.others.size());
}

}  // namespace

void refuse_foreign_folder(const std::filesystem::path& folder, const Sweep& sweep,
                           const std::vector<PlannedTrial>& plan) {
  const auto file = folder / "sweep.h5";
  if (!std::filesystem::exists(file)) return refuse_foreign_records(folder, plan);
  const auto place = sweep_attribute(file, sweep_place_attribute);
  // Earlier versions did not store the path.
  if (!place || (!place->empty() && *place == sweep.file)) return;
  if (sweep_attribute(file, "sweep_text") == sweep.text || have_common_trial(read_sweep_file(file), plan))
    return;
  throw UserError(
      "{}: holds the results of another sweep, \"{}\"{}, with which this one has no trial in common: two "
      "experiments in one folder would be taken for one. Give this one a folder of its own with --output "
      "DIR.",
      folder.string(), sweep_attribute(file, "title").value_or(""), place->empty() ? "" : ", of " + *place);
}

}  // namespace ksweep
