// What this core and its memory can do at most.
#include <algorithm>
#include <numeric>
#include <vector>

#include "benchmark.h"
#include "kernels/aligned.h"

namespace ksweep::benchmark {
namespace {

// Enough independent chains to hide the latency of two units; with two operands still within 16 registers.
constexpr int n_chains = 12;

template <int width>
struct Wide {
  typedef float Vector __attribute__((vector_size(width * 4)));
};

/// n_chains * width multiply-adds a round.  Inlined, so that it is compiled for its caller's instruction set.
template <int width>
[[gnu::always_inline]] inline float multiply_adds(int n_rounds) {
  typename Wide<width>::Vector sum[n_chains] = {}, factor = {}, term = {};
  factor += 0.999f;
  term += 0.001f;
#pragma GCC unroll 16
  for (int chain = 0; chain < n_chains; ++chain)
    sum[chain] += static_cast<float>(chain);  // or they would be one
  for (int round = 0; round < n_rounds; ++round)
#pragma GCC unroll 16
    for (int chain = 0; chain < n_chains; ++chain) sum[chain] = sum[chain] * factor + term;
  float total = 0;
  for (int chain = 0; chain < n_chains; ++chain) total += sum[chain][0];
  return total;
}

#ifdef __x86_64__
[[gnu::target("avx512f")]] float multiply_adds_avx512(int n_rounds) { return multiply_adds<16>(n_rounds); }
[[gnu::target("avx2,fma")]] float multiply_adds_avx2(int n_rounds) { return multiply_adds<8>(n_rounds); }
#endif
float multiply_adds_portable(int n_rounds) { return multiply_adds<4>(n_rounds); }

void keep(float value) { [[maybe_unused]] volatile float kept = value; }

}  // namespace

double median_seconds(const std::function<void()>& work, int n_samples, double sample_s) {
  work();
  const double begin = now_s();
  work();
  const int n_calls = std::max(1, static_cast<int>(sample_s / std::max(now_s() - begin, 1e-9)));
  std::vector<double> seconds;
  for (int sample = 0; sample < n_samples; ++sample) {
    const double start = now_s();
    for (int call = 0; call < n_calls; ++call) work();
    seconds.push_back((now_s() - start) / n_calls);
  }
  std::ranges::nth_element(seconds, seconds.begin() + n_samples / 2);
  return seconds[static_cast<std::size_t>(n_samples) / 2];
}

double peak_flops(const std::string& isa) {
  constexpr int n_rounds = 100'000;
  int width = 4;
  float (*run)(int) = multiply_adds_portable;
#ifdef __x86_64__
  if (isa == "avx512" || isa == "avx512bf16" || isa == "amx") width = 16, run = multiply_adds_avx512;
  if (isa == "avx2") width = 8, run = multiply_adds_avx2;
#endif
  const double seconds = median_seconds([&] { keep(run(n_rounds)); }, 15, 0.01);
  return 2.0 * width * n_chains * n_rounds / seconds;
}

double triad_bandwidth(std::size_t n_bytes) {
  const std::size_t count = n_bytes / (3 * sizeof(float));
  AlignedFloats a(count), b(count), c(count);
  const auto triad = [&] {
    float* const sum = a.data();
    const float *left = b.data(), *right = c.data();
#pragma GCC ivdep
    for (std::size_t i = 0; i < count; ++i) sum[i] = left[i] + 1.5f * right[i];
    keep(sum[count / 2]);
  };
  return 3.0 * sizeof(float) * static_cast<double>(count) / median_seconds(triad, 9, 0.02);
}

}  // namespace ksweep::benchmark
