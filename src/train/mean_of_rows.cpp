#include "train/mean_of_rows.h"

#include "base/errors.h"

namespace ksweep {

std::vector<double> mean_of_rows(const SampleRows& rows, int n_inputs, std::span<const std::uint32_t> chosen,
                                 const KeepGoing& keep_going) {
  std::vector<double> mean(static_cast<std::size_t>(n_inputs));
  std::vector<float> buffer(mean.size());
  for (std::size_t i = 0; i < chosen.size(); ++i) {
    if (i % rows_at_once == 0 && !keep_going()) throw Interrupted();
    const float* const numbers = rows.row(chosen[i], n_inputs, buffer.data());
    for (std::size_t c = 0; c < mean.size(); ++c) mean[c] += static_cast<double>(numbers[c]);
  }
  for (double& value : mean) value /= static_cast<double>(chosen.size());
  return mean;
}

}  // namespace ksweep
