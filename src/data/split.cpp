#include "data/split.h"

#include <fmt/core.h>

#include <algorithm>

#include "base/errors.h"
#include "base/random.h"

namespace ksweep {
namespace {

PartSizes endless_sizes(const Trial& trial) {
  const auto asked = [](int key, int otherwise) {
    return static_cast<std::size_t>(key > 0 ? key : otherwise);
  };
  const int validation = trial.n_train > 0 ? std::max(1, trial.n_train / 5) : 10000;
  return {asked(trial.n_train, 50000), trial.n_validation < 0 ? 0 : asked(trial.n_validation, validation),
          asked(trial.n_test, 10000)};
}

[[noreturn]] void too_few(const Trial& trial, const std::string& asked, const std::string& has,
                          const std::string& advice) {
  throw UserError("{}, but the data set {} has {}: the trial cannot be run as asked. {}", asked,
                  trial.data_set, has, advice);
}

}  // namespace

PartSizes part_sizes(const Trial& trial, bool endless, std::size_t dataset_train, std::size_t dataset_test) {
  if (endless) return endless_sizes(trial);
  const auto key = [](int value) { return static_cast<std::size_t>(value); };
  const std::string n_train = fmt::format("{} training sample(s)", dataset_train);

  PartSizes sizes;
  sizes.validation = trial.n_validation > 0   ? key(trial.n_validation)
                     : trial.n_validation < 0 ? 0
                                              : std::max<std::size_t>(1, dataset_train / 6);
  if (sizes.validation >= dataset_train)
    too_few(trial, fmt::format("data.validation = {} is split off the training samples", sizes.validation),
            n_train + ", which leaves none to train on", "Lower data.validation or give more samples.");
  sizes.train = trial.n_train > 0 ? key(trial.n_train) : dataset_train - sizes.validation;
  if (sizes.train + sizes.validation > dataset_train)
    too_few(trial,
            fmt::format("data.train = {} and data.validation = {} add up to {}", sizes.train,
                        sizes.validation, sizes.train + sizes.validation),
            n_train, "Lower data.train or data.validation.");
  sizes.test = trial.n_test > 0 ? key(trial.n_test) : dataset_test;
  if (sizes.test > dataset_test)
    too_few(trial, fmt::format("data.test = {}", sizes.test), fmt::format("{} test sample(s)", dataset_test),
            "Lower data.test, or leave it out to use all.");
  return sizes;
}

Split split(const Trial& trial, const Dataset& dataset) {
  const PartSizes sizes = part_sizes(trial, dataset.endless, dataset.n_train, dataset.n_test);
  // An endless set holds as many samples as the most demanding trial of the sweep needs.
  const std::size_t n_rows = dataset.endless ? sizes.train + sizes.validation : dataset.n_train;
  const auto rows = permutation(static_cast<std::uint32_t>(n_rows),
                                RandomStream(static_cast<std::uint64_t>(trial.seed), Purpose::split));
  const auto middle = rows.begin() + static_cast<std::ptrdiff_t>(sizes.validation);
  return {{middle, middle + static_cast<std::ptrdiff_t>(sizes.train)},
          {rows.begin(), middle},
          static_cast<std::uint32_t>(sizes.test)};
}

}  // namespace ksweep
