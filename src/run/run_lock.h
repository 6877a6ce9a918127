#pragma once

#include <atomic>
#include <filesystem>
#include <functional>
#include <vector>

#include "run/held_file.h"
#include "run/shard.h"

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

/// Ranks whose supervisor was killed save what they train and end, within seconds: waits for such a run in the folder, and
/// says so.
void wait_for_orphans(const std::filesystem::path& folder, const Shard& shard, const std::atomic<bool>& stop);

/// Held by the one shard that writes the sweep file, for a moment.
class FoldLock {
 public:
  /// Waits for it as long as `may_wait`, asked now and then, agrees.
  FoldLock(const std::filesystem::path& folder, const std::function<bool()>& may_wait);
  ~FoldLock();
  FoldLock(const FoldLock&) = delete;
  FoldLock& operator=(const FoldLock&) = delete;

  /// Or the wait was given up.
  bool is_held() const { return held_; }

 private:
  int file_;
  bool held_ = false;
};

}  // namespace ksweep
