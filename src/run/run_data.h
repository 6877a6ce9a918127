#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "data/load.h"
#include "data/node_shared.h"
#include "run/data_facts_reader.h"
#include "sweep/sweep.h"

namespace ksweep {

/// The data sets of a sweep, one copy of each per node.
class RunData {
 public:
  /// Reads the data sets of all trials, on rank 0 alone, as large as the largest trial needs.  Collective.
  RunData(MPI_Comm world, const Sweep& sweep, const std::filesystem::path& data_dir);

  const Dataset& of(const Trial& trial) const { return sets_.at(prepared_name(trial)); }
  DataFacts facts(const Trial& trial) const { return facts_of(trial, of(trial)); }
  const std::map<std::string, Dataset>& sets() const { return sets_; }
  /// Returns the data_notes() of the sweep's sets.  Complete only on the first rank, which has read the
  /// files.
  std::vector<std::string> notes(const Sweep& sweep) const;

 private:
  std::map<std::string, Dataset> sets_;  ///< by prepared_name()
};

}  // namespace ksweep
