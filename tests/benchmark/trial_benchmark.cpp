#include <cstdio>
#include <iostream>

#include "benchmark.h"
#include "data/digits.h"
#include "train/train.h"

namespace ksweep::benchmark {

void serve_trials(Trial trial, const Kernels& kernels, int n_threads) {
  const Dataset data = make_digits(static_cast<std::size_t>(trial.n_train + trial.n_validation),
                                   static_cast<std::size_t>(trial.n_test));
  const Team team(n_threads);
  while (std::cin >> trial.epochs) {
    const TrialResult result = train({&trial, 1}, data, {.kernels = kernels, .team = team})[0];
    std::printf(
        "{\"train_s\": %.9g, \"probe_s\": %.9g, \"wall_s\": %.9g, \"test_accuracy\": %.9g, \"weights\": "
        "\"%s\"}\n",
        result.train_time_s, result.probe_time_s, result.wall_time_s, result.test_accuracy,
        result.weights_sha256.c_str());
    std::fflush(stdout);
  }
}

}  // namespace ksweep::benchmark
