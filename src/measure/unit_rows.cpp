#include "measure/unit_rows.h"

#include <algorithm>
#include <cmath>

#include "base/random.h"
#include "core/row_layout.h"

namespace ksweep {

UnitRows unit_rows(const DirectionsView& directions, std::span<const std::uint8_t> is_wanted) {
  const auto wants = [&](int i) { return is_wanted.empty() || is_wanted[static_cast<std::size_t>(i)] != 0; };
  UnitRows result;
  for (int i = 0; i < directions.n; ++i) result.n += wants(i);
  result.stride = padded(directions.n_inputs);
  result.rows = AlignedFloats(static_cast<std::size_t>(result.n) * static_cast<std::size_t>(result.stride));
  float* to = result.rows.data();
  for (int i = 0; i < directions.n; ++i) {
    if (!wants(i)) continue;
    const float* const from = directions.rows + std::ptrdiff_t{i} * directions.stride;
    double square = 0;
    for (int c = 0; c < directions.n_inputs; ++c)
      square += static_cast<double>(from[c]) * static_cast<double>(from[c]);
    const double factor = square > 0 ? 1 / std::sqrt(square) : 0;
    for (int c = 0; c < directions.n_inputs; ++c)
      to[c] = static_cast<float>(static_cast<double>(from[c]) * factor);
    to += result.stride;
  }
  return result;
}

UnitRows random_directions(int n, int n_inputs, std::uint64_t index) {
  constexpr std::uint64_t seed = 0;
  RandomStream stream(seed, Purpose::chance_directions, 0, index);
  std::vector<float> numbers(static_cast<std::size_t>(n) * static_cast<std::size_t>(n_inputs));
  for (float& number : numbers) number = static_cast<float>(stream.normal());
  return unit_rows({numbers.data(), n, n_inputs, n_inputs});
}

}  // namespace ksweep
