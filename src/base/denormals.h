#pragma once

namespace ksweep {

/// Makes this thread, and threads that it starts from now on, flush denormal numbers to zero.  The momentum
/// of a unit without gradient decays through denormals for hundreds of steps, and many CPUs are a hundred
/// times slower with them.  Call it before OpenMP starts its threads, so that all of them agree.
void flush_denormals();

}  // namespace ksweep
