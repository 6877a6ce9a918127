#include "run/require_threads.h"

#include <fmt/core.h>
#include <gmock/gmock.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>

#include "base/errors.h"
#include "lowered_limit.h"

namespace ksweep {
namespace {

using testing::ThrowsMessage;

TEST(RequireThreads, AcceptsWhatCanBeStarted) {
  for (const int n_threads : {0, 1, 3}) EXPECT_NO_THROW(require_threads(n_threads)) << n_threads;
}

#ifndef KSWEEP_SANITIZE  // sanitizers reserve memory, too
/// Returns the memory that this process has reserved, which `ulimit -v` limits.
rlim_t reserved_bytes() {
  rlim_t pages = 0;
  std::ifstream("/proc/self/statm") >> pages;
  return pages * static_cast<rlim_t>(::sysconf(_SC_PAGESIZE));
}

/// Returns what is said of threads of which so many can be started.
std::string words_on(int n_threads, int n_started) {
  return fmt::format(
      "of {} threads only {} can be started (Resource temporarily unavailable): the system allows no more "
      "processes (ulimit -u, a container's pids limit) or no more memory (ulimit -v). Raise the limit, or give "
      "--threads {}.",
      n_threads, n_started, n_started);
}

/// Returns the message of the error; empty if there is none.
std::string fault_of_threads(int n_threads) {
  try {
    require_threads(n_threads);
  } catch (const EnvironmentError& error) {
    return error.what();
  }
  return "";
}

// In a process of its own, as one that is out of memory is good for nothing else.
TEST(RequireThreads, SaysHowManyCanBeStartedWithTheCallingOne) {
  EXPECT_EXIT(
      {
        const LoweredLimit limit(RLIMIT_AS, reserved_bytes() + (rlim_t{100} << 20));
        const std::string fault = fault_of_threads(10'000);
        int n_started = 0;
        std::sscanf(fault.c_str(), "of 10000 threads only %d", &n_started);
        const bool fits = fault == words_on(10'000, n_started) && fault_of_threads(n_started).empty() &&
                          fault_of_threads(n_started + 1) == words_on(n_started + 1, n_started);
        std::_Exit(fits ? 0 : 1);
      },
      testing::ExitedWithCode(0), "");
}
#endif

TEST(RequireOpenFiles, ComparesWithTheLimitOfThisProcess) {
  const LoweredLimit limit(RLIMIT_NOFILE, 100);
  EXPECT_NO_THROW(require_open_files(100));
  EXPECT_THAT(
      [] { require_open_files(101); },
      ThrowsMessage<EnvironmentError>(
          "a process may have only 100 files open here (ulimit -n), and a run needs 101. Raise the limit: "
          "ulimit -n 101."));
}

}  // namespace
}  // namespace ksweep
