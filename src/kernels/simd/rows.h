// Loops over single rows: sums, activations, optimiser steps.  Included only by versions.cpp.
#pragma once

static void pack(const float* rows, int n_rows, std::ptrdiff_t stride, int n_columns, float* packed) {
  for (int first = 0; first < (n_rows + lanes - 1) / lanes * lanes; first += width) {
    float* to = packed + static_cast<std::ptrdiff_t>(first / lanes) * n_columns * lanes + first % lanes;
    const float* from = rows + first * stride;
    for (int column = 0; column < n_columns; column += width) {
      Vector square[width];
      for (int r = 0; r < width; ++r)
        square[r] = first + r < n_rows ? load(from + r * stride + column) : Vector{};
      transpose(square);
      for (int c = 0; c < width; ++c) store(to + static_cast<std::ptrdiff_t>(column + c) * lanes, square[c]);
    }
  }
}

static void add_scaled(float* row, const float* source, float factor, int count) {
  for (int i = 0; i < count; i += width) store(row + i, load(row + i) + factor * load(source + i));
}

/// Four groups of partial sums hide the latency of addition; their number determines the order of the sum.
constexpr int n_partial = 4;

/// Computes the dot products of one row with `n_rows` others.
template <int n_rows>
static inline void dots(const float* row, const float* const* others, int count, float* products) {
  Vector sum[n_rows][n_partial][per_group] = {};
  const auto add_group = [&](int i, int part) {
#pragma GCC unroll 4
    for (int v = 0; v < per_group; ++v) {
      const Vector shared = load(row + i + v * width);
#pragma GCC unroll 4
      for (int r = 0; r < n_rows; ++r) sum[r][part][v] += shared * load(others[r] + i + v * width);
    }
  };
  int i = 0;
  for (; i + n_partial * lanes <= count; i += n_partial * lanes)
#pragma GCC unroll 4
    for (int part = 0; part < n_partial; ++part) add_group(i + part * lanes, part);
#pragma GCC unroll 4
  for (int part = 0; part < n_partial - 1; ++part)
    if (i + part * lanes < count) add_group(i + part * lanes, part);
#pragma GCC unroll 4
  for (int r = 0; r < n_rows; ++r) {
#pragma GCC unroll 4
    for (int v = 0; v < per_group; ++v)
      sum[r][0][v] = (sum[r][0][v] + sum[r][1][v]) + (sum[r][2][v] + sum[r][3][v]);
    products[r] = sum_of_group(sum[r][0]);
  }
}

static float dot(const float* left, const float* right, int count) {
  float product;
  dots<1>(left, &right, count, &product);
  return product;
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

/// Returns e^x for x <= 0: 2^n times a polynomial on [-ln2/2, ln2/2] (Cody & Waite reduction), relative error
/// < 2e-7.
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

/// Returns 1 / (1 + e^-x), computed from e^-|x| so that nothing overflows; NaN stays NaN.
static inline Vector sigmoid(Vector x) {
  const Vector e = exp_of_negative(x < 0.0f ? x : -x);
  return (x < 0.0f ? e : all(1.0f)) / (1.0f + e);
}

static void activate(Activation shape, float* values, std::ptrdiff_t count) {
  if (shape == Activation::relu)
    for (std::ptrdiff_t i = 0; i < count; i += width) {
      const Vector x = load(values + i);
      store(values + i, x < 0.0f ? Vector{} : x);
    }
  if (shape == Activation::sigmoid)
    for (std::ptrdiff_t i = 0; i < count; i += width) store(values + i, sigmoid(load(values + i)));
}

static void multiply_by_slope(Activation shape, const float* values, float* deltas, std::ptrdiff_t count) {
  if (shape == Activation::relu)
    for (std::ptrdiff_t i = 0; i < count; i += width)
      store(deltas + i, load(values + i) > 0.0f ? load(deltas + i) : Vector{});
  if (shape == Activation::sigmoid)
    for (std::ptrdiff_t i = 0; i < count; i += width) {
      const Vector y = load(values + i);
      store(deltas + i, load(deltas + i) * (y * (1.0f - y)));
    }
}

static void softmax(float* logits, int n_rows, int n_columns, int n_classes) {
  Ints lane{};
  for (int i = 0; i < width; ++i) lane[i] = i;
  for (int row = 0; row < n_rows; ++row, logits += n_columns) {
    float highest = logits[0];
    for (int c = 1; c < n_classes; ++c) highest = logits[c] > highest ? logits[c] : highest;
    Vector sums[per_group] = {};
    for (int c = 0; c < n_columns; c += width) {
      const Vector p = lane + c < n_classes ? exp_of_negative(load(logits + c) - highest) : Vector{};
      store(logits + c, p);
      sums[c / width % per_group] += p;
    }
    const Vector scale = all(1 / sum_of_group(sums));
    for (int c = 0; c < n_columns; c += width) store(logits + c, load(logits + c) * scale);
  }
}
