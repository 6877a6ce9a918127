#include "kernels/isa.h"

#include <algorithm>
#include <limits>
#include <map>
#include <mutex>
#include <span>

#include "base/errors.h"
#include "base/stopwatch.h"
#include "base/suggest.h"
#include "kernels/aligned.h"
#include "kernels/amx.h"
#include "kernels/matrix_product.h"
#include "kernels/screening.h"

#ifdef __x86_64__
#include <cpuid.h>
#endif

namespace ksweep {

namespace naive {
extern const Kernels kernels;
}
namespace portable {
extern const Kernels kernels;
}
#ifdef __x86_64__
namespace avx2 {
extern const Kernels kernels;
}
namespace avx512 {
extern const Kernels kernels;
}
namespace avx512bf16 {
extern const Kernels kernels;
}
namespace amx {
extern const Kernels kernels;
}
#endif
#ifdef __aarch64__
namespace neon {
extern const Kernels kernels;
}
#endif

namespace {

struct Version {
  const Kernels* kernels;
  bool opt_in;
  /// Returns why these kernels cannot run here, or null.
  const char* (*hindrance)();
};

const char* none() { return nullptr; }

#ifdef __x86_64__
constexpr const char* not_this_cpu = "this CPU cannot run such kernels";

bool has_avx512() {
  return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
         __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl") &&
         __builtin_cpu_supports("avx512cd");
}

bool has_avx512bf16() { return has_avx512() && __builtin_cpu_supports("avx512bf16"); }

const char* avx2_hindrance() {
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") ? nullptr : not_this_cpu;
}

const char* avx512_hindrance() { return has_avx512() ? nullptr : not_this_cpu; }

const char* avx512bf16_hindrance() {
  return has_avx512bf16() ? nullptr : "this CPU has no bf16 products (avx512_bf16 in /proc/cpuinfo)";
}

/// Uses CPUID directly, since not every compiler's __builtin_cpu_supports knows AMX.
bool has_amx() {
  constexpr unsigned amx_bf16 = 1u << 22, amx_tile = 1u << 24;  // bits of EDX in leaf 7
  unsigned eax, ebx, ecx, edx;
  return __get_cpuid_count(7, 0, &eax, &ebx, &ecx, &edx) && edx & amx_bf16 && edx & amx_tile;
}

const char* amx_hindrance() {
  if (!has_avx512bf16() || !has_amx()) return "this CPU has no AMX (amx_tile and amx_bf16 in /proc/cpuinfo)";
  return linux_permits_amx()
             ? nullptr
             : "Linux does not let this process use AMX registers (arch_prctl refused; it takes "
               "Linux 5.16 or newer)";
}
#endif

std::span<const Version> versions() {
  static const Version all[] = {
      {&portable::kernels, false, none},
#ifdef __x86_64__
      {&avx2::kernels, false, avx2_hindrance},
      {&avx512::kernels, false, avx512_hindrance},
      {&avx512bf16::kernels, true, avx512bf16_hindrance},
      {&amx::kernels, true, amx_hindrance},
#elif defined(__aarch64__)
      {&neon::kernels, false, none},
#endif
      {&naive::kernels, true, none},
  };
#ifdef __x86_64__
  __builtin_cpu_init();
#endif
  return all;
}

std::vector<std::string> names_of(bool opt_in) {
  std::vector<std::string> names;
  for (const Version& version : versions())
    if (version.opt_in == opt_in && !version.hindrance()) names.emplace_back(version.kernels->isa);
  return names;
}

const Version* find_version(const std::string& isa) {
  const auto all = versions();
  const auto found =
      std::ranges::find(all, isa, [](const Version& v) { return std::string(v.kernels->isa); });
  return found == all.end() ? nullptr : &*found;
}

/// Returns the shortest of several measured times of a product.
double shortest_s(void (*multiply)(const Product&), const Product& product) {
  double shortest = std::numeric_limits<double>::infinity();
  for (int i = 0; i < 7; ++i) {
    const auto begin = Stopwatch::Clock::now();
    multiply(product);
    shortest = std::min(shortest, Stopwatch::seconds_since(begin));
  }
  return shortest;
}

/// Returns how long products of pairs take relative to those of as many numbers in float32.  Measured once.
double share_of_time(const Kernels& kernels) {
  static std::map<const Kernels*, double> known;
  static std::mutex mutex;
  const std::scoped_lock lock(mutex);
  if (const auto found = known.find(&kernels); found != known.end()) return found->second;
  constexpr int n_units = 192, n_groups = 4, n_inputs = 512;
  const AlignedFloats units(std::size_t{n_units} * n_inputs),
      samples(std::size_t{n_groups} * lanes * n_inputs);
  AlignedFloats z(std::size_t{n_units} * n_groups * lanes);
  const auto of = [&](int n_inner) {
    return matrix_product({n_units, n_groups, n_inner}, rows_of(units.data(), n_inner),
                          packed_samples(samples.data(), n_inner), z.data(), lanes,
                          std::ptrdiff_t{n_units} * lanes);
  };
  const double pairs_s = shortest_s(kernels.screening->product, of(pairs_of(n_inputs)));
  return known[&kernels] = pairs_s / shortest_s(kernels.product, of(n_inputs));
}

}  // namespace

std::vector<std::string> available_isas() { return names_of(false); }

std::vector<std::string> all_isas() {
  std::vector<std::string> names = available_isas();
  for (std::string& name : names_of(true)) names.push_back(std::move(name));
  return names;
}

bool runs_here(const std::string& isa) {
  const Version* const version = find_version(isa);
  return version && !version->hindrance();
}

const Kernels& kernels_for(const std::string& isa) {
  const Version* const version = find_version(isa);
  const char* const hindrance = version ? version->hindrance() : "the program has no kernels of that name";
  if (!hindrance) return *version->kernels;
  throw UserError("--isa " + isa + ": " + hindrance + ". Choose one of " + joined(all_isas()) + ".");
}

bool reproduces(const std::string& isa) { return runs_here(isa) && kernels_for(isa).bits == isa; }

const Kernels& fastest_alike(const std::string& isa) {
  const Kernels* fastest = &kernels_for(isa);
  double least_share = 0.6;  // of the time of float32 products: what else screening takes is worth no less
  for (const Version& version : versions())
    if (version.kernels->screening && version.kernels->bits == isa && !version.hindrance())
      if (const double share = share_of_time(*version.kernels); share < least_share) {
        fastest = version.kernels;
        least_share = share;
      }
  return *fastest;
}

const Kernels& best_kernels() { return kernels_for(available_isas().back()); }

}  // namespace ksweep
