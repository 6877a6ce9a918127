#pragma once

#include <vector>

#include "store/store.h"
#include "store/sweep_file.h"

namespace ksweep {

/// Positions of the best finished k-sparse trial of each k, k ascending: highest validation accuracy, of
/// equal ones the lower id.  A trial without labels, thus without accuracy, comes after all others.
std::vector<std::size_t> best_positions(const std::vector<TrialResult>& trials);

/// The same trials with their filters, read from the store.
std::vector<BestOfK> best_of_each_k(const std::vector<TrialResult>& trials, const Store& store);

}  // namespace ksweep
