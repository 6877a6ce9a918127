#include "data/row_transform.h"

namespace ksweep {

void RowTransform::apply(float* numbers, std::size_t n_inputs) const {
  if (divisor != 1)
    for (std::size_t c = 0; c < n_inputs; ++c) numbers[c] /= divisor;
  if (!shift.empty())
    for (std::size_t c = 0; c < n_inputs; ++c) numbers[c] = (numbers[c] - shift[c]) * factor;
}

}  // namespace ksweep
