#pragma once

#include <functional>

namespace ksweep {

/// Asked often from inside long work, between mini-batches or iterations; costs a clock reading most of the time and never
/// throws.  false: the work must stop without a trace, and throws Interrupted.
using KeepGoing = std::function<bool()>;

}  // namespace ksweep
