#include "run/scratch_folder.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <system_error>
#include <utility>

#include "base/errors.h"

namespace ksweep {
namespace {

namespace fs = std::filesystem;

/// Returns the text that begins the names of this user's folders.
std::string own_mark() { return fmt::format("ksweep-{}.", ::geteuid()); }

/// Opens and locks a folder; negative if another process holds the lock, or if it belongs to another user.
int locked(const fs::path& path) {
  const int file = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  struct stat facts {};
  if (file >= 0 && ::fstat(file, &facts) == 0 && facts.st_uid == ::geteuid() &&
      ::flock(file, LOCK_EX | LOCK_NB) == 0)
    return file;
  if (file >= 0) ::close(file);
  return -1;
}

void remove_leftovers(const fs::path& base) {
  std::error_code none, ignored;
  for (auto entry = fs::directory_iterator(base, none); !none && entry != fs::directory_iterator();
       entry.increment(none)) {
    if (!entry->path().filename().string().starts_with(own_mark())) continue;
    const int lock = locked(entry->path());
    if (lock < 0) continue;
    fs::remove_all(entry->path(), ignored);
    ::close(lock);
  }
}

}  // namespace

std::optional<ScratchFolder> ScratchFolder::below(const fs::path& base) {
  remove_leftovers(base);
  // The folder is locked before it gets the name by which others look for leftovers.
  std::string unfinished = base / (".new-" + own_mark() + "XXXXXX");
  if (!::mkdtemp(unfinished.data())) return std::nullopt;
  const int lock = locked(unfinished);
  const fs::path path = base / (own_mark() + unfinished.substr(unfinished.size() - 6));
  if (lock >= 0 && ::rename(unfinished.c_str(), path.c_str()) == 0) return ScratchFolder(path, lock);
  // Without locks, no other process can take the folder for a leftover, since that requires locking it.
  if (lock >= 0) ::close(lock);
  return ScratchFolder(unfinished, ::open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
}

ScratchFolder::ScratchFolder(ScratchFolder&& other) noexcept
    : path_(std::move(other.path_)), lock_(std::exchange(other.lock_, -1)) {}

ScratchFolder::~ScratchFolder() {
  if (lock_ < 0) return;
  std::error_code none;
  fs::remove_all(path_, none);
  ::close(lock_);
}

ScratchFolder temporary_folder() {
  const char* given = std::getenv("TMPDIR");
  std::string fault;
  for (const char* base : {given, "/tmp", "/var/tmp", "/dev/shm"}) {
    if (!base || !*base) continue;
    if (auto folder = ScratchFolder::below(base)) {
      if (!fault.empty())
        std::fprintf(stderr, "ksweep: TMPDIR = %s cannot be used (%s): %s is used instead.\n", given,
                     fault.c_str(), base);
      return std::move(*folder);
    }
    if (base == given) fault = std::strerror(errno);
  }
  throw EnvironmentError(
      "no folder for temporary files can be written (TMPDIR, /tmp, /var/tmp, /dev/shm): ranks need one to "
      "find each other. Set TMPDIR to a folder that you may write, or leave out --ranks.");
}

}  // namespace ksweep
