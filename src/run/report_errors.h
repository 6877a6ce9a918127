#pragma once

#include <functional>

namespace ksweep {

/// Runs the program's work and turns exceptions into a message on standard error and an exit code: for a
/// mistake of the user, an unsuitable environment, or a bug.  Of several ranks only the first prints the
/// message; under mpirun it then returns a code other than 0 only after mpirun had time to read what it printed.
int report_errors(const std::function<int()>& work);

/// Returns whether this process is the first of those that one launcher started, which prints messages.  MPI
/// need not be running.
bool is_first_rank();

}  // namespace ksweep
