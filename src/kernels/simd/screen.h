// Candidate search; kernels/screening.h defines what is computed.  Included only by versions.cpp.
#pragma once

typedef std::uint32_t Bits __attribute__((vector_size(width * 4), may_alias));

/// Returns the nearest bf16, which is the upper half of a float32; ties go away from zero.
/// NaN and numbers rounded to infinity have no finite difference and thus no bound.
static inline Bits nearest_bf16(Vector x) { return (reinterpret_cast<Bits>(x) + 0x8000u) & 0xffff0000u; }

constexpr float infinity = __builtin_inff();

/// Upper bounds for the norms of a rounded row and of its difference from the row, including rounding of the
/// sums.
struct RowNorms {
  float rounded, loss;
};

/// Squares, and numbers in a product, may be flushed to zero below 2^-126: `least` exceeds the effect of
/// both.
static inline float norm_above(float sum_of_squares, int count) {
  const float n = static_cast<float>(count);
  const float least = __builtin_sqrtf(n) * 0x1p-62f;
  const float norm = __builtin_sqrtf(sum_of_squares) * (1.0f + (n + 64.0f) * 0x1p-23f) + least;
  return norm < 0x1p60f ? norm : infinity;  // larger norms could make a sum overflow
}

static RowNorms round_row(const float* row, int count, float* pairs) {
  Vector squares[2][per_group] = {}, losses[2][per_group] = {};
  for (int i = 0; i < count; i += 2 * lanes)
    for (int v = 0; v < per_group; ++v) {
      Vector x[2] = {load(row + i + v * width), {}};
      if (i + lanes < count) x[1] = load(row + i + lanes + v * width);
      const Bits bits[2] = {nearest_bf16(x[0]), nearest_bf16(x[1])};
      *reinterpret_cast<Bits*>(pairs + i / 2 + v * width) = bits[0] >> 16 | bits[1];
      for (int half = 0; half < 2; ++half) {
        const Vector rounded = reinterpret_cast<Vector>(bits[half]), loss = x[half] - rounded;
        squares[half][v] += rounded * rounded;
        losses[half][v] += loss * loss;
      }
    }
  for (int v = 0; v < per_group; ++v) {
    squares[0][v] += squares[1][v];
    losses[0][v] += losses[1][v];
  }
  return {norm_above(sum_of_group(squares[0]), count), norm_above(sum_of_group(losses[0]), count)};
}

/// Returns the relative error of both sums if each addition truncates: 1.5 count 2^-23, plus some for later
/// roundings.
static inline float summation_error(int count) {
  const float sum = (1.5f * static_cast<float>(count) + 64.0f) * 0x1p-23f;
  return sum < 0.5f ? sum / (1.0f - sum) : infinity;
}

static UnitBound unit_bound(RowNorms norms, float bias, int count) {
  constexpr float up = 1.0f + 0x1p-19f;  // covers the roundings of the bound itself
  const float gamma = summation_error(count), norm = (norms.rounded + norms.loss) * up;
  const float size = bias < 0.0f ? -bias : bias;
  const float tiny = (gamma * size + (static_cast<float>(count) + 64.0f) * 0x1p-119f) * up;
  return {bias, norm, (norms.loss + gamma * norm) * up, size < 0x1p100f ? tiny : infinity};
}

static void round_units(const float* rows, const float* bias, int n_rows, int count, float* pairs,
                        UnitBound* bounds) {
  for (int row = 0; row < n_rows; ++row, rows += count, pairs += pairs_of(count))
    bounds[row] = unit_bound(round_row(rows, count, pairs), bias[row], count);
}

/// Upper bound of a row's norm.
static inline float norm_of_row(const float* row, int count) {
  return norm_above(squared_norm(row, count), count);
}

/// Fills one lane of the bounds.  With a centre, the products lack what its own product with the unit adds to the float32 sum, and that
/// product's rounding (screening.h).
static void bound_sample(const float* row, const float* centre, RowNorms norms, int count, int lane,
                         SampleBounds* bounds) {
  bounds->norm[lane] = norms.rounded + norms.loss;
  bounds->loss[lane] = norms.loss;
  if (!centre) return;
  const float of_sums = norm_of_row(row, count) + norm_of_row(centre, count) + bounds->norm[lane];
  bounds->loss[lane] += summation_error(count) * of_sums;
}

