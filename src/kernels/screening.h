#pragma once

#include <cstddef>
#include <cstdint>

#include "kernels/kernels.h"

namespace ksweep {

/// Finds the k largest pre-activations of each sample without computing all of them in float32.
///
/// Weights w and samples x are rounded to bf16, w~ and x~; a product of these, z~ (accumulated in float32, plus the
/// bias), is near the float32 value z = dot(w, x) + bias.  By Cauchy and Schwarz, and with the rounding of both sums,
///
///   |z - z~| <= |x| |w - w~| + |x - x~| |w~| + gamma (|x| |w| + |bias|) + tiny =: b
///
/// where the norms of the differences are measured while rounding, and gamma and tiny allow for any order of
/// summation, truncation instead of rounding, and denormals flushed to zero.  At least k units of a sample
/// have z >= the k-th largest z~ - b; a unit whose z~ + b is less is not among the k largest.  For the other
/// units, the candidates, z is computed in float32, and the k largest are kept, ties to the lower unit.
///
/// Guarantee: units and values are bit for bit the same as if every z were computed by Kernels::dot, however
/// z~ was computed.  If no bound holds (NaN, infinity, possible overflow of a sum), a unit is a candidate for
/// every sample.

/// Terms of one hidden unit, rounded upwards: b = norm_of_sample * slack + loss_of_sample * norm + tiny.
struct UnitBound {
  float bias, norm, slack, tiny;
};

/// Upper bounds for up to `lanes` samples: of |x| and |x~|, and of |x - x~|.
struct SampleBounds {
  alignas(64) float norm[lanes], loss[lanes];
};

struct Candidate {
  std::int32_t unit, sample;
  float value;  ///< z, once settle() has computed it
};

/// Pairs of bf16 numbers are stored in place of floats: column c in the low half of the 32 bits, column c +
/// lanes in the high half.  A row of `count` numbers has pairs_of(count) pairs, padded with zeros to whole
/// AMX tiles.
constexpr int pairs_of(int count) { return (count + 2 * lanes - 1) / (2 * lanes) * lanes; }

struct Screening {
  /// Rounds rows (n_rows x count) of weights to pairs (n_rows x pairs_of(count)).  bias and bounds: n_rows of each.
  void (*round_units)(const float* rows, const float* bias, int n_rows, int count, float* pairs,
                      UnitBound* bounds);

  /// Rounds up to `lanes` rows of samples to pairs side by side, pairs[p * lanes + lane]; zeros beyond n_rows.
  /// scratch: pairs_of(count).
  void (*round_samples)(const float* rows, int n_rows, int count, float* pairs, SampleBounds* bounds,
                        float* scratch);

  /// C = A B as Kernels::product, with pairs in A and B and without row_start and accumulate.  n_rows and
  /// n_inner are multiples of `lanes`; a_inner = 1, b_inner = lanes, c_row = lanes.
  void (*product)(const Product& product);

  /// Replaces z~ without bias by z~ - b, or by -infinity if no bound holds, for a group of samples; z:
  /// (n_units x lanes).
  void (*bound_below)(float* z, int n_units, const UnitBound* units, const SampleBounds& samples);

  /// Lists the units whose z~ + b reaches the sample's limit, unit by unit, and returns their number, which
  /// may be n_units * n_samples.  lower: the output of bound_below.  Samples are numbered from first_sample.
  int (*list_candidates)(const float* lower, int n_units, int n_samples, const UnitBound* units,
                         const SampleBounds& samples, const float* limits, int first_sample,
                         Candidate* candidates);

  /// Sets value = dot(row of the unit, row of the sample) + bias.  weights, samples: rows of `count` numbers.
  void (*settle)(const float* weights, const float* bias, const float* samples, int count,
                 Candidate* candidates, std::ptrdiff_t n_candidates);
};

}  // namespace ksweep
