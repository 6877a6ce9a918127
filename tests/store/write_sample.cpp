/// write_sample FOLDER: writes FOLDER/sweep.h5 and the trial files of its finished trials, for
/// test_formats.py. write_sample FOLDER large: a sweep.h5 of 600 trials, large enough to be compressed.

#include <cstdio>
#include <filesystem>

#include "samples.h"
#include "store/store.h"

using namespace ksweep;

namespace {

SweepRecord large_record() {
  SweepRecord record = sample_record();
  record.trials.clear();
  for (int seed = 0; seed < 600; ++seed) record.trials.push_back(sample_result(seed, 25, 50, 10));
  return record;
}

}  // namespace

int main(int n_arguments, char** arguments) {
  if (n_arguments < 2) return 1;
  const std::filesystem::path folder = arguments[1];
  const auto record = n_arguments > 2 ? large_record() : sample_record();
  const Store store(folder);
  store.prepare();
  for (auto result : record.trials) {
    if (result.status == Status::missing || n_arguments > 2) continue;
    result.filters = sample_result().filters;
    result.weights.stack = {{2, 3, {1, 2, 3, 4, 5, 6}, {}, {0.5f, -0.5f}, {1, 2, 3}}};
    result.weights.inputs = {255, {0.5f, -1, 3}, 0.25f};
    store.write(result);
    std::puts(store.trial_path(result.id).c_str());
  }
  write_sweep_file(folder / "sweep.h5", record);
}
