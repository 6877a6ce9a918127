// Backward pass and update of one hidden unit.  Included only by versions.cpp.
#pragma once

static inline float slope_of(Shape shape, float value) {
  if (shape == Shape::relu) return value > 0.0f ? 1.0f : 0.0f;
  return shape == Shape::sigmoid ? value * (1.0f - value) : 1.0f;
}

static inline float penalty_slope(PenaltySlope slope, float value) {
  const float sign = value > 0.0f ? 1.0f : value < 0.0f ? -1.0f : 0.0f;
  return slope.l1 * sign + slope.unit;
}

static float update_unit(const UpdateRule& rule, ParameterRow encoder, ParameterRow decoder,
                         const CodeEntry* entries, int n_entries, const float* residuals, const float* inputs,
                         std::ptrdiff_t stride, int count, float scale, PenaltySlope slope, Shape shape,
                         float* gradient) {
  const bool tied = decoder.value == nullptr;
  const float* images = tied ? encoder.value : decoder.value;
  float* const for_decoder = tied ? gradient : gradient + count;
  if (!tied || n_entries == 0)
    __builtin_memset(gradient, 0, sizeof(float) * static_cast<std::size_t>(tied ? count : 2 * count));
  float bias_gradient = 0;
  for (int e = 0; e < n_entries; ++e) {
    const float* residual = residuals + entries[e].sample * stride;
    const float* input = inputs + entries[e].sample * stride;
    const float value = entries[e].value, weight = scale * value;
    const float delta =
        scale * (dot(residual, images, count) + penalty_slope(slope, value)) * slope_of(shape, value);
    bias_gradient += delta;
    if (tied && e == 0) {
      for (int i = 0; i < count; i += width)
        store(gradient + i, weight * load(residual + i) + delta * load(input + i));
    } else if (tied) {
      for (int i = 0; i < count; i += width)
        store(gradient + i, load(gradient + i) + weight * load(residual + i) + delta * load(input + i));
    } else {
      add_scaled(for_decoder, residual, weight, count);
      add_scaled(gradient, input, delta, count);
    }
  }
  update(rule, encoder, gradient, count);
  if (!tied) update(rule, decoder, for_decoder, count);
  return bias_gradient;
}

static float delta_row(Shape shape, PenaltySlope penalty, float scale, int n_samples, float* code,
                       float* slope) {
  float sum = 0;
  for (int i = 0; i < n_samples; ++i) {
    const float value = code[i];
    slope[i] = scale * (slope[i] + penalty_slope(penalty, value)) * slope_of(shape, value);
    sum += slope[i];
    code[i] = scale * value;
  }
  return sum;
}
