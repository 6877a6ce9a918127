#pragma once

#include <vector>

#include "store/store.h"
#include "store/sweep_file.h"

namespace ksweep {

/// Returns the positions of the best finished k-sparse trial of each k, k ascending: the one with the highest
/// validation accuracy, of equal ones the lower id.  Trials without labels, thus without accuracy, come last.
std::vector<std::size_t> best_positions(const std::vector<TrialResult>& trials);

/// Returns the same trials with their filters, read from the store.
std::vector<BestOfK> best_of_each_k(const std::vector<TrialResult>& trials, const Store& store);

}  // namespace ksweep
