#pragma once

#include <cstdint>
#include <vector>

#include "core/trial.h"
#include "data/dataset.h"

namespace ksweep {

/// Which rows of Dataset::train() a trial learns from and which it makes its choices on.
struct Split {
  std::vector<std::uint32_t> train, validation;  ///< rows of Dataset::train(), disjoint
  std::uint32_t n_test = 0;                      ///< the first rows of Dataset::test()
};

/// Sizes of the parts that a trial asks for, from its keys data.train, data.validation and data.test.
struct PartSizes {
  std::size_t train = 0, validation = 0, test = 0;
};
/// `dataset_train` and `dataset_test`: what the set has; ignored where `endless`.  Throws UserError if it has
/// not enough.
PartSizes part_sizes(const Trial& trial, bool endless, std::size_t dataset_train, std::size_t dataset_test);

/// Splits by a permutation keyed by the trial's seed alone, so that trials of one seed share one split.
Split split(const Trial& trial, const Dataset& dataset);

}  // namespace ksweep
