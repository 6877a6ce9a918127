// Vectors as wide as the instruction set this file is compiled for.  Included only by versions.cpp, inside the
// namespace of one instruction set; nothing here may be inline in the C++ sense or come from the standard library,
// or the linker could keep one instruction set's copy for all of them.
#pragma once

#if defined(__AVX512F__)
constexpr int width = 16;
#elif defined(__AVX2__)
constexpr int width = 8;
#else
constexpr int width = 4;
#endif
constexpr int per_group = lanes / width;  // vectors that make one group of lanes

typedef float Vector __attribute__((vector_size(width * 4), may_alias));
typedef std::int32_t Ints __attribute__((vector_size(width * 4), may_alias));

static inline Vector load(const float* from) { return *reinterpret_cast<const Vector*>(from); }
static inline void store(float* to, Vector value) { *reinterpret_cast<Vector*>(to) = value; }
static inline Vector all(float value) { return Vector{} + value; }

/// Bit i: sign bit of lane i, for the result of a comparison.
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

/// Sum of `lanes` partial sums in one order, whatever the vector width: halves are added to halves.
static inline float sum_of_group(const Vector* parts) {
  alignas(64) float numbers[lanes];
  for (int i = 0; i < per_group; ++i) store(numbers + i * width, parts[i]);
  for (int half = lanes / 2; half > 0; half /= 2)
    for (int i = 0; i < half; ++i) numbers[i] += numbers[i + half];
  return numbers[0];
}
