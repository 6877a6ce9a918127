#pragma once

namespace ksweep {

/// Proves that so many threads can run at once here: OpenMP's runtime ends the process where one cannot be started.
/// Throws EnvironmentError.
void require_threads(int n_threads);

}  // namespace ksweep
