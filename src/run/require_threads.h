#pragma once

namespace ksweep {

/// Proves that so many threads can run at once here: OpenMP's runtime ends the process where one cannot be started.
/// Throws EnvironmentError.
void require_threads(int n_threads);

/// Throws EnvironmentError if this process may have fewer files open than that: MPI would end it with words of its own.
void require_open_files(int least);

}  // namespace ksweep
