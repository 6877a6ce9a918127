#include "cli/run_data.h"

#include <algorithm>

#include "data/load.h"
#include "data/split.h"

namespace ksweep {

RunData::RunData(MPI_Comm world, const Sweep& sweep, const std::filesystem::path& data_dir) {
  std::map<std::string, DataRequest> requests;
  for (const Trial& trial : sweep.trials) {
    DataRequest& request =
        requests.try_emplace(trial.data_set, DataRequest{trial.data_set, data_dir, 0, 0}).first->second;
    // What a generator would have to make for this trial; files give all they have.
    const PartSizes parts = part_sizes(trial, true, 0, 0);
    request.n_train = std::max(request.n_train, parts.train + parts.validation);
    request.n_test = std::max(request.n_test, parts.test);
  }
  for (const auto& [name, request] : requests)
    sets_[name] = load_once_per_node(world, [&] { return load_dataset(request); });
}

}  // namespace ksweep
