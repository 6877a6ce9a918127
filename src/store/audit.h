#pragma once

#include <filesystem>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/trial_result.h"
#include "store/sweep_record.h"

namespace ksweep {

/// Something noteworthy about one file of a results folder.
struct Finding {
  std::filesystem::path file;
  std::string what;
};

/// The result of checking a results folder file by file.
struct Audit {
  std::vector<TrialResult> records;  ///< those with the right checksum, name and specification, by id
  std::vector<std::string> axes;     ///< axes of sweep.h5's grid
  std::string results_sha256;        ///< hash of the numbers in sweep.h5; empty if it is missing or damaged
  std::optional<RaceRecord> race;    ///< what sweep.h5 says of a race
  std::size_t n_rows = 0;            ///< finished trials of sweep.h5
  std::size_t n_agree = 0;           ///< finished trials of sweep.h5 whose record agrees
  std::set<std::uint64_t> others;    ///< finished trials of sweep.h5 outside its grid
  std::vector<Finding> faults;       ///< damaged, misplaced, missing or differing files
  std::vector<Finding> notes;        ///< not faults: unknown files, records that are not in sweep.h5
};

/// Reads every file in trials/ and sweep.h5, and changes nothing.  Records are decoded in child processes,
/// since they may come from an untrusted source.  Throws UserError if the folder is no results folder.
Audit audit(const std::filesystem::path& folder);

}  // namespace ksweep
