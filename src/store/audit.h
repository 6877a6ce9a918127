#pragma once

#include <filesystem>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/trial_result.h"

namespace ksweep {

/// What was found of one file of a results folder.
struct Finding {
  std::filesystem::path file;
  std::string what;
};

/// A results folder, checked file by file.
struct Audit {
  std::vector<TrialResult> records;  ///< those whose checksum, name and specification are right, by id
  std::vector<std::string> axes;     ///< of sweep.h5
  std::string results_sha256;        ///< of sweep.h5's own numbers; empty if there is no sound one
  std::size_t n_rows = 0;            ///< finished trials of sweep.h5
  std::size_t n_agree = 0;           ///< those whose record says the same
  std::set<std::uint64_t> others;    ///< finished trials of sweep.h5 that its grid does not ask for
  std::vector<Finding> faults;       ///< damaged, misplaced, missing, differing
  std::vector<Finding> notes;        ///< what is no fault: strange files, records that sweep.h5 does not hold
};

/// Reads every file in trials/ and sweep.h5 and changes nothing.  Records are decoded in child processes: they may be a
/// stranger's.  Throws UserError if the folder is no results folder.
Audit audit(const std::filesystem::path& folder);

}  // namespace ksweep
