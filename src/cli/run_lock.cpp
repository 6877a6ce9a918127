#include "cli/run_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>

#include "core/atomic_file.h"
#include "core/errors.h"
#include "core/host.h"

namespace ksweep {

RunLock::RunLock(const std::filesystem::path& folder) {
  const std::filesystem::path path = folder / "run.lock";
  file_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
  if (file_ < 0)
    throw UserError(
        path.string() + ": cannot be opened (" + std::strerror(errno) +
        "): two runs in one folder could not be told apart. Choose a folder you may write with --output.");
  if (::flock(file_, LOCK_EX | LOCK_NB) != 0) {
    const bool taken = errno == EWOULDBLOCK;
    const std::string reason = std::strerror(errno), owner = read_file(path);
    ::close(file_);
    if (taken)
      throw UserError(
          folder.string() + ": another run is at work here (" + owner +
          "): both would train the same trials. Wait for it, stop it, or choose another --output.");
    throw UserError(
        path.string() + ": cannot be locked (" + reason +
        "): two runs in one folder could not be told apart. Put the results on a file system with locks.");
  }
  const std::string owner = "host " + host_name() + ", process " + std::to_string(::getpid()) + ", since " +
                            iso_time(unix_time_s());
  // Only a word for whoever meets the lock: the lock itself does not depend on it.
  if (::ftruncate(file_, 0) == 0) (void)!::write(file_, owner.data(), owner.size());
}

RunLock::~RunLock() { ::close(file_); }

bool is_locked(const std::filesystem::path& folder) {
  const int file = ::open((folder / "run.lock").c_str(), O_RDWR | O_CLOEXEC);
  if (file < 0) return false;
  const bool taken = ::flock(file, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK;
  ::close(file);
  return taken;
}

}  // namespace ksweep
