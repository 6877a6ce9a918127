#pragma once

#include <cstddef>
#include <cstdint>

#include "kernels/kernels.h"

namespace ksweep {

/// Finds the k largest pre-activations of each sample without computing all of them in float32.
///
/// Let z be the float32 pre-activation, summed as by Kernels::product from `start` on.  Its weights w and its sample x are
/// rounded to bf16, w~ and x~; the product of these, z~ (accumulated in float32, plus the bias), is near z.  By Cauchy
/// and Schwarz, and with the rounding of both sums,
///
///   |z - z~| <= |x| |w - w~| + |x - x~| |w~| + gamma (|x| |w| + |bias|) + tiny =: b
///
/// where the norms of the differences are measured while rounding, and gamma and tiny allow for any order of
/// summation, truncation instead of rounding, and denormals flushed to zero.
///
/// Networks that subtract a visible bias c from their inputs have start = bias - dot(w, c), in float32.  Then x - c takes the place of x,
/// rounded once more, and b grows by gamma (|x| + |c| + |x - c|) |w| for the sums that have c and x apart: inputs with a large mean are
/// screened as well as others.  Without one, start = bias.
///
/// At least k units of a sample have z >= the k-th largest z~ - b; a unit whose z~ + b is less is not among the k largest.  That
/// holds for the k-th largest of some units, too, so units that cannot be among the k largest are dropped on the way.  For the
/// others, the candidates, z is computed in float32 by Kernels::product_of_rows, and the k largest are kept, ties to the lower unit.
///
/// Guarantee: units and values are bit for bit the same as if every z were computed by Kernels::product, however
/// z~ was computed.  If no bound holds (NaN, infinity, possible overflow of a sum), a unit is a candidate for
/// every sample.

/// Terms of one hidden unit, rounded upwards: b = norm_of_sample * slack + loss_of_sample * norm + tiny.
struct UnitBound {
  float bias, norm, slack, tiny;
};

/// Upper bounds for up to `lanes` samples: of |x| and |x~|, and of |x - x~|, or of |x - c| and so on.
struct SampleBounds {
  alignas(64) float norm[lanes], loss[lanes];
};

/// Pairs of bf16 numbers are stored in place of floats: column c in the low half of the 32 bits, column c +
/// lanes in the high half.  A row of `count` numbers has pairs_of(count) pairs, padded with zeros to whole
/// AMX tiles.
constexpr int pairs_of(int count) { return (count + 2 * lanes - 1) / (2 * lanes) * lanes; }

struct Screening {
  /// Rounds rows (n_rows x count) of weights to pairs (n_rows x pairs_of(count)).  bias and bounds: n_rows of each.
  void (*round_units)(const float* rows, const float* bias, int n_rows, int count, float* pairs,
                      UnitBound* bounds);

  /// Rounds up to `lanes` rows of samples, less the centre unless that is null, to pairs side by side, pairs[p * lanes + lane]; zeros
  /// beyond n_rows.  scratch: lanes * pairs_of(count) + count.
  void (*round_samples)(const float* rows, int n_rows, int count, const float* centre, float* pairs,
                        SampleBounds* bounds, float* scratch);

  /// C = A B as Kernels::product, with pairs in A and B and without row_start and accumulate.  n_rows and
  /// n_inner are multiples of `lanes`; a_inner = 1, b_inner = lanes, c_row = lanes.
  void (*product)(const Product& product);

  /// Appends the units whose z~ + b reaches the sample's limit to its list: bounds of z and the unit.  z: (n_units x lanes), z~
  /// without bias, of the units from first_unit on.  wanted: bits of the lanes that are searched.
  void (*list_possible)(const float* z, const UnitBound* units, int n_units, int first_unit,
                        const SampleBounds& samples, unsigned wanted, const float* limits,
                        const CandidateLists& lists);

  /// Raises the limit of a lane to the k-th largest lower bound in its list, keeps what reaches it, in order, and returns how many
  /// these are.  There is room to pad to `lanes`.
  int (*keep_possible)(const CandidateLists& lists, int lane, int k, float* limit);
};

}  // namespace ksweep
