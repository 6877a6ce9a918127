#pragma once

#include <span>
#include <vector>

#include "core/trial.h"
#include "sweep/data_facts.h"

namespace ksweep {

/// One kind of work, measured in units of its own.
struct WorkKind {
  const char* name;
  const char* unit;
  double default_rate;  ///< seconds per unit on one core, see cost.h
};

/// Return the kinds of work of a training, including what is measured on the trained network, and of a probe.
std::span<const WorkKind> training_kinds();
std::span<const WorkKind> probe_kinds();

/// The share of hidden units that are assumed to be dead, for AuxK.
inline constexpr double expected_dead_share = 0.5;

/// The share of hidden units that are assumed to be active where nothing holds their number.
inline constexpr double expected_active_share = 0.25;

/// Amount of each kind, in the order of training_kinds() or probe_kinds().
using Work = std::vector<double>;

/// Returns the work of a training without its probes; for baselines only that of reading the data.
Work training_work(const Trial& trial, const DataFacts& facts);

/// Returns the work of encoding all samples, shared by n_sharing trials, and of fitting and evaluating the
/// trial's probes.
Work probe_work(const Trial& trial, const DataFacts& facts, int n_sharing = 1);

}  // namespace ksweep
