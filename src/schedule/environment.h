#pragma once

#include <functional>
#include <optional>
#include <string>

namespace ksweep {

/// Value of an environment variable, or null: std::getenv, or a test's table.
using Lookup = std::function<const char*(const char* name)>;

/// What started this process.
enum class Launcher { none, mpirun, srun };
Launcher launcher(const Lookup& environment);

/// Before MPI_Init: several tasks of an srun that offers MPI nothing to connect them with, which makes Open
/// MPI abort, or start so many programs that all do the whole sweep.
std::optional<std::string> launch_fault(const Lookup& environment);

/// After MPI_Init: a launcher started several processes, but MPI knows of one.
/// Source: https://github.com/open-mpi/ompi/issues/13523
std::optional<std::string> singleton_fault(const Lookup& environment, int world_size);

}  // namespace ksweep
