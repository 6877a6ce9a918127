#include "run/run_data.h"

#include <fmt/core.h>

#include <algorithm>

#include "base/errors.h"
#include "data/split.h"
#include "run/data_notes.h"

namespace ksweep {
namespace {

/// All samples of a sweep file have the same shape, for its images and for networks to be comparable.
void refuse_different_shapes(const std::map<std::string, Dataset>& sets) {
  const auto text = [](const SampleShape& shape) {
    return fmt::format("{} x {} x {}", shape.channels, shape.height, shape.width);
  };
  const auto& [first_name, first] = *sets.begin();
  for (const auto& [name, set] : sets)
    if (text(set.shape) != text(first.shape))
      throw UserError(
          "data.set: the samples of {} are {}, those of {} {} (channels x height x width): nets on them "
          "cannot be compared. Make a sweep of each.",
          first_name, text(first.shape), name, text(set.shape));
}

}  // namespace

RunData::RunData(MPI_Comm world, const Sweep& sweep, const std::filesystem::path& data_dir) {
  std::map<std::string, DataRequest> requests;
  for (const Trial& trial : sweep.trials) {
    DataRequest& request =
        requests.try_emplace(prepared_name(trial), request_for(trial, data_dir, sweep.folder)).first->second;
    // The number of samples that a generator would have to make for this trial; files give all that they
    // have.
    const PartSizes parts = part_sizes(trial, true, 0, 0);
    request.n_train = std::max(request.n_train, parts.train + parts.validation);
    request.n_test = std::max(request.n_test, parts.test);
  }
  for (const auto& named : requests)
    sets_[named.first] = load_once_per_node(world, [&] { return load_dataset(named.second); });
  refuse_different_shapes(sets_);
}

std::vector<std::string> RunData::notes(const Sweep& sweep) const {
  return data_notes(sweep.trials, [&](const Trial& trial) -> const Dataset& { return of(trial); });
}

}  // namespace ksweep
