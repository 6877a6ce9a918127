#include "measure/decoder_cosines.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

namespace ksweep {

DecoderCosines decoder_cosines(const Kernels& kernels, const UnitRows& directions, const Team& team,
                               Sign sign) {
  constexpr double undefined = std::numeric_limits<double>::quiet_NaN();
  const int n = directions.n;
  if (n < 2) return {undefined, undefined};
  struct OfDirection {
    double largest, sum;
  };
  std::vector<OfDirection> found(static_cast<std::size_t>(n));
  for_each_cosines(kernels, directions, directions, team, sign, [&](const CosineRows& rows) {
    for (int i = rows.first; i < rows.first + rows.count; ++i) {
      OfDirection own{-1, 0};
      for (int j = 0; j < n; ++j) {
        if (j == i) continue;
        const double cosine = static_cast<double>(rows.of(i)[j]);
        own.largest = std::max(own.largest, cosine);
        own.sum += std::abs(cosine);
      }
      found[static_cast<std::size_t>(i)] = own;
    }
  });
  double largest = 0, sum = 0;
  for (const OfDirection& own : found) largest += own.largest, sum += own.sum;
  return {largest / n, sum / (static_cast<double>(n) * (n - 1))};
}

}  // namespace ksweep
