#include "base/standard_streams.h"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <iostream>
#include <string>

#include "base/errors.h"

namespace ksweep {
namespace {

bool reader_has_gone() {
  pollfd output{STDOUT_FILENO, POLLOUT, 0};
  return ::poll(&output, 1, 0) == 1 && (output.revents & POLLERR) != 0;
}

/// What an earlier write met is no longer known; one more meets it again.
int reason_of_another_write() {
  errno = 0;
  return ::write(STDOUT_FILENO, "\n", 1) < 0 ? errno : 0;
}

}  // namespace

void occupy_standard_streams() {
  for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
    // Opened in the unused direction, so that reading or writing still fails.
    if (::fcntl(stream, F_GETFD) < 0)
      (void)!::open("/dev/null", stream == STDIN_FILENO ? O_WRONLY : O_RDONLY);
}

void check_standard_output() {
  errno = 0;
  const bool flushed = std::cout.flush().good() && std::fflush(stdout) == 0;
  const int reason_of_flush = errno;
  if ((flushed && std::ferror(stdout) == 0) || reader_has_gone()) return;
  const int reason = reason_of_flush != 0 ? reason_of_flush : reason_of_another_write();
  throw UserError(
      "standard output: cannot be written{}: not all of what was to be shown has arrived. Send it elsewhere, "
      "or free some space; files that the command wrote are not concerned.",
      reason != 0 ? fmt::format(" ({})", std::strerror(reason)) : "");
}

}  // namespace ksweep
