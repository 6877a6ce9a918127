#include "train/mean_of_rows.h"

#include <cstddef>

namespace ksweep {

std::vector<double> mean_of_rows(const SampleRows& rows, int n_inputs,
                                 std::span<const std::uint32_t> chosen) {
  std::vector<double> mean(static_cast<std::size_t>(n_inputs));
  std::vector<float> buffer(mean.size());
  for (const std::uint32_t row : chosen) {
    const float* const numbers = rows.row(row, n_inputs, buffer.data());
    for (std::size_t c = 0; c < mean.size(); ++c) mean[c] += static_cast<double>(numbers[c]);
  }
  for (double& value : mean) value /= static_cast<double>(chosen.size());
  return mean;
}

}  // namespace ksweep
