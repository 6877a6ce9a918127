#pragma once

#include <filesystem>
#include <vector>

#include "cli/held_file.h"
#include "cli/shard.h"

namespace ksweep {

/// The right to run a sweep in a folder, or a shard of it beside other shards, held until the object ends, or the
/// process, however it ends.
class RunLock {
 public:
  /// Throws UserError that names who holds it, host and process, if it is taken.
  RunLock(const std::filesystem::path& folder, const Shard& shard);
  ~RunLock();
  RunLock(const RunLock&) = delete;
  RunLock& operator=(const RunLock&) = delete;

 private:
  void add(const std::filesystem::path& path, int how);

  std::vector<int> files_;
  std::vector<HeldFile> held_;  ///< where the file system has no locks
};

/// Whether a run that excludes this one is at work in the folder, as far as can be told.
bool is_locked(const std::filesystem::path& folder, const Shard& shard);

/// Held by the one shard that writes the sweep file, for a moment; waits for it.
class FoldLock {
 public:
  explicit FoldLock(const std::filesystem::path& folder);
  ~FoldLock();
  FoldLock(const FoldLock&) = delete;
  FoldLock& operator=(const FoldLock&) = delete;

 private:
  int file_;
};

}  // namespace ksweep
