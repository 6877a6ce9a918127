#include "cli/run_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <optional>
#include <string>

#include "core/atomic_file.h"
#include "core/errors.h"
#include "core/host.h"

namespace ksweep {
namespace {

namespace fs = std::filesystem;

int open_lock(const fs::path& path) {
  const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
  if (file >= 0) return file;
  throw UserError(
      path.string() + ": cannot be opened (" + std::strerror(errno) +
      "): two runs in one folder could not be told apart. Choose a folder you may write with --output.");
}

[[noreturn]] void refuse_taken(const fs::path& path) {
  throw UserError(path.parent_path().string() + ": another run is at work here (" + read_file(path) +
                  "): both would train the same trials. Wait for it, stop it, choose another --output, or give each "
                  "its --shard.");
}

/// A locked file, with a word for whoever meets the lock; the lock itself does not depend on it.
int take(const fs::path& path, int how) {
  const int file = open_lock(path);
  if (::flock(file, how | LOCK_NB) == 0) {
    const std::string owner = "host " + host_name() + ", process " + std::to_string(::getpid()) + ", since " +
                              iso_time(unix_time_s());
    if (::ftruncate(file, 0) == 0) (void)!::write(file, owner.data(), owner.size());
    return file;
  }
  const bool taken = errno == EWOULDBLOCK;
  const std::string reason = std::strerror(errno);
  ::close(file);
  if (taken) refuse_taken(path);
  throw UserError(
      path.string() + ": cannot be locked (" + reason +
      "): two runs in one folder could not be told apart. Put the results on a file system with locks.");
}

bool is_taken(const fs::path& path) {
  const int file = ::open(path.c_str(), O_RDWR | O_CLOEXEC);
  if (file < 0) return false;
  const bool taken = ::flock(file, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK;
  ::close(file);
  return taken;
}

constexpr const char* whole_name = "run.lock";

fs::path division_lock(const fs::path& folder, int count) {
  return folder / ("shards-of-" + std::to_string(count) + ".lock");
}

fs::path own_lock(const fs::path& folder, const Shard& shard) { return folder / ("run" + shard.suffix() + ".lock"); }

/// Shards of another division at work would train some of the same trials.
std::optional<fs::path> other_division(const fs::path& folder, int count) {
  std::error_code none;
  for (const auto& entry : fs::directory_iterator(folder, none)) {
    const std::string name = entry.path().filename().string();
    if (name.starts_with("shards-of-") && entry.path() != division_lock(folder, count) && is_taken(entry.path()))
      return entry.path();
  }
  return std::nullopt;
}

}  // namespace

RunLock::RunLock(const fs::path& folder, const Shard& shard) {
  if (shard.is_whole()) {
    files_.push_back(take(folder / whole_name, LOCK_EX));
    return;
  }
  files_.push_back(take(folder / whole_name, LOCK_SH));
  files_.push_back(take(division_lock(folder, shard.count), LOCK_SH));
  if (const auto other = other_division(folder, shard.count)) refuse_taken(*other);
  files_.push_back(take(own_lock(folder, shard), LOCK_EX));
}

RunLock::~RunLock() {
  for (const int file : files_) ::close(file);
}

bool is_locked(const fs::path& folder, const Shard& shard) {
  return is_taken(shard.is_whole() ? folder / whole_name : own_lock(folder, shard));
}

FoldLock::FoldLock(const fs::path& folder) : file_(open_lock(folder / "fold.lock")) {
  while (::flock(file_, LOCK_EX) != 0 && errno == EINTR) continue;
}

FoldLock::~FoldLock() { ::close(file_); }

}  // namespace ksweep
