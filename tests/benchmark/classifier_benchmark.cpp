#include <cmath>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <stdexcept>
#include <string>

#include "base/errors.h"
#include "benchmark.h"
#include "core/trial_keys.h"
#include "data/load.h"
#include "train/train.h"

namespace ksweep::benchmark {
namespace {

Dataset mnist_or_digits() {
  try {
    return load_dataset({"mnist", {}, 0, 0});
  } catch (const UserError&) {
    return load_dataset({"digits", {}, 0, 0});
  }
}

/// Numbers in [0, 1] as the 8-bit levels that they were read from.
void write_bytes(const std::filesystem::path& file, const float* values, std::size_t count, float scale) {
  std::string bytes(count, '\0');
  for (std::size_t i = 0; i < count; ++i) bytes[i] = static_cast<char>(std::lround(scale * values[i]));
  std::ofstream(file, std::ios::binary) << bytes;
}

void write_labels(const std::filesystem::path& file, const std::int32_t* labels, std::size_t count) {
  std::ofstream(file, std::ios::binary) << std::string(labels, labels + count);
}

void write_data(const std::filesystem::path& folder, const Dataset& data) {
  const auto n = static_cast<std::size_t>(data.n_inputs());
  write_bytes(folder / "images.u8", data.train_samples, data.n_train * n, 255);
  write_bytes(folder / "test_images.u8", data.test_samples, data.n_test * n, 255);
  write_labels(folder / "labels.u8", data.train_labels, data.n_train);
  write_labels(folder / "test_labels.u8", data.test_labels, data.n_test);
}

/// tests/benchmark/numpy_classifier.py tells what it is.
Trial classifier() {
  Trial trial = default_trial();
  for (const auto& [key, value] : {std::pair{"data.validation", "-1"},
                                   {"model.kind", "classifier"},
                                   {"model.layers", "30-10"},
                                   {"model.activation", "sigmoid"},
                                   {"model.output", "sigmoid"},
                                   {"model.biases", "zero"},
                                   {"train.batch", "256"},
                                   {"train.steps_per_epoch", "1000"},
                                   {"train.optimizer", "sgd"},
                                   {"train.learning_rate_schedule", "constant"},
                                   {"train.momentum", "0"},
                                   {"train.learning_rate", "0.01"},
                                   {"train.reduction", "sum"},
                                   {"train.initial_weights", "uniform"},
                                   {"train.initial_scale", "1"},
                                   {"probe.every", "1"}})
    if (const auto fault = set_from_text(*find_key(key), trial, value))
      throw std::logic_error(std::string(key) + " " + *fault);
  return trial;
}

}  // namespace

void serve_classifiers(const Kernels& kernels, int n_threads, const std::filesystem::path& folder) {
  const Dataset data = mnist_or_digits();
  write_data(folder, data);
  std::printf("{\"data\": \"%s\"}\n", data.name.c_str());
  std::fflush(stdout);
  Trial trial = classifier();
  trial.n_train = static_cast<int>(data.n_train);
  const Team team(n_threads);
  while (std::cin >> trial.epochs >> trial.seed) {
    const double begin = now_s();
    const TrialResult result = train({&trial, 1}, data, {.kernels = kernels, .team = team})[0];
    std::printf("{\"seconds\": %.9g, \"train_accuracy\": %.9g, \"test_accuracy\": %.9g}\n", now_s() - begin,
                result.train_accuracy, result.test_accuracy);
    std::fflush(stdout);
  }
}

}  // namespace ksweep::benchmark
