#pragma once

#include <cstddef>
#include <string>

#include "data/dataset.h"

namespace ksweep {

/// Samples that an endless set makes if it is not told how many.
inline constexpr std::size_t default_train_count = 60000, default_test_count = 10000;
inline constexpr std::size_t n_hashed_samples = 100;  ///< of each part of an endless set

/// Hashes a recipe and the first samples of both parts, which the set must hold, whatever its counts are, so that the hash
/// does not depend on how many are made.
std::string endless_hash(const Dataset& dataset, const std::string& recipe);

}  // namespace ksweep
