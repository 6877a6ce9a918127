#pragma once

#include <cstddef>

namespace ksweep {

/// Counts the bytes of this process's heap from now on, whoever allocates them.
void start_counting_bytes();

/// Returns the largest number of bytes that were allocated at the same time since then, beyond those allocated before.
std::size_t most_allocated_bytes();

}  // namespace ksweep
