#pragma once

#include <cstddef>
#include <span>

namespace ksweep {

/// Halves the side of a square image: bicubic interpolation (Keys 1981, a = -0.5) widened by two against
/// aliasing, mirrored at the edges, rounded to grey levels; in integers, so that every machine gets the same
/// bytes.
/// from: (2 side x 2 side), rows `stride` bytes apart.  to: (side x side).
void halve_image(const std::byte* from, std::size_t stride, std::size_t side, std::span<std::byte> to);

}  // namespace ksweep
