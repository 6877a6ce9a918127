#pragma once

#include <functional>
#include <optional>
#include <string>

namespace ksweep {

/// Returns an environment variable or null: std::getenv, or a table in tests.
using Lookup = std::function<const char*(const char* name)>;

/// The program that started this process.
enum class Launcher { none, mpirun, srun };
Launcher launcher(const Lookup& environment);

/// Called before MPI_Init: returns an error if srun started several tasks without an MPI plugin to connect
/// them.  Open MPI would abort, or each task would do the whole sweep.
std::optional<std::string> launch_fault(const Lookup& environment);

/// Called after MPI_Init: returns an error if a launcher started several processes, but MPI knows only one.
/// Source: https://github.com/open-mpi/ompi/issues/13523
std::optional<std::string> singleton_fault(const Lookup& environment, int world_size);

}  // namespace ksweep
