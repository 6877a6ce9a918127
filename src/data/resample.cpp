#include "data/resample.h"

#include <algorithm>
#include <array>
#include <vector>

namespace ksweep {
namespace {

/// The kernel at distances 1.75, 1.25, 0.75, 0.25 and their mirror images, times 256; the sum is 512.
constexpr std::array<int, 8> weights{-6, -18, 58, 222, 222, 58, -18, -6};
constexpr int total = 512;

/// Returns the position of tap `tap` of output `i`, mirrored into 0 .. size-1 (the edge pixel is its own
/// neighbour).
std::size_t tap_position(std::size_t i, std::size_t tap, std::size_t size) {
  const auto last = static_cast<std::ptrdiff_t>(size) - 1;
  const auto position = static_cast<std::ptrdiff_t>(2 * i + tap) - 3;
  const auto inside = position < 0 ? -position - 1 : position > last ? 2 * last + 1 - position : position;
  return static_cast<std::size_t>(std::clamp<std::ptrdiff_t>(inside, 0, last));
}

template <class Value>
int weighted(std::size_t i, std::size_t size, Value&& value) {
  int sum = 0;
  for (std::size_t tap = 0; tap < weights.size(); ++tap)
    sum += weights[tap] * value(tap_position(i, tap, size));
  return sum;
}

}  // namespace

void halve_image(const std::byte* from, std::size_t stride, std::size_t side, std::span<std::byte> to) {
  const std::size_t size = 2 * side;
  std::vector<int> narrow(size * side);  // (size x side), times 512
  for (std::size_t row = 0; row < size; ++row)
    for (std::size_t column = 0; column < side; ++column)
      narrow[row * side + column] =
          weighted(column, size, [&](std::size_t x) { return std::to_integer<int>(from[row * stride + x]); });
  for (std::size_t row = 0; row < side; ++row)
    for (std::size_t column = 0; column < side; ++column) {
      const int sum = weighted(row, size, [&](std::size_t y) { return narrow[y * side + column]; });
      constexpr int scale = total * total;
      to[row * side + column] = static_cast<std::byte>(std::clamp(sum + scale / 2, 0, 255 * scale) / scale);
    }
}

}  // namespace ksweep
