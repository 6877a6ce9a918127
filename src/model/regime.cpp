#include "model/regime.h"

#include <cmath>

#include "core/random.h"

namespace ksweep {
namespace {

/// An event of this probability is a random word below this number.
std::uint32_t threshold(double probability) {
  return static_cast<std::uint32_t>(std::ldexp(probability, 32));
}

}  // namespace

void add_noise(const Regime& regime, std::uint32_t row, std::span<float> inputs) {
  RandomStream stream(regime.seed, Purpose::input_noise, regime.epoch, row);
  const std::uint32_t below = threshold(regime.input_noise);
  for (float& input : inputs)
    if (stream.bits() < below) input = 0;
}

void draw_dropout(const Regime& regime, std::uint32_t row, int n_units, float* mask, std::ptrdiff_t step) {
  RandomStream stream(regime.seed, Purpose::dropout, regime.epoch, row);
  const std::uint32_t below = threshold(regime.dropout);
  for (int unit = 0; unit < n_units; ++unit) mask[unit * step] = stream.bits() < below ? 0.0f : 1.0f;
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
