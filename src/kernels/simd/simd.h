// Vectors of the width of the instruction set that this file is compiled for.  Included only by versions.cpp,
// inside the namespace of one instruction set.  Nothing here may have inline linkage or come from the
// standard library, or the linker could keep one instruction set's copy for all of them.
#pragma once

#if defined(__AVX512F__)
constexpr int width = 16;
#elif defined(__AVX2__)
constexpr int width = 8;
#else
constexpr int width = 4;
#endif
constexpr int per_group = lanes / width;  // vectors per group of lanes

typedef float Vector __attribute__((vector_size(width * 4), may_alias));
typedef std::int32_t Ints __attribute__((vector_size(width * 4), may_alias));

static inline Vector load(const float* from) { return *reinterpret_cast<const Vector*>(from); }
static inline void store(float* to, Vector value) { *reinterpret_cast<Vector*>(to) = value; }
static inline Vector all(float value) { return Vector{} + value; }

/// Returns the sign bits of a comparison's lanes: bit i is lane i.
static inline unsigned mask_bits(Ints comparison) {
#if defined(__AVX512F__)
  return _mm512_movepi32_mask(reinterpret_cast<__m512i>(comparison));
#elif defined(__AVX2__)
  return static_cast<unsigned>(_mm256_movemask_ps(reinterpret_cast<__m256>(comparison)));
#elif defined(__SSE2__)
  return static_cast<unsigned>(_mm_movemask_ps(reinterpret_cast<__m128>(comparison)));
#else
  unsigned bits = 0;
  for (int lane = 0; lane < width; ++lane) bits |= (comparison[lane] < 0 ? 1u : 0u) << lane;
  return bits;
#endif
}

/// Picks lanes by number from `a` followed by `b`.
static inline Vector shuffled(Vector a, Vector b, Ints from) {
#ifdef __clang__  // clang shuffles by constants only, and recognises this loop
  Vector result{};
  for (int lane = 0; lane < width; ++lane)
    result[lane] = from[lane] < width ? a[from[lane]] : b[from[lane] - width];
  return result;
#else
  return __builtin_shuffle(a, b, from);
#endif
}

/// One step of transpose(): in each 2 x 2 square of blocks, `half` rows and lanes wide, swaps the upper right
/// and the lower left block.
template <int half>
static inline void swap_blocks(Vector* rows) {
  Ints upper{}, lower{};
  for (int lane = 0; lane < width; ++lane) {
    upper[lane] = lane & half ? width + lane - half : lane;
    lower[lane] = lane & half ? width + lane : lane + half;
  }
#pragma GCC unroll 16
  for (int row = 0; row < width; ++row) {
    if (row & half) continue;
    const Vector a = rows[row], b = rows[row + half];
    rows[row] = shuffled(a, b, upper);
    rows[row + half] = shuffled(a, b, lower);
  }
}

/// Transposes rows (width x width) in place.
static inline void transpose(Vector* rows) {
  if constexpr (width > 8) swap_blocks<width / 2>(rows);
  if constexpr (width > 4) swap_blocks<4>(rows);
  swap_blocks<2>(rows);
  swap_blocks<1>(rows);
}

/// Returns numbers[lane] + numbers[lane + half] in the lower lanes.
template <int half>
static inline Vector add_halves(Vector numbers) {
  Ints upper{};
  for (int lane = 0; lane < width; ++lane) upper[lane] = (lane + half) % width;
  return numbers + shuffled(numbers, numbers, upper);
}

/// Returns the sum of `lanes` partial sums by adding halves, in an order that does not depend on the vector
/// width.
static inline float sum_of_group(const Vector* parts) {
  Vector sum = parts[0];
  if constexpr (per_group == 2) sum = parts[0] + parts[1];
  if constexpr (per_group == 4) sum = (parts[0] + parts[2]) + (parts[1] + parts[3]);
  if constexpr (width > 8) sum = add_halves<8>(sum);
  if constexpr (width > 4) sum = add_halves<4>(sum);
  return add_halves<1>(add_halves<2>(sum))[0];
}
