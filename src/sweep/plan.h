#pragma once

#include <functional>
#include <string>
#include <vector>

#include "core/job.h"
#include "sweep/sweep.h"

namespace ksweep {

/// Version of everything that decides a trial's numbers beside its specification.  Enters every id: raise it
/// when a change of the program changes results.  A change of the results of few trials enters the ids of these alone:
/// revisions() in plan.cpp.
inline constexpr int results_version = 3;

struct PlannedTrial {
  Trial trial;                    ///< with its data_hash
  std::uint64_t id = 0;           ///< of the complete specification
  std::uint64_t training_id = 0;  ///< of the part of it that changes the weights
};

/// What a data set is to the planner.
struct DataFacts {
  std::string content_hash;
  int n_inputs = 0, n_classes = 0;
  std::size_t n_train = 0, n_validation = 0, n_test = 0;  ///< as this trial's keys ask for
};

/// The ids of a trial with its data_hash: its own, and that of the training it is read from.
std::uint64_t trial_id(const Trial& trial);
std::uint64_t training_id(const Trial& trial);

/// The trials of a sweep with their ids.  A pure function: the same list on every rank.
std::vector<PlannedTrial> plan_trials(const Sweep& sweep,
                                      const std::function<DataFacts(const Trial&)>& facts);

struct Rates;  // of work: sweep/rates.h

/// Groups the chosen trials (positions in `plan`) by training, longest predicted first; equal ones by id.
std::vector<Job> make_jobs(const std::vector<PlannedTrial>& plan, const std::vector<std::uint32_t>& chosen,
                           const std::function<DataFacts(const Trial&)>& facts, const Rates& rates);

}  // namespace ksweep
