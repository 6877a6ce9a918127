#pragma once

#include <cstdint>
#include <vector>

#include "core/trial.h"
#include "data/dataset.h"

namespace ksweep {

/// The rows of Dataset::train() that a trial trains on, and those that it validates on.
struct Split {
  std::vector<std::uint32_t> train, validation;  ///< rows of Dataset::train(), disjoint
  std::uint32_t n_test = 0;                      ///< the first rows of Dataset::test()
};

/// Sizes of the parts of a trial, from its keys data.train, data.validation and data.test.
struct PartSizes {
  std::size_t train = 0, validation = 0, test = 0;
};
/// Returns the sizes of a trial's parts.  `dataset_train` and `dataset_test`: what the set has; ignored if
/// `endless`.  Throws UserError if the set has too few samples.
PartSizes part_sizes(const Trial& trial, bool endless, std::size_t dataset_train, std::size_t dataset_test);

/// Splits by a permutation that depends on the trial's seed alone, so that trials of one seed share a split.
Split split(const Trial& trial, const Dataset& dataset);

}  // namespace ksweep
