#include "run/require_threads.h"

#include <sys/resource.h>

#include <latch>
#include <string>
#include <system_error>
#include <thread>
#include <vector>

#include "base/errors.h"

namespace ksweep {

void require_threads(int n_threads) {
  std::latch all_started(1);
  std::vector<std::jthread> threads;
  std::string fault;
  try {
    for (int i = 1; i < n_threads; ++i) threads.emplace_back([&] { all_started.wait(); });
  } catch (const std::system_error& error) {
    fault = error.code().message();
  }
  all_started.count_down();
  if (fault.empty()) return;
  throw EnvironmentError(
      "of {} threads only {} can be started ({}): the system allows no more processes (ulimit -u, a "
      "container's pids limit) or no more memory (ulimit -v). Raise the limit, or give --threads {}.",
      n_threads, threads.size() + 1, fault, threads.size() + 1);
}

void require_open_files(int least) {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= static_cast<rlim_t>(least)) return;
  throw EnvironmentError(
      "a process may have only {} files open here (ulimit -n), and a run needs {}. Raise the limit: ulimit "
      "-n {}.",
      limit.rlim_cur, least, least);
}

}  // namespace ksweep
