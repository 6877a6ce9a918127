// The k largest of each sample, `lanes` samples at once.  Included only by versions.cpp.
#pragma once

/// How many of each lane's values reach the lane's threshold.
static void count_at_least(const float* z, std::ptrdiff_t z_row, int n_units, const float* threshold,
                           std::int32_t* count) {
  Vector limit[per_group];
  Ints found[per_group];
  for (int v = 0; v < per_group; ++v) {
    limit[v] = load(threshold + v * width);
    found[v] = Ints{};
  }
  for (int unit = 0; unit < n_units; ++unit, z += z_row)
    for (int v = 0; v < per_group; ++v) found[v] -= load(z + v * width) >= limit[v];
  for (int v = 0; v < per_group; ++v)
    for (int lane = 0; lane < width; ++lane) count[v * width + lane] = found[v][lane];
}

static void lowest_and_highest(const float* z, std::ptrdiff_t z_row, int n_units, float* low, float* high) {
  Vector least[per_group], most[per_group];
  for (int v = 0; v < per_group; ++v) least[v] = most[v] = load(z + v * width);
  for (int unit = 1; unit < n_units; ++unit)
    for (int v = 0; v < per_group; ++v) {
      const Vector value = load(z + unit * z_row + v * width);
      least[v] = value < least[v] ? value : least[v];
      most[v] = value > most[v] ? value : most[v];
    }
  for (int v = 0; v < per_group; ++v) {
    store(low + v * width, least[v]);
    store(high + v * width, most[v]);
  }
}

/// Thresholds that at least k and, where a few halvings find one, not many more than k values of each lane reach.
static void find_thresholds(const float* z, std::ptrdiff_t z_row, int n_units, int n_samples, int k,
                            float* threshold) {
  alignas(64) float high[lanes], middle[lanes];
  alignas(64) std::int32_t count[lanes];
  lowest_and_highest(z, z_row, n_units, threshold, high);
  const int enough = 2 * k + 16;
  constexpr int most_halvings = 16;
  bool settled[lanes] = {};
  for (int round = 0; round < most_halvings; ++round) {
    int open = 0;
    for (int lane = 0; lane < lanes; ++lane) {
      middle[lane] = 0.5f * threshold[lane] + 0.5f * high[lane];
      open += lane < n_samples && !settled[lane];
    }
    if (open == 0) return;
    count_at_least(z, z_row, n_units, middle, count);
    for (int lane = 0; lane < n_samples; ++lane) {
      if (settled[lane]) continue;
      (count[lane] >= k ? threshold : high)[lane] = middle[lane];
      settled[lane] = count[lane] >= k && count[lane] <= enough;
    }
  }
}

/// The rank-th largest of the numbers, rank >= 1.  Reorders them (Hoare 1961).
static float largest(float* numbers, int count, int rank) {
  int first = 0, last = count - 1;
  while (first < last) {
    const float pivot = numbers[first + (last - first) / 2];
    int left = first, right = last;
    while (left <= right) {
      while (numbers[left] > pivot) ++left;
      while (numbers[right] < pivot) --right;
      if (left > right) break;
      const float swapped = numbers[left];
      numbers[left++] = numbers[right];
      numbers[right--] = swapped;
    }
    if (rank - 1 <= right)
      last = right;
    else if (rank - 1 >= left)
      first = left;
    else
      break;
  }
  return numbers[rank - 1];
}

/// The k largest of candidates that are listed in ascending order of unit.
static int settle(const float* values, const std::int32_t* candidates, int n_candidates, int k,
                  float* scratch, std::int32_t* units) {
  if (n_candidates <= k) {
    for (int i = 0; i < n_candidates; ++i) units[i] = candidates[i];
    return n_candidates;
  }
  for (int i = 0; i < n_candidates; ++i) scratch[i] = values[i];
  const float limit = largest(scratch, n_candidates, k);
  int ties = k;
  for (int i = 0; i < n_candidates; ++i) ties -= values[i] > limit;
  int kept = 0;
  for (int i = 0; i < n_candidates; ++i)
    if (values[i] > limit || (values[i] == limit && ties-- > 0)) units[kept++] = candidates[i];
  return kept;
}

static void select(const float* z, std::ptrdiff_t z_row, int n_units, int n_samples, int k,
                   std::int32_t* units, std::int32_t* kept, float* candidate_values,
                   std::int32_t* candidate_units) {
  alignas(64) float threshold[lanes];
  find_thresholds(z, z_row, n_units, n_samples, k, threshold);
  // Candidates of lane l: candidate_values[l * n_units ...], in ascending order of unit.
  std::int32_t n_candidates[lanes] = {};
  for (int unit = 0; unit < n_units; ++unit) {
    const float* row = z + unit * z_row;
    for (int v = 0; v < per_group; ++v) {
      unsigned bits = mask_bits(load(row + v * width) >= load(threshold + v * width));
      for (; bits != 0; bits &= bits - 1) {
        const int lane = v * width + __builtin_ctz(bits);
        const std::ptrdiff_t place = static_cast<std::ptrdiff_t>(lane) * n_units + n_candidates[lane]++;
        candidate_values[place] = row[lane];
        candidate_units[place] = unit;
      }
    }
  }
  float* scratch = candidate_values + static_cast<std::ptrdiff_t>(lanes) * n_units;
  for (int lane = 0; lane < n_samples; ++lane) {
    const std::ptrdiff_t place = static_cast<std::ptrdiff_t>(lane) * n_units;
    kept[lane] = settle(candidate_values + place, candidate_units + place, n_candidates[lane], k, scratch,
                        units + static_cast<std::ptrdiff_t>(lane) * k);
  }
}
