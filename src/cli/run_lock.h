#pragma once

#include <filesystem>

namespace ksweep {

/// The right to run a sweep in a folder, held until the object ends, or the process, however it ends.
class RunLock {
 public:
  /// Throws UserError that names who holds it, host and process, if it is taken.
  explicit RunLock(const std::filesystem::path& folder);
  ~RunLock();
  RunLock(const RunLock&) = delete;
  RunLock& operator=(const RunLock&) = delete;

 private:
  int file_;
};

/// Whether a run is at work in this folder, as far as can be told.
bool is_locked(const std::filesystem::path& folder);

}  // namespace ksweep
