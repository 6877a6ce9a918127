// Compiled once for each instruction set, with KSWEEP_ISA naming the namespace and -march the instructions.
// No standard library beyond plain types: see simd.h.
#include <cstddef>
#include <cstdint>
#ifdef __x86_64__
#include <immintrin.h>
#endif

#include "kernels/kernels.h"
#include "kernels/screening.h"

#define KSWEEP_TEXT_OF(name) #name
#define KSWEEP_TEXT(name) KSWEEP_TEXT_OF(name)

namespace ksweep {
namespace KSWEEP_ISA {

// simd.h comes first
// clang-format off
#include "kernels/simd/simd.h"
#include "kernels/simd/product.h"
#include "kernels/simd/rows.h"
#include "kernels/simd/levels.h"
#include "kernels/simd/select.h"
#include "kernels/simd/sparse.h"
#include "kernels/simd/unit.h"
#if defined(__AVX512BF16__)
#include "kernels/simd/screen.h"
#endif
#if defined(__AMX_BF16__)
#include "kernels/simd/screen_amx.h"
#endif
// clang-format on

#if defined(__AVX512BF16__)
#if !defined(__AMX_BF16__)
static void product_of_pairs(const Product& p) { product_of<Pairs>(p); }
#endif
static const Screening the_screening = {round_units, round_samples,       product_of_pairs,
                                        bound_below, candidates_of_group, settle};
static const Screening* const screening = &the_screening;
#else
static const Screening* const screening = nullptr;
#endif

extern const Kernels kernels;
const Kernels kernels = {
    KSWEEP_TEXT(KSWEEP_ISA),
    pack,
    product,
    select,
    activate,
    multiply_by_slope,
    add_scaled,
    squared_norm,
    dot,
    column_sums,
    update,
    entry_products,
    pull,
    delta_row,
    sparse_product,
    transposed_sparse_product,
    gather_levels,
    scatter_levels,
    softmax,
    screening,
};

}  // namespace KSWEEP_ISA
}  // namespace ksweep
