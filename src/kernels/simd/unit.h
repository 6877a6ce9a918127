// Backward pass and update of hidden units.  Included only by versions.cpp.
#pragma once

static inline float slope_of(Shape shape, float value) {
  if (shape == Shape::relu) return value > 0.0f ? 1.0f : 0.0f;
  return shape == Shape::sigmoid ? value * (1.0f - value) : 1.0f;
}

static inline float penalty_slope(PenaltySlope slope, float value) {
  const float sign = value > 0.0f ? 1.0f : value < 0.0f ? -1.0f : 0.0f;
  return slope.l1 * sign + slope.unit;
}

/// A unit's parameters are pulled by rows: gradient = sum of scale * row.  Some vectors of it are summed in registers
/// and applied at once.
template <int n_vectors, class Mover>
static inline void pull_columns(const Mover& mover, ParameterRow parameters, const Pull* pulls, int n_pulls,
                                int column) {
  Vector gradient[n_vectors] = {};
  for (int p = 0; p < n_pulls; ++p) {
    const float* row = pulls[p].row + column;
#pragma GCC unroll 8
    for (int v = 0; v < n_vectors; ++v) gradient[v] += pulls[p].scale * load(row + v * width);
  }
#pragma GCC unroll 8
  for (int v = 0; v < n_vectors; ++v) mover.move(parameters, column + v * width, gradient[v]);
}

static void pull(const UpdateRule& rule, ParameterRow row, const Pull* pulls, int n_pulls, int count) {
  with_mover(rule, [=](const auto& mover) {
    constexpr int n_vectors = 7;  // 784 = 7 x 7 x 16
    int column = 0;
    for (; column + n_vectors * width <= count; column += n_vectors * width)
      pull_columns<n_vectors>(mover, row, pulls, n_pulls, column);
    for (; column < count; column += width) pull_columns<1>(mover, row, pulls, n_pulls, column);
  });
}

/// Processes two entries at a time, so that the image is read once for both.
static void entry_products(const float* image, const CodeEntry* entries, int n_entries, const float* rows,
                           std::ptrdiff_t stride, int count, float* products) {
  const auto row = [&](int e) { return rows + entries[e].sample * stride; };
  int e = 0;
  for (; e + 2 <= n_entries; e += 2) {
    const float* const two[] = {row(e), row(e + 1)};
    dots<2>(image, two, count, products + e);
  }
  if (e < n_entries) products[e] = dot(image, row(e), count);
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
