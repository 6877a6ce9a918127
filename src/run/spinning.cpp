#include "run/spinning.h"

#include <strings.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>

#include "base/host.h"
#include "run/report_errors.h"

namespace ksweep {
namespace {

bool limit_spinning() {
  if (std::getenv("GOMP_SPINCOUNT") || std::getenv("OMP_WAIT_POLICY")) return false;
  // "active" raises the spin limit from 100 to 1000 for ranks that start bound to one CPU and borrow others.
  ::setenv("OMP_WAIT_POLICY", "active", 0);
  ::setenv("GOMP_SPINCOUNT", "10000", 0);
  return true;
}

bool unset(const char* name) { return std::getenv(name) && ::unsetenv(name) == 0; }

bool untie_threads() {
  const char* bind = std::getenv("OMP_PROC_BIND");
  const bool are_tied = !bind || ::strcasecmp(bind, "false") != 0;
  std::string unheeded;
  for (const char* name : {"OMP_PROC_BIND", "OMP_PLACES", "GOMP_CPU_AFFINITY"})
    if (unset(name)) unheeded += (unheeded.empty() ? "" : ", ") + std::string(name);
  if (are_tied && !unheeded.empty() && is_first_rank())
    std::fprintf(
        stderr,
        "ksweep: %s: not heeded, since the threads of all ranks would be tied to the same CPUs. They use all "
        "CPUs that the launcher (or taskset) allows.\n",
        unheeded.c_str());
  return !unheeded.empty();
}

}  // namespace

void untie_main_thread() { allow_cpus(cpus_at_start()); }

void set_up_openmp(char** argv) {
  const bool spins = limit_spinning(), was_tied = untie_threads();
  // OMP_DYNAMIC adapts the threads to the machine's load; base/pace.h measures instead how many are faster.
  bool was_odd = unset("OMP_DYNAMIC");
  // The threads need little stack, and libgomp ends the program without a message if there is too little
  // memory.
  for (const char* name : {"OMP_STACKSIZE", "GOMP_STACKSIZE"}) was_odd = unset(name) || was_odd;
  if (!spins && !was_tied && !was_odd) return;
  std::error_code none;  // if it fails, training is still correct, but slower beside other load
  const auto program = std::filesystem::read_symlink("/proc/self/exe", none);
  if (!none) ::execv(program.c_str(), argv);
}

}  // namespace ksweep
