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
#include "kernels/simd/last_columns.h"
#include "kernels/simd/rows.h"
#include "kernels/simd/optimizers.h"
#include "kernels/simd/levels.h"
#include "kernels/simd/select.h"
#include "kernels/simd/lists.h"
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
static const Screening the_screening = {
    .round_units = KSWEEP_ISA::round_units,
    .round_samples = KSWEEP_ISA::round_samples,
    .product = product_of_pairs,
    .list_possible = KSWEEP_ISA::list_possible,
    .keep_possible = KSWEEP_ISA::keep_possible,
};
static const Screening* const screening = &the_screening;
constexpr const char* bits = "avx512";
#else
static const Screening* const screening = nullptr;
constexpr const char* bits = KSWEEP_TEXT(KSWEEP_ISA);
#endif

extern const Kernels kernels;
const Kernels kernels = {
    .isa = KSWEEP_TEXT(KSWEEP_ISA),
    .bits = bits,
    .pack = KSWEEP_ISA::pack,
    .product = KSWEEP_ISA::product,
    .select = KSWEEP_ISA::select,
    .list_reaching = KSWEEP_ISA::list_reaching,
    .keep_largest = KSWEEP_ISA::keep_largest,
    .product_of_rows = KSWEEP_ISA::product_of_rows,
    .activate = KSWEEP_ISA::activate,
    .multiply_by_slope = KSWEEP_ISA::multiply_by_slope,
    .add_scaled = KSWEEP_ISA::add_scaled,
    .squared_norm = KSWEEP_ISA::squared_norm,
    .dot = KSWEEP_ISA::dot,
    .column_sums = KSWEEP_ISA::column_sums,
    .update = KSWEEP_ISA::update,
    .entry_products = KSWEEP_ISA::entry_products,
    .apply_terms = KSWEEP_ISA::apply_terms,
    .delta_row = KSWEEP_ISA::delta_row,
    .sparse_product = KSWEEP_ISA::sparse_product,
    .transposed_sparse_product = KSWEEP_ISA::transposed_sparse_product,
    .gather_levels = KSWEEP_ISA::gather_levels,
    .scatter_levels = KSWEEP_ISA::scatter_levels,
    .softmax = KSWEEP_ISA::softmax,
    .screening = screening,
};

}  // namespace KSWEEP_ISA
}  // namespace ksweep
