// Compiled with the options of kernels/versions.cpp for the portable instruction set: so `dot` has the same bits.
#include "emulated_amx.h"

#ifdef __x86_64__
#include <immintrin.h>
#endif

#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <stdexcept>
#include <string>

namespace ksweep {
namespace emulated_amx {
namespace {

// clang-format off
#include "kernels/simd/simd.h"
#include "kernels/simd/product.h"
#include "kernels/simd/rows.h"
#include "kernels/simd/select.h"
#include "kernels/simd/lists.h"
#include "kernels/simd/screen.h"
#include "emulated_tiles.h"
#include "kernels/simd/screen_amx.h"
// clang-format on

const Screening the_screening = {round_units, round_samples, product_of_pairs, list_possible, keep_possible};

}  // namespace
}  // namespace emulated_amx

const Kernels& emulated_amx_kernels() {
  static const Kernels kernels = [] {
    Kernels copy = kernels_for("portable");
    copy.isa = "emulated amx";
    copy.screening = &emulated_amx::the_screening;
    return copy;
  }();
  return kernels;
}

}  // namespace ksweep
