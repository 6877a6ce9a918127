#include "run/run_lock.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <optional>
#include <string>
#include <thread>
#include <utility>

#include "base/atomic_file.h"
#include "base/errors.h"
#include "base/host.h"
#include "base/process.h"
#include "store/status_file.h"

namespace ksweep {
namespace {

namespace fs = std::filesystem;

int open_lock(const fs::path& path) {
  const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
  if (file >= 0) return file;
  throw UserError(
      "{}: cannot be opened ({}): two runs in one folder could not be told apart. Choose a folder you may "
      "write with --output.",
      path.string(), std::strerror(errno));
}

/// Returns the file that replaces the lock on file systems without locks.
fs::path held_path(const fs::path& path) { return path.string() + ".held"; }

/// Locks a file and writes the owner into it for information only.  Returns nothing if the file system has no
/// locks.
std::optional<int> take(const fs::path& path, int how) {
  const int file = open_lock(path);
  if (::flock(file, how | LOCK_NB) == 0) {
    const std::string owner = this_owner();
    if (::ftruncate(file, 0) == 0) (void)!::write(file, owner.data(), owner.size());
    return file;
  }
  const int reason = errno;
  ::close(file);
  if (reason == EWOULDBLOCK) refuse_taken(path.parent_path(), read_file(path));
  std::fprintf(stderr, "ksweep: %s: this file system has no locks (%s): %s\n", path.c_str(),
               std::strerror(reason),
               how == LOCK_EX ? "a file beside it, which only one run can make, stands for one"
                              : "whether a run of all shards is at work cannot be seen");
  return std::nullopt;
}

bool is_taken(const fs::path& path) {
  if (is_held(held_path(path))) return true;
  const int file = ::open(path.c_str(), O_RDWR | O_CLOEXEC);
  if (file < 0) return false;
  const bool taken = ::flock(file, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK;
  ::close(file);
  return taken;
}

constexpr const char* whole_name = "run.lock";

fs::path division_lock(const fs::path& folder, int count) {
  return folder / fmt::format("shards-of-{}.lock", count);
}

fs::path own_lock(const fs::path& folder, const Shard& shard) {
  return folder / ("run" + shard.suffix() + ".lock");
}

/// Returns the lock of a shard of another division, which would train some of the same trials.
std::optional<fs::path> other_division(const fs::path& folder, int count) {
  std::error_code none;
  for (const auto& entry : fs::directory_iterator(folder, none)) {
    const std::string name = entry.path().filename().string();
    if (name.starts_with("shards-of-") && entry.path() != division_lock(folder, count) &&
        is_taken(entry.path()))
      return entry.path();
  }
  return std::nullopt;
}

/// Returns whether the run of this status lives, but the supervisor of its ranks does not.
bool is_orphaned(const fs::path& status) {
  try {
    const SweepStatus run = read_status(status);
    const auto rank_0 = static_cast<long>(run.pid);
    const long supervisor = std::atol(run.attempt.c_str());  // it begins with the process number
    return supervisor > 0 && run.host == host_name() && !process_lives(supervisor) && process_lives(rank_0) &&
           static_cast<double>(process_start(rank_0)) == run.pid_start;
  } catch (const std::exception&) {
    return false;  // absent or unreadable
  }
}

}  // namespace

void RunLock::add(const fs::path& path, int how) {
  if (const auto file = take(path, how))
    files_.push_back(*file);
  else if (how == LOCK_EX)
    held_.emplace_back(held_path(path));
}

RunLock::RunLock(const fs::path& folder, const Shard& shard) {
  if (shard.is_whole()) {
    add(folder / whole_name, LOCK_EX);
    return;
  }
  add(folder / whole_name, LOCK_SH);
  add(division_lock(folder, shard.count), LOCK_SH);
  if (const auto other = other_division(folder, shard.count)) refuse_taken(folder, read_file(*other));
  add(own_lock(folder, shard), LOCK_EX);
}

RunLock::~RunLock() {
  for (const int file : files_) ::close(file);
}

bool is_locked(const fs::path& folder, const Shard& shard) {
  return is_taken(shard.is_whole() ? folder / whole_name : own_lock(folder, shard));
}

void wait_for_orphans(const fs::path& folder, const Shard& shard, const std::atomic<bool>& stop) {
  constexpr std::chrono::milliseconds longest(60'000), pause(50);
  const auto end = std::chrono::steady_clock::now() + longest;
  bool reported = false;
  while (!stop && std::chrono::steady_clock::now() < end && is_locked(folder, shard) &&
         is_orphaned(status_path(folder, shard.suffix()))) {
    if (!std::exchange(reported, true))
      std::fprintf(stderr,
                   "ksweep: %s: ranks whose command was killed are still saving what they trained: waiting "
                   "for them.\n",
                   folder.c_str());
    std::this_thread::sleep_for(pause);
  }
}

FoldLock::FoldLock(const fs::path& folder, const std::function<bool()>& may_wait)
    : file_(open_lock(folder / "fold.lock")) {
  constexpr auto pause = std::chrono::milliseconds(20);
  while (!held_) {
    held_ = ::flock(file_, LOCK_EX | LOCK_NB) == 0 ||
            (errno != EWOULDBLOCK && errno != EINTR);  // or the file system has no locks
    if (held_ || !may_wait()) return;
    std::this_thread::sleep_for(pause);
  }
}

FoldLock::~FoldLock() { ::close(file_); }

}  // namespace ksweep
