#include "model/epoch_settings.h"

#include <algorithm>

#include "model/noise.h"

namespace ksweep {

void add_noise(const EpochSettings& settings, std::uint32_t row, std::span<float> inputs) {
  zero_at_random(settings.input_noise, {settings.seed, Purpose::input_noise, settings.epoch, row},
                 inputs.data(), static_cast<int>(inputs.size()));
}

void draw_dropout(const EpochSettings& settings, std::uint32_t row, std::span<float> mask) {
  std::ranges::fill(mask, 1.0f);
  zero_at_random(settings.dropout, {settings.seed, Purpose::dropout, settings.epoch, row}, mask.data(),
                 static_cast<int>(mask.size()));
}

void shift_target(const ShiftedTargets& targets, std::uint32_t row, const float* inputs, float* target) {
  const auto mean = [&](std::int32_t group) {
    return targets.means.data() + std::ptrdiff_t{group} * targets.n_inputs;
  };
  const float *own = mean(targets.own[row]), *other = mean(targets.other[row]);
  for (int c = 0; c < targets.n_inputs; ++c)
    target[c] = (1 - targets.attraction) * inputs[c] + targets.attraction * own[c] +
                targets.repulsion * (inputs[c] - other[c]);
}

}  // namespace ksweep
