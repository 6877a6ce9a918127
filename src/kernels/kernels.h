#pragma once

#include <cstddef>
#include <cstdint>

#include "core/activation.h"
#include "core/optimizer.h"
#include "core/row_layout.h"

namespace ksweep {

/// C = start + A B, where A's elements are broadcast and B's and C's columns come in groups of `lanes`.
/// A(r, q) = a[r * a_row + q * a_inner]; B(q, group g) = b + q * b_inner + g * b_group (lanes numbers, aligned);
/// C(r, group g) = c + r * c_row + g * c_group.  Each element is summed over q in ascending order.
struct Product {
  int n_rows, n_groups, n_inner;
  const float* a;
  std::ptrdiff_t a_row, a_inner;
  const float* b;
  std::ptrdiff_t b_inner, b_group;
  float* c;
  std::ptrdiff_t c_row, c_group;
  const float* row_start;  ///< start value of each row of C, or null: zero, or what C holds if `accumulate`
  bool accumulate;
  /// Up to two runs of n_ahead numbers that will be needed soon; they are prefetched during the product.
  const float* ahead[2] = {nullptr, nullptr};
  std::ptrdiff_t n_ahead = 0;
  int last_columns = lanes;  ///< columns of the last group that are wanted; C may hold anything in the others
};

/// One entry of a sparse code in the list of its unit.
struct CodeEntry {
  std::int32_t sample;
  float value;  ///< activation of the unit for this sample
};

/// How parameters move.  g: gradient;  h: g + decay w
///   sgd:    v = momentum v + h;  w -= rate v
///   adam:   m = momentum m + (1 - momentum) h;  s = beta2 s + (1 - beta2) h^2;
///           w -= rate (m / correction1) / (sqrt(s / correction2) + epsilon)   (Kingma & Ba 2015, algorithm 1)
///   adamw:  the same with g in place of h;  w -= rate decay w besides   (Loshchilov & Hutter 2019, algorithm 2)
///   signum: m = momentum m + (1 - momentum) g;  w -= rate (sign(m) + decay w)   (Bernstein et al. 2018, algorithm 2)
struct UpdateRule {
  Optimizer optimizer;
  float rate, momentum, decay;
  float beta2 = 0, epsilon = 0, correction1 = 1, correction2 = 1;
};

/// One parameter row with the optimiser's moments; `second` is null for an optimiser that has only one.
struct ParameterRow {
  float *value, *first, *second;
};

/// One term of a gradient: scale * row.
struct GradientTerm {
  const float* row;
  float scale;
};

/// Sparse features of a block of samples, stored by feature: feature f has entries [begin[f], begin[f + 1]),
/// samples ascending.
struct SparseBlock {
  int n_features;
  const std::int32_t* begin;
  const std::uint16_t* sample;  ///< position in the block
  const float* value;
};

/// Non-zero inputs of one sample: input index[e] is values[level[e]], e < count.
struct LevelEntries {
  const std::uint16_t* index;
  const std::uint8_t* level;
  int count;
  const float* values;
};

/// Derivative of the penalty with respect to an activation: l1 * sign(activation) + unit.
struct PenaltySlope {
  float l1, unit;
};

/// For each of up to `lanes` samples a list of pre-activations that may be among its k largest, units ascending: entry e of a lane is
/// value[lane * room + e] of unit[lane * room + e], e < count[lane].
struct CandidateLists {
  float* value;  ///< the pre-activation, or an upper bound
  float* lower;  ///< a lower bound; null if the values are exact
  std::int32_t* unit;
  std::int32_t* count;
  std::ptrdiff_t room;  ///< entries that each list has room for, a multiple of `lanes`
};

/// Scratch sizes of Kernels::select: floats, and integers for the candidates.
constexpr std::ptrdiff_t select_scratch(int n_units) { return (lanes + 1) * (padded(n_units) + lanes); }
constexpr std::ptrdiff_t select_candidates(int n_units) { return padded(n_units) + lanes; }

struct Screening;  // kernels/screening.h

/// Hot loops for one instruction set.  Rows are padded to `lanes` and 64-byte aligned.  None of them uses
/// threads; callers split rows, units or samples among threads.  Each has a naive version in
/// kernels/reference.h.
struct Kernels {
  const char* isa;
  const char*
      bits;  ///< the instruction set whose kernels give the same bits: its own, or one that does not screen

  /// rows: (n_rows x stride) -> groups of `lanes` rows side by side, packed[(group * n_columns + column) * lanes + lane];
  /// lanes beyond n_rows are zero.  n_columns is a multiple of `lanes`.
  void (*pack)(const float* rows, int n_rows, std::ptrdiff_t stride, int n_columns, float* packed);

