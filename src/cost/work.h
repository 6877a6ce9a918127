#pragma once

#include <span>
#include <vector>

#include "core/trial.h"
#include "sweep/data_facts.h"

namespace ksweep {

/// One kind of work that takes time: what an amount of it counts.
struct WorkKind {
  const char* name;
  const char* unit;
  double default_rate;  ///< seconds per unit on one core: see cost.h
};

/// The kinds of work of a training with all that is measured on the trained net, and of a probe.
std::span<const WorkKind> training_kinds();
std::span<const WorkKind> probe_kinds();

/// Of the hidden units, that AuxK is reckoned to find dead.
inline constexpr double expected_dead_share = 0.5;

/// How much of each kind, in the order of training_kinds() or probe_kinds().
using Work = std::vector<double>;

/// Without its probes: all zero for baselines but the reading of the data.
Work training_work(const Trial& trial, const DataFacts& facts);

/// Encoding all samples, shared by n_sharing trials, and fitting and judging the probe, as often as the trial asks.
Work probe_work(const Trial& trial, const DataFacts& facts, int n_sharing = 1);

}  // namespace ksweep
