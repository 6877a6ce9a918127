#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/trial.h"
#include "data/sample_storage.h"

namespace ksweep {

/// Returns the rows that become the test part of a set without one: a sixth, rounded down.
///
/// labels: (n_rows), or empty.
/// balanced: the rows, in the order of one permutation for all seeds (seed 0, Purpose::test_part), are stably
/// sorted by class; every sixth is taken, so that each class contributes its share, give or take one.  The
/// result is in the order of the permutation, so that its first rows are of all classes.
/// last: the last rows, in file order.
std::vector<std::uint32_t> test_rows(std::size_t n_rows, std::span<const std::int32_t> labels, TestPart how);

/// Moves these rows, in this order, from the training to the test samples; the order of the remaining rows is
/// kept.
void set_aside(SampleStorage& samples, std::size_t n_inputs, std::span<const std::uint32_t> rows);

}  // namespace ksweep
