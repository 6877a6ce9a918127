#include "data/data_request.h"

namespace ksweep {

DataRequest request_for(const Trial& trial, const std::filesystem::path& data_dir,
                        const std::filesystem::path& sweep_folder) {
  return {trial.data_set, data_dir, 0, 0, preparation_of(trial), sweep_folder};
}

}  // namespace ksweep
