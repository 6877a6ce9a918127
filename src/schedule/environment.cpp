#include "schedule/environment.h"

#include <fmt/core.h>

#include <charconv>
#include <cstring>

namespace ksweep {
namespace {

int number(const char* text) {
  int value = 0;
  if (text) std::from_chars(text, text + std::strlen(text), value);
  return value;
}

/// Returns how many processes the innermost launcher started as one program; 1 without a launcher.
/// In a batch script itself, SLURM_NTASKS and SLURM_PROCID are set, but there is no step.
int n_launched(const Lookup& environment) {
  for (const char* name : {"OMPI_COMM_WORLD_SIZE", "PMI_SIZE"})
    if (const int size = number(environment(name)); size > 0) return size;
  if (environment("SLURM_STEP_ID")) return number(environment("SLURM_STEP_NUM_TASKS"));
  return 1;
}

std::string singletons(int count) {
  return fmt::format(
      "You started {} processes that do not know of each other (singletons), instead of {} ranks: each would "
      "run the whole sweep into the same folder. Start them with `mpirun -n {} ksweep …` or `srun --mpi=pmix "
      "ksweep …`, by the MPI that ksweep was built with.",
      count, count, count);
}

}  // namespace

Launcher launcher(const Lookup& environment) {
  if (environment("OMPI_COMM_WORLD_SIZE")) return Launcher::mpirun;
  if (environment("SLURM_STEP_ID")) return Launcher::srun;
  return environment("PMI_SIZE") ? Launcher::mpirun : Launcher::none;
}

std::optional<std::string> launch_fault(const Lookup& environment) {
  if (launcher(environment) != Launcher::srun) return {};
  for (const char* connection : {"PMIX_RANK", "PMI_RANK", "PMI_FD"})
    if (environment(connection)) return {};
  const int count = n_launched(environment);
  if (count <= 1) return {};
  return singletons(count);
}

std::optional<std::string> singleton_fault(const Lookup& environment, int world_size) {
  const int count = n_launched(environment);
  if (world_size > 1 || count <= 1) return {};
  return singletons(count);
}

}  // namespace ksweep
