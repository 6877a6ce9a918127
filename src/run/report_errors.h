#pragma once

#include <functional>

namespace ksweep {

/// Runs the program's work and turns what it throws into a message on standard error and an exit code: a
/// mistake of the user's, an unfit environment, or a mistake of ours.  Of several ranks only the first
/// speaks.
int report_errors(const std::function<int()>& work);

/// Whether this process is the first of those that one launcher started, and so the one that speaks.  MPI may not be running
/// yet, or any more.
bool is_first_rank();

}  // namespace ksweep
