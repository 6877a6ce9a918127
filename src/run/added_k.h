#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "store/store.h"
#include "sweep/data_facts.h"
#include "sweep/sweep.h"

namespace ksweep {

/// A value of k that a race adds to its sweep, with all seeds of a setting that has the other keys.
struct AddedK {
  std::uint32_t like;  ///< position of a trial of that setting
  std::uint32_t k;
};

/// Adds to a sweep the values of k that the stored results of its race ask for, stage after stage, until they ask for no more.
/// Returns them, in order.  budget: of the race, in core-hours.  with_failed: failed trials count, else they are still to
/// be trained.
std::vector<AddedK> add_values_of_k(Sweep& sweep, const FactsOf& facts, const Store& store,
                                    std::optional<double> budget, bool with_failed);

/// Adds one of them.
void add_value_of_k(Sweep& sweep, const AddedK& added);

}  // namespace ksweep
