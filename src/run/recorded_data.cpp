#include "run/recorded_data.h"

#include "base/errors.h"
#include "data/load.h"
#include "data/split.h"

namespace ksweep {

Dataset recorded_dataset(const Trial& trial, const std::filesystem::path& data_dir, std::string_view advice) {
  DataRequest request = request_for(trial, data_dir, {});
  const PartSizes parts = part_sizes(trial, true, 0, 0);
  request.n_train = parts.train + parts.validation;
  request.n_test = parts.test;
  Dataset dataset = load_dataset(request);
  if (dataset.content_hash != trial.data_hash)
    throw UserError("data.set = {}: the samples found here are not those that the records were made of: {}",
                    trial.data_set, advice);
  return dataset;
}

}  // namespace ksweep
