#include "kernels/isa.h"

#include <algorithm>

#include "core/errors.h"

namespace ksweep {

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
#endif

namespace {

struct Version {
  const Kernels* kernels;
  bool runs_here;
};

std::vector<Version> versions() {
#ifdef __x86_64__
  __builtin_cpu_init();
  return {{&portable::kernels, true},
          {&avx2::kernels, __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")},
          {&avx512::kernels, __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                                 __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl") &&
                                 __builtin_cpu_supports("avx512cd")}};
#else
  return {{&portable::kernels, true}};
#endif
}

}  // namespace

std::vector<std::string> available_isas() {
  std::vector<std::string> names;
  for (const Version& version : versions())
    if (version.runs_here) names.emplace_back(version.kernels->isa);
  return names;
}

const Kernels& kernels_for(const std::string& isa) {
  for (const Version& version : versions())
    if (version.kernels->isa == isa && version.runs_here) return *version.kernels;
  std::string known;
  for (const std::string& name : available_isas()) known += (known.empty() ? "" : ", ") + name;
  throw UserError("--isa " + isa +
                  ": this CPU cannot run such kernels, or the program has none of that name. Choose one of " +
                  known + ".");
}

const Kernels& best_kernels() { return kernels_for(available_isas().back()); }

}  // namespace ksweep
