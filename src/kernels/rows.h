// Loops over single rows: sums, activations, optimiser steps.  Included only by versions.cpp.
#pragma once

static void pack(const float* rows, int n_rows, std::ptrdiff_t stride, int n_columns, float* packed) {
  for (int group = 0; group * lanes < n_rows; ++group) {
    float* to = packed + static_cast<std::ptrdiff_t>(group) * n_columns * lanes;
    const int here = n_rows - group * lanes < lanes ? n_rows - group * lanes : lanes;
    const float* from = rows + static_cast<std::ptrdiff_t>(group) * lanes * stride;
    for (int begin = 0; begin < n_columns; begin += lanes)
      for (int lane = 0; lane < lanes; ++lane)
        for (int column = begin; column < begin + lanes; ++column)
          to[static_cast<std::ptrdiff_t>(column) * lanes + lane] =
              lane < here ? from[lane * stride + column] : 0.0f;
  }
}

static void add_scaled(float* row, const float* source, float factor, int count) {
  for (int i = 0; i < count; i += width) store(row + i, load(row + i) + factor * load(source + i));
}

/// Four groups of partial sums hide the latency of the addition; their number fixes the order of the sum.
constexpr int n_partial = 4;

static float dot(const float* left, const float* right, int count) {
  Vector sum[n_partial][per_group] = {};
  int i = 0;
  for (; i + n_partial * lanes <= count; i += n_partial * lanes)
#pragma GCC unroll 4
    for (int part = 0; part < n_partial; ++part)
#pragma GCC unroll 4
      for (int v = 0; v < per_group; ++v) {
        const int at = i + part * lanes + v * width;
        sum[part][v] += load(left + at) * load(right + at);
      }
  for (int part = 0; i < count; i += lanes, ++part)
    for (int v = 0; v < per_group; ++v)
      sum[part][v] += load(left + i + v * width) * load(right + i + v * width);
  for (int v = 0; v < per_group; ++v) sum[0][v] = (sum[0][v] + sum[1][v]) + (sum[2][v] + sum[3][v]);
  return sum_of_group(sum[0]);
}

static float squared_norm(const float* row, int count) { return dot(row, row, count); }

static void column_sums(const float* rows, int n_rows, std::ptrdiff_t stride, int begin, int end,
                        float factor, float* sum) {
  for (int column = begin; column < end; column += width) {
    Vector total{};
    for (int row = 0; row < n_rows; ++row) total += load(rows + row * stride + column);
    store(sum + column, factor * total);
  }
}

/// e^x for x <= 0: 2^n times a polynomial on [-ln2/2, ln2/2] (Cody & Waite reduction), relative error below 2e-7.
static inline Vector exp_of_negative(Vector x) {
  x = x < -87.0f ? all(-87.0f) : x;
  const Vector magic = all(12582912.0f);  // 1.5 * 2^23: adding it rounds to a whole number
  const Vector n = (x * 1.44269504f + magic) - magic;
  const Vector r = (x - n * 0.693359375f) + n * 2.12194440e-4f;
  Vector p = all(1.9875691500e-4f);
  p = p * r + 1.3981999507e-3f;
  p = p * r + 8.3334519073e-3f;
  p = p * r + 4.1665795894e-2f;
  p = p * r + 1.6666665459e-1f;
  p = p * r + 5.0000001201e-1f;
  p = p * r * r + r + 1.0f;
  const Ints exponent = (__builtin_convertvector(n, Ints) + 127) << 23;
  return p * reinterpret_cast<Vector>(exponent);
}

/// 1 / (1 + e^-x), from e^-|x| so that nothing overflows; NaN stays NaN.
static inline Vector sigmoid(Vector x) {
  const Vector e = exp_of_negative(x < 0.0f ? x : -x);
  const Vector y = (x < 0.0f ? e : all(1.0f)) / (1.0f + e);
  return x == x ? y : x;
}

static void activate(Shape shape, float* values, std::ptrdiff_t count) {
  if (shape == Shape::relu)
    for (std::ptrdiff_t i = 0; i < count; i += width) {
      const Vector x = load(values + i);
      store(values + i, x < 0.0f ? Vector{} : x);
    }
  if (shape == Shape::sigmoid)
    for (std::ptrdiff_t i = 0; i < count; i += width) store(values + i, sigmoid(load(values + i)));
}

static inline Vector square_root(Vector x) {
#if defined(__AVX512F__)
  return _mm512_maskz_sqrt_ps(0xffff, x);  // GCC 12 warns of its own _mm512_sqrt_ps
#elif defined(__AVX2__)
  return _mm256_sqrt_ps(x);
#elif defined(__SSE2__)
  return _mm_sqrt_ps(x);
#else
  for (int lane = 0; lane < width; ++lane) x[lane] = __builtin_sqrtf(x[lane]);
  return x;
#endif
}

static void update(const UpdateRule& rule, ParameterRow row, const float* gradient, int count) {
  if (!rule.adam) {
    for (int i = 0; i < count; i += width) {
      const Vector value = load(row.value + i);
      const Vector velocity = rule.momentum * load(row.first + i) + (load(gradient + i) + rule.decay * value);
      store(row.first + i, velocity);
      store(row.value + i, value - rule.rate * velocity);
    }
    return;
  }
  const float rate = rule.rate / rule.correction1, scale = 1.0f / rule.correction2;
  for (int i = 0; i < count; i += width) {
    const Vector value = load(row.value + i);
    const Vector g = load(gradient + i) + rule.decay * value;
    const Vector m = rule.momentum * load(row.first + i) + (1.0f - rule.momentum) * g;
    const Vector s = rule.beta2 * load(row.second + i) + (1.0f - rule.beta2) * (g * g);
    store(row.first + i, m);
    store(row.second + i, s);
    store(row.value + i, value - rate * m / (square_root(s * scale) + rule.epsilon));
  }
}

static void gather_rows(const float* rows, int n_columns, const std::int32_t* index, const float* value,
                        int n_entries, const float* start, float* out) {
  for (int column = 0; column < n_columns; column += lanes) {
    Vector sum[per_group];
    for (int v = 0; v < per_group; ++v) sum[v] = load(start + column + v * width);
    for (int e = 0; e < n_entries; ++e) {
      const float* row = rows + static_cast<std::ptrdiff_t>(index[e]) * n_columns + column;
      for (int v = 0; v < per_group; ++v) sum[v] += value[e] * load(row + v * width);
    }
    for (int v = 0; v < per_group; ++v) store(out + column + v * width, sum[v]);
  }
}

static void scatter_rows(float* rows, int n_columns, const std::int32_t* index, const float* value,
                         int n_entries, const float* row) {
  for (int e = 0; e < n_entries; ++e)
    add_scaled(rows + static_cast<std::ptrdiff_t>(index[e]) * n_columns, row, value[e], n_columns);
}

static void softmax(float* logits, int n_rows, int n_columns, int n_classes) {
  for (int row = 0; row < n_rows; ++row, logits += n_columns) {
    float highest = logits[0];
    for (int c = 1; c < n_classes; ++c) highest = logits[c] > highest ? logits[c] : highest;
    for (int c = 0; c < n_columns; c += width) store(logits + c, exp_of_negative(load(logits + c) - highest));
    float sum = 0;
    for (int c = 0; c < n_classes; ++c) sum += logits[c];
    for (int c = 0; c < n_classes; ++c) logits[c] /= sum;
    for (int c = n_classes; c < n_columns; ++c) logits[c] = 0;
  }
}
