#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "data/dataset.h"
#include "sweep/planned_trials.h"

namespace ksweep {

/// Returns the facts of a data set as a trial uses it.  Throws UserError if the set has not enough samples.
DataFacts facts_of(const Trial& trial, const Dataset& dataset);

/// Returns the facts for trials of any set.  Each set is read once, and its samples are then freed.
class DataFactsReader {
 public:
  explicit DataFactsReader(std::filesystem::path data_dir, std::filesystem::path sweep_folder = {})
      : data_dir_(std::move(data_dir)), sweep_folder_(std::move(sweep_folder)) {}
  DataFacts operator()(const Trial& trial) { return facts_of(trial, of(trial)); }
  /// Returns the trial's data set without its samples.
  const Dataset& of(const Trial& trial);

 private:
  std::filesystem::path data_dir_, sweep_folder_;
  std::map<std::string, Dataset> known_;  ///< by prepared_name()
};

}  // namespace ksweep
