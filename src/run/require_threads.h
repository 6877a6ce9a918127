#pragma once

namespace ksweep {

/// Checks that so many threads can run at once here, since OpenMP's runtime ends the process if one cannot be
/// started.  Throws EnvironmentError.
void require_threads(int n_threads);

/// Throws EnvironmentError if this process may open fewer files than this: MPI would end it with an obscure
/// message.
void require_open_files(int least);

}  // namespace ksweep
