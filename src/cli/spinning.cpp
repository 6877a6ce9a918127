#include "cli/spinning.h"

#include <unistd.h>

#include <cstdlib>
#include <filesystem>

namespace ksweep {

void limit_spinning(char** argv) {
  if (std::getenv("GOMP_SPINCOUNT") || std::getenv("OMP_WAIT_POLICY")) return;
  // "active" raises the limit of ranks that were tied to one CPU at the start and borrow others, from 100 to 1000.
  ::setenv("OMP_WAIT_POLICY", "active", 0);
  ::setenv("GOMP_SPINCOUNT", "10000", 0);
  std::error_code none;  // then training is as right, and as fast where nothing else runs
  const auto program = std::filesystem::read_symlink("/proc/self/exe", none);
  if (!none) ::execv(program.c_str(), argv);
}

}  // namespace ksweep
