#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/trial.h"
#include "data/sample_storage.h"

namespace ksweep {

/// Rows of a set without a test part that become one: a sixth, rounded down.
///
/// labels: (n_rows), or empty.
/// balanced: the rows in the order of one permutation, the same for all seeds (seed 0, Purpose::test_part), are sorted
/// by class without changing their order within a class; every sixth of them is taken, so that each class gives its
/// share, one more or less.  They stand in the order of the permutation, so that the first ones are of all classes.
/// last: the last rows, in file order.
std::vector<std::uint32_t> test_rows(std::size_t n_rows, std::span<const std::int32_t> labels, TestPart how);

/// Moves these rows from the training to the test samples, in their order; those that stay keep theirs.
void set_aside(SampleStorage& samples, std::size_t n_inputs, std::span<const std::uint32_t> rows);

}  // namespace ksweep