static void round_samples(const float* rows, int n_rows, int count, const float* centre, float* pairs,
                          SampleBounds* bounds, float* scratch) {
  const int n_pairs = pairs_of(count);
  float* const shifted = scratch + static_cast<std::ptrdiff_t>(lanes) * n_pairs;
  *bounds = {};
  for (int lane = 0; lane < n_rows; ++lane, rows += count) {
    if (centre)
      for (int i = 0; i < count; i += width) store(shifted + i, load(rows + i) - load(centre + i));
    const RowNorms norms =
        round_row(centre ? shifted : rows, count, scratch + static_cast<std::ptrdiff_t>(lane) * n_pairs);
    bound_sample(rows, centre, norms, count, lane, bounds);
  }
  pack(scratch, n_rows, n_pairs, n_pairs, pairs);
}

/// Returns b for one unit and the samples [v * width, (v + 1) * width).
static inline Vector bound_of(const UnitBound& unit, const SampleBounds& samples, int v) {
  return load(samples.norm + v * width) * unit.slack +
         (load(samples.loss + v * width) * unit.norm + unit.tiny);
}

/// Lists all of `width` units for all lanes, which have no limits yet.
static inline void list_square(const float* z, const UnitBound* units, int first_unit, int v,
                               const SampleBounds& samples, const CandidateLists& lists) {
  Vector upper[width], lower[width];
  for (int u = 0; u < width; ++u) {
    const Vector bound = bound_of(units[u], samples, v);
    const Vector middle = load(z + u * lanes + v * width) + units[u].bias;
    upper[u] = bound < infinity ? middle + bound : all(infinity);
    lower[u] = bound < infinity ? middle - bound : all(-infinity);
  }
  append_square(lower, first_unit, v * width, lists, lists.lower);
  append_square(upper, first_unit, v * width, lists, lists.value);
  for (int lane = v * width; lane < (v + 1) * width; ++lane) lists.count[lane] += width;
}

static void list_possible(const float* z, const UnitBound* units, int n_units, int first_unit,
                          const SampleBounds& samples, unsigned wanted, const float* limits,
                          const CandidateLists& lists) {
  int begin = 0;
  if (wanted == (1u << lanes) - 1 && take_all(limits))
    for (; begin + width <= n_units; begin += width)
      for (int v = 0; v < per_group; ++v)
        list_square(z + begin * lanes, units + begin, first_unit + begin, v, samples, lists);
  for (int v = 0; v < per_group; ++v) {
    const Vector limit = load(limits + v * width);
    const unsigned here = wanted >> v * width & ((1u << width) - 1);
    for (int unit = begin; unit < n_units; ++unit) {
      const Vector bound = bound_of(units[unit], samples, v);
      const Vector middle = load(z + unit * lanes + v * width) + units[unit].bias;
      const Vector upper = bound < infinity ? middle + bound : all(infinity);
      unsigned bits = mask_bits(~(upper < limit)) & here;
      if (bits == 0) continue;
      const Vector lower = bound < infinity ? middle - bound : all(-infinity);
      for (; bits != 0; bits &= bits - 1) {
        const int lane = __builtin_ctz(bits);
        const std::ptrdiff_t place = (v * width + lane) * lists.room + lists.count[v * width + lane]++;
        lists.value[place] = upper[lane];
        lists.lower[place] = lower[lane];
        lists.unit[place] = first_unit + unit;
      }
    }
  }
}

/// Copies the marked lanes to the front of a list that has `count` entries already.
template <class Numbers_>
static inline void compress(Numbers_* list, int count, unsigned marked, const Numbers_* from) {
  for (; marked != 0; marked &= marked - 1) list[count++] = from[__builtin_ctz(marked)];
}

static int keep_possible(const CandidateLists& lists, int lane, int k, float* limit) {
  const int n = lists.count[lane];
  float* const upper = lists.value + lane * lists.room;
  float* const lower = lists.lower + lane * lists.room;
  std::int32_t* const unit = lists.unit + lane * lists.room;
  pad_with_nan(lower, n);
  const float reached = limit_of_largest(lower, padded(n), k, k);
  if (reached > *limit) *limit = reached;
  int kept = 0;
  for (int i = 0; i < n; i += width) {
    unsigned marked = mask_bits(~(load(upper + i) < all(*limit)));
    if (n - i < width) marked &= (1u << (n - i)) - 1;
    compress(upper, kept, marked, upper + i);
    compress(lower, kept, marked, lower + i);
    compress(unit, kept, marked, unit + i);
    kept += __builtin_popcount(marked);
  }
  return kept;
}
