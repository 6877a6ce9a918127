#include "train/mean_of_rows.h"

#include <cstddef>

namespace ksweep {

std::vector<double> mean_of_rows(const float* rows, int n_inputs, std::span<const std::uint32_t> chosen) {
  std::vector<double> mean(static_cast<std::size_t>(n_inputs));
  for (const std::uint32_t row : chosen)
    for (int c = 0; c < n_inputs; ++c)
      mean[static_cast<std::size_t>(c)] += static_cast<double>(rows[std::ptrdiff_t{row} * n_inputs + c]);
  for (double& value : mean) value /= static_cast<double>(chosen.size());
  return mean;
}

}  // namespace ksweep
