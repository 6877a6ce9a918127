/// benchmark FOLDER: prints the cost of a trial file, of a sweep file of 10,000 trials, and of what they are
/// made of.

#include <time.h>

#include <cstdio>
#include <filesystem>
#include <functional>

#include "base/atomic_file.h"
#include "samples.h"
#include "store/results_hash.h"
#include "store/store.h"
#include "store/trial_file.h"

using namespace ksweep;

namespace {

double seconds(clockid_t clock) {
  timespec now;
  clock_gettime(clock, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

void report(const char* what, int count, const std::function<void(int)>& work) {
  const double cpu = seconds(CLOCK_PROCESS_CPUTIME_ID), wall = seconds(CLOCK_MONOTONIC);
  for (int i = 0; i < count; ++i) work(i);
  std::printf("%-44s %8.3f ms CPU %8.3f ms wall\n", what,
              1e3 * (seconds(CLOCK_PROCESS_CPUTIME_ID) - cpu) / count,
              1e3 * (seconds(CLOCK_MONOTONIC) - wall) / count);
}

/// Curves that do not compress, as measured ones do not.
TrialResult noisy_result(int seed) {
  auto result = sample_result(seed, 25, 50, 10);
  double noise = 0.1 + 1e-4 * seed;
  for (const auto& quantity : vector_quantities())
    for (double& value : result.*quantity.member) value = noise = 3.99 * noise * (1 - noise);
  return result;
}

}  // namespace

int main(int n_arguments, char** arguments) {
  if (n_arguments < 2) return 1;
  const std::filesystem::path folder = arguments[1];
  const Store store(folder);
  store.prepare();
  const int count = 1000;
  std::vector<TrialResult> small, trials;
  for (int i = 0; i < count; ++i) small.push_back(sample_result(i, 25, 1, 10));
  for (int i = 0; i < 10'000; ++i) trials.push_back(noisy_result(i));

  const auto bytes = encode_trial(small[0]);
  std::printf("a trial file has %zu bytes\n", bytes.size());
  report("trial file: make", count, [&](int i) { encode_trial(small[i]); });
  report("bytes: write, check, fsync, rename, fsync", count,
         [&](int i) { write_file_atomically(folder / std::to_string(i), bytes); });
  report("trial file: make and write", count, [&](int i) { store.write(small[i]); });
  report("trial file: has", count, [&](int i) { store.has(small[i].id, identity(small[i].trial)); });
  report("trial file: read numbers", count,
         [&](int i) { store.read(small[i].id, identity(small[i].trial)); });

  SweepRecord record;
  record.trials = std::move(trials);
  report("sweep.h5, 10,000 trials x 50 epochs: write", 1,
         [&](int) { write_sweep_file(folder / "sweep.h5", record); });
  report("sweep.h5: read", 1, [&](int) { read_sweep_file(folder / "sweep.h5"); });
  report("results hash", 1, [&](int) { results_hash(record.trials); });
  report("CSV", 1, [&](int) { csv_table(record); });
  std::printf("sweep.h5 has %ju bytes\n",
              static_cast<std::uintmax_t>(std::filesystem::file_size(folder / "sweep.h5")));
}
