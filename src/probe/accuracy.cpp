#include "probe/accuracy.h"

#include <cassert>
#include <limits>

namespace ksweep {

Accuracy accuracy_of(std::span<const std::int32_t> predicted, std::span<const std::int32_t> labels,
                     int n_classes) {
  assert(predicted.size() == labels.size());
  const auto n = static_cast<std::size_t>(n_classes);
  Accuracy result{0, std::vector<double>(n, std::numeric_limits<double>::quiet_NaN()),
                  std::vector<std::int32_t>(n * n)};
  for (std::size_t i = 0; i < labels.size(); ++i)
    ++result.confusion[static_cast<std::size_t>(labels[i]) * n + static_cast<std::size_t>(predicted[i])];
  std::int64_t right = 0;
  for (std::size_t c = 0; c < n; ++c) {
    std::int64_t samples = 0;
    for (std::size_t other = 0; other < n; ++other) samples += result.confusion[c * n + other];
    const std::int32_t hits = result.confusion[c * n + c];
    right += hits;
    if (samples > 0) result.per_class[c] = hits / static_cast<double>(samples);
  }
  result.overall =
      labels.empty() ? std::numeric_limits<double>::quiet_NaN() : right / static_cast<double>(labels.size());
  return result;
}

}  // namespace ksweep
