#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "data/dataset.h"
#include "sweep/planned_trials.h"

namespace ksweep {

/// What a trial sees of its data set.  Throws UserError if the set has not enough samples.
DataFacts facts_of(const Trial& trial, const Dataset& dataset);

/// The same for trials of any set; each set is read once, and its samples are no longer kept than that.
class DataFactsReader {
 public:
  explicit DataFactsReader(std::filesystem::path data_dir, std::filesystem::path sweep_folder = {})
      : data_dir_(std::move(data_dir)), sweep_folder_(std::move(sweep_folder)) {}
  DataFacts operator()(const Trial& trial) { return facts_of(trial, of(trial)); }
  /// The trial's data set without its samples.
  const Dataset& of(const Trial& trial);

 private:
  std::filesystem::path data_dir_, sweep_folder_;
  std::map<std::string, Dataset> known_;  ///< by prepared_name()
};

}  // namespace ksweep
