#pragma once

#include <cstdint>

#include "base/random.h"
#include "kernels/aligned.h"

namespace ksweep {

/// Returns `count` numbers from N(0, 1), the same for the same seed.
inline AlignedFloats random_numbers(std::size_t count, std::uint64_t seed) {
  AlignedFloats numbers(count);
  RandomStream stream(seed, Purpose::hidden_weights);
  for (float& number : numbers.span()) number = static_cast<float>(stream.normal());
  return numbers;
}

}  // namespace ksweep
