// Lists of what may be among the k largest of each sample.  Included only by versions.cpp.
#pragma once

/// Returns whether all lists of a group take whatever comes.
static inline bool take_all(const float* limits) {
  bool all_of_them = true;
  for (int v = 0; v < per_group; ++v) {
    const Ints open = load(limits + v * width) == all(-__builtin_inff());
    all_of_them = all_of_them && mask_bits(open) == (1u << width) - 1;
  }
  return all_of_them;
}

/// Appends `width` numbers of each lane to its list.
static inline void append_square(Vector* square, int first_unit, int lane, const CandidateLists& lists,
                                 float* to) {
  transpose(square);
  Ints unit{};
  for (int i = 0; i < width; ++i) unit[i] = first_unit + i;
  for (int i = 0; i < width; ++i) {
    const std::ptrdiff_t place = (lane + i) * lists.room + lists.count[lane + i];
    __builtin_memcpy(to + place, square + i, sizeof(Vector));
    __builtin_memcpy(lists.unit + place, &unit, sizeof(Ints));
  }
}

static void list_reaching(const float* z, int n_units, int first_unit, const float* limits,
                          const CandidateLists& lists) {
  int begin = 0;
  if (take_all(limits))
    for (; begin + width <= n_units; begin += width)
      for (int v = 0; v < per_group; ++v) {
        Vector square[width];
        for (int u = 0; u < width; ++u) square[u] = load(z + (begin + u) * lanes + v * width);
        append_square(square, first_unit + begin, v * width, lists, lists.value);
        for (int lane = v * width; lane < (v + 1) * width; ++lane) lists.count[lane] += width;
      }
  for (int v = 0; v < per_group; ++v) {
    const Vector limit = load(limits + v * width);
    for (int unit = begin; unit < n_units; ++unit) {
      const float* const row = z + unit * lanes + v * width;
      for (unsigned bits = mask_bits(load(row) >= limit); bits != 0; bits &= bits - 1) {
        const int lane = __builtin_ctz(bits);
        const std::ptrdiff_t place = (v * width + lane) * lists.room + lists.count[v * width + lane]++;
        lists.value[place] = row[lane];
        lists.unit[place] = first_unit + unit;
      }
    }
  }
}

/// Pads with NaN to a multiple of `lanes`.
static inline void pad_with_nan(float* values, int n) {
  for (int i = n; i % lanes != 0; ++i) values[i] = not_a_number;
}

/// Returns the extremes of n numbers other than NaN, n a multiple of `lanes`.
static inline void find_extremes(const float* values, int n, float& low, float& high) {
  Vector least = all(__builtin_inff()), most = -least;
  for (int i = 0; i < n; i += width) {
    const Vector value = load(values + i);
    least = value < least ? value : least;
    most = value > most ? value : most;
  }
  low = least[0];
  high = most[0];
  for (int lane = 1; lane < width; ++lane) {
    low = least[lane] < low ? least[lane] : low;
    high = most[lane] > high ? most[lane] : high;
  }
}

/// Returns a number that at least k of n numbers reach, and no more than `enough` unless they are equal; minus infinity if fewer than
/// k are not NaN.  n is a multiple of `lanes`.
static float limit_of_largest(const float* values, int n, int k, int enough) {
  const float infinity = __builtin_inff();
  if (count_at_least(values, n, -infinity) < k) return -infinity;
  float low, high;
  find_extremes(values, n, low, high);
  raise(values, n, k, enough, not_a_number, low, high);
  return low;
}

static int keep_largest(float* values, std::int32_t* units, int n, int k, float* limit) {
  pad_with_nan(values, n);
  const int n_numbers = count_at_least(values, padded(n), -__builtin_inff());
  const float reached = limit_of_largest(values, padded(n), k, k);
  if (n_numbers >= k) *limit = reached == __builtin_inff() ? not_a_number : number_of(key_of(reached) + 1);
  return keep(values, units, n, n_numbers < k ? n_numbers : k, reached, units, values);
}