  void (*product)(const Product& product);

  /// Top-k of up to `lanes` samples at once.  z: (n_units x lanes), rows z_row apart.  For each of n_samples
  /// lanes writes the k units with the largest z, ties to the lower unit, ascending, to units[lane * k + i],
  /// and their values.  kept[lane] < k only if z has NaN.  Scratch: see select_scratch() and
  /// select_candidates().
  void (*select)(const float* z, std::ptrdiff_t z_row, int n_units, int n_samples, int k, std::int32_t* units,
                 float* values, std::int32_t* kept, float* scratch, std::int32_t* candidates);

  /// Appends the pre-activations that reach their sample's limit to the exact list of each sample.  z: (n_units x lanes), of the units
  /// from first_unit on.  limits: one for each lane; NaN: nothing is appended.
  void (*list_reaching)(const float* z, int n_units, int first_unit, const float* limits,
                        const CandidateLists& lists);

  /// Keeps the k largest of n numbers, ties to the first, in their order, without NaN; returns how many these are.  `limit` becomes
  /// the least number above one that the k largest reach, and is left alone if fewer are kept.  There is room to pad to `lanes`.
  int (*keep_largest)(float* values, std::int32_t* units, int n, int k, float* limit);

  /// c[r * lanes + lane] = start[r] + the product of rows[r], n_inner numbers, with the lane's column of a packed group, summed as by
  /// `product`.
  void (*product_of_rows)(const float* const* rows, const float* start, int n_rows, int n_inner,
                          const float* packed, float* c);

  /// values[i] = shape(values[i]), count a multiple of `lanes`.
  void (*activate)(Activation shape, float* values, std::ptrdiff_t count);

  /// deltas[i] *= shape'(z), where values[i] = shape(z); count is a multiple of `lanes`.
  void (*multiply_by_slope)(Activation shape, const float* values, float* deltas, std::ptrdiff_t count);

  /// row += factor * source, count a multiple of `lanes`.
  void (*add_scaled)(float* row, const float* source, float factor, int count);

  /// sum of squares of a row, count a multiple of `lanes`.
  float (*squared_norm)(const float* row, int count);

  float (*dot)(const float* left, const float* right, int count);

  /// sum[c] = factor * sum over rows of rows[r][c], for columns [begin, end), both multiples of `lanes`.
  void (*column_sums)(const float* rows, int n_rows, std::ptrdiff_t stride, int begin, int end, float factor,
                      float* sum);

  /// Applies an optimiser step to one row, given its gradient.
  void (*update)(const UpdateRule& rule, ParameterRow row, const float* gradient, int count);

  /// products[e] = dot product of `image` with the row of entry e's sample, count numbers.  rows: (samples x
  /// stride).
  void (*entry_products)(const float* image, const CodeEntry* entries, int n_entries, const float* rows,
                         std::ptrdiff_t stride, int count, float* products);

  /// Applies an optimiser step to one row, given the terms of its gradient.
  void (*apply_terms)(const UpdateRule& rule, ParameterRow row, const GradientTerm* terms, int n_terms,
                      int count);

  /// Backward pass of one unit for n_samples samples: code[i] becomes scale code[i]; slope[i], the dot
  /// product of residual and image, becomes delta_i = scale (slope[i] + penalty'(code[i])) shape'(code[i]).
  /// Returns the sum of the deltas.
  float (*delta_row)(Activation shape, PenaltySlope penalty, float scale, int n_samples, float* code,
                     float* slope);

  /// out[i] += sum over features f of F(i, f) right[f], for each sample i of a block F.
  /// right: (n_features x n_columns), out: (samples x n_columns), n_columns a multiple of `lanes`.
  void (*sparse_product)(const SparseBlock& block, const float* right, int n_columns, float* out);

  /// out[f] += sum over samples i of F(i, f) right[i].
  void (*transposed_sparse_product)(const SparseBlock& block, const float* right, int n_columns, float* out);

  /// out = start + sum over entries of value rows[index], rows of n_columns numbers (a multiple of `lanes`).
  void (*gather_levels)(const LevelEntries& entries, const float* rows, int n_columns, const float* start,
                        float* out);

  /// rows[index] += value row, for each entry.
  void (*scatter_levels)(const LevelEntries& entries, const float* row, int n_columns, float* rows);

  /// Replaces each row of logits by its softmax over the first n_classes columns and zeros; rows are
  /// n_columns apart (a multiple of `lanes`).  No probability is below 1e-39, so that its logarithm is
  /// finite.
  void (*softmax)(float* logits, int n_rows, int n_columns, int n_classes);

  /// Candidate search in bf16, or null.
  const Screening* screening;
};

}  // namespace ksweep
