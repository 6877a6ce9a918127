#pragma once

namespace ksweep {

/// From here on, this thread and those that it starts take numbers below the smallest normal one for zero.  The velocity of
/// a unit that nothing moves any more fades through those numbers for hundreds of steps, and many CPUs are a hundred times
/// slower with them.  To be called before OpenMP starts its threads, so that all of them agree.
void flush_denormals();

}  // namespace ksweep
