// The k largest of each sample, `lanes` samples at once.  Included only by versions.cpp.
#pragma once

constexpr float not_a_number = __builtin_nanf("");

/// Returns how many of n numbers are >= limit; n is a multiple of `lanes`.  NaN is not counted.
static int count_at_least(const float* numbers, int n, float limit) {
  Ints found[2] = {};
  for (int i = 0; i < n; i += 2 * width)
    for (int v = 0; v < 2; ++v) {
      if (i + v * width == n) break;
      const Ints reached = load(numbers + i + v * width) >= limit;
      found[v] = reached ? found[v] + 1 : found[v];
    }
  found[0] += found[1];
  int count = 0;
  for (int lane = 0; lane < width; ++lane) count += found[0][lane];
  return count;
}

/// Returns an integer that sorts like the float.
static inline std::int32_t key_of(float number) {
  std::int32_t bits;
  __builtin_memcpy(&bits, &number, sizeof bits);
  return bits ^ ((bits >> 31) & 0x7fffffff);
}

static inline float number_of(std::int32_t key) {
  const std::int32_t bits = key ^ ((key >> 31) & 0x7fffffff);
  float number;
  __builtin_memcpy(&number, &bits, sizeof bits);
  return number;
}

/// Returns a number between two others for bisection: by value at first, later by the count of floats, which
/// always ends.
static float between(float low, float high, int round) {
  const float middle = 0.5f * low + 0.5f * high;
  if (round < 16 && middle > low && middle < high) return middle;
  const std::int64_t below = key_of(low), above = key_of(high);
  return number_of(static_cast<std::int32_t>(below + (above - below) / 2));
}

/// Raises `low` towards the k-th largest number, which lies in [low, high], until at most `enough` numbers
/// are >= low, or low is the k-th largest itself.  Tries the guess first.
static void raise(const float* numbers, int n, int k, int enough, float guess, float& low, float high) {
  int reached = n;
  for (int round = 0; reached > enough; ++round) {
    const float middle = round == 0 ? guess : between(low, high, round);
    const bool inside = middle > low && middle < high;
    if (round == 0 && !inside) continue;
    const float limit = inside ? middle : high;
    const int count = count_at_least(numbers, n, limit);
    if (count >= k) {
      low = limit;
      reached = count;
    } else {
      high = limit;
    }
    if (!inside) return;
  }
}

/// Appends the marked lanes to two lists.
static inline int append(float* values, std::int32_t* units, int count, Vector value, Ints unit,
                         unsigned marked) {
#if defined(__AVX512F__)
  const int n = __builtin_popcount(marked);
  const auto first_n = static_cast<__mmask16>((1u << n) - 1);
  const auto mask = static_cast<__mmask16>(marked);
  _mm512_mask_storeu_ps(values + count, first_n, _mm512_maskz_compress_ps(mask, value));
  _mm512_mask_storeu_epi32(units + count, first_n,
                           _mm512_maskz_compress_epi32(mask, reinterpret_cast<__m512i>(unit)));
  return count + n;
#else
  for (; marked != 0; marked &= marked - 1, ++count) {
    const int lane = __builtin_ctz(marked);
    values[count] = value[lane];
    units[count] = unit[lane];
  }
  return count;
#endif
}

/// Lists the numbers >= limit in order, padded with NaN to a multiple of `lanes`.
static int list_candidates(const float* row, int n, float limit, float* values, std::int32_t* units) {
  Ints unit{};
  for (int lane = 0; lane < width; ++lane) unit[lane] = lane;
  int count = 0;
  for (int i = 0; i < n; i += width, unit += width) {
    const Vector value = load(row + i);
    count = append(values, units, count, value, unit, mask_bits(value >= limit));
  }
  for (int i = count; i % lanes != 0; ++i) values[i] = not_a_number;
  return count;
}

/// Keeps the k largest candidates.  limit: the k-th largest, or a number that exactly k candidates reach.
static int keep(const float* candidates, const std::int32_t* candidate_units, int n, int k, float limit,
                std::int32_t* units, float* values) {
  int n_above = 0;
  for (int i = 0; i < n; ++i) n_above += candidates[i] > limit;
  int ties = k - n_above, kept = 0;
  for (int i = 0; i < n; i += width) {
    const Vector value = load(candidates + i);
    unsigned equal = mask_bits(value == limit), marked = mask_bits(value > limit);
    for (; equal != 0 && ties > 0; equal &= equal - 1, --ties) marked |= equal & -equal;
    kept = append(values, units, kept, value, *reinterpret_cast<const Ints*>(candidate_units + i), marked);
  }
  return kept;
}

/// Transposes z to one row per sample, padded with NaN, and finds the extremes of each row.
static void rows_of_samples(const float* z, std::ptrdiff_t z_row, int n_units, float* rows,
                            std::ptrdiff_t stride, float* low, float* high) {
  for (int v = 0; v < per_group; ++v) {
    Vector least = all(__builtin_inff()), most = -least;
    for (int unit = 0; unit < padded(n_units); unit += width) {
      Vector square[width];
      for (int u = 0; u < width; ++u) {
        square[u] = unit + u < n_units ? load(z + (unit + u) * z_row + v * width) : all(not_a_number);
        least = square[u] < least ? square[u] : least;
        most = square[u] > most ? square[u] : most;
      }
      transpose(square);
      for (int lane = 0; lane < width; ++lane) store(rows + (v * width + lane) * stride + unit, square[lane]);
    }
    store(low + v * width, least);
    store(high + v * width, most);
  }
}

static void select(const float* z, std::ptrdiff_t z_row, int n_units, int n_samples, int k,
                   std::int32_t* units, float* values, std::int32_t* kept, float* scratch,
                   std::int32_t* candidate_units) {
  alignas(64) float low[lanes], high[lanes];
  const int n = padded(n_units), stride = n + lanes;
  rows_of_samples(z, z_row, n_units, scratch, stride, low, high);
  float* const candidates = scratch + std::ptrdiff_t{lanes} * stride;
  float guess = not_a_number;  // limit of the previous sample, since samples are similar
  for (int lane = 0; lane < n_samples; ++lane) {
    const float* row = scratch + lane * static_cast<std::ptrdiff_t>(stride);
    float limit = low[lane];
    raise(row, n, k, 2 * k + lanes, guess, limit, high[lane]);
    guess = limit;
    const int n_candidates = list_candidates(row, n, limit, candidates, candidate_units);
    if (n_candidates > k) raise(candidates, padded(n_candidates), k, k, not_a_number, limit, high[lane]);
    kept[lane] =
        keep(candidates, candidate_units, n_candidates, k, limit,
             units + static_cast<std::ptrdiff_t>(lane) * k, values + static_cast<std::ptrdiff_t>(lane) * k);
  }
}
