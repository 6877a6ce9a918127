#pragma once

#include <atomic>
#include <filesystem>
#include <functional>
#include <vector>

#include "run/held_file.h"
#include "run/shard.h"

namespace ksweep {

/// The exclusive right to run a sweep, or one of its shards, in a folder.  Held until the object or the
/// process ends, in whatever way.
class RunLock {
 public:
  /// Throws UserError that names the owner's host and process if the lock is taken.
  RunLock(const std::filesystem::path& folder, const Shard& shard);
  ~RunLock();
  RunLock(const RunLock&) = delete;
  RunLock& operator=(const RunLock&) = delete;

 private:
  void add(const std::filesystem::path& path, int how);

  std::vector<int> files_;
  std::vector<HeldFile> held_;  ///< used if the file system has no locks
};

/// Returns whether a run that excludes this one is active in the folder, as far as that can be determined.
bool is_locked(const std::filesystem::path& folder, const Shard& shard);

/// Waits for the ranks of a killed supervisor in this folder, which save their trainings and end within
/// seconds.  Prints that it waits.
void wait_for_orphans(const std::filesystem::path& folder, const Shard& shard, const std::atomic<bool>& stop);

/// Held by the shard that is writing the sweep file.
class FoldLock {
 public:
  /// Waits for the lock as long as `may_wait`, called repeatedly, returns true.
  FoldLock(const std::filesystem::path& folder, const std::function<bool()>& may_wait);
  ~FoldLock();
  FoldLock(const FoldLock&) = delete;
  FoldLock& operator=(const FoldLock&) = delete;

  /// Returns false if the wait was given up.
  bool is_held() const { return held_; }

 private:
  int file_;
  bool held_ = false;
};

}  // namespace ksweep
