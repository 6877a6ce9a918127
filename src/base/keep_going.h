#pragma once

#include <functional>

namespace ksweep {

/// Long work calls this often, between mini-batches or iterations; it usually costs one clock reading and
/// never throws.  If it returns false, the work must leave no trace and throw Interrupted.
using KeepGoing = std::function<bool()>;

}  // namespace ksweep
