#include "data/scale_row.h"

namespace ksweep {

void scale_row(const InputScaling& scaling, std::span<float> numbers) {
  const auto divisor = static_cast<float>(scaling.divisor);
  if (divisor != 1)
    for (float& number : numbers) number /= divisor;
  if (!scaling.mean.empty())
    for (std::size_t i = 0; i < numbers.size(); ++i)
      numbers[i] = (numbers[i] - scaling.mean[i]) * scaling.factor;
}

}  // namespace ksweep
