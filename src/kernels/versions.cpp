// Compiled once for each instruction set, with KSWEEP_ISA naming the namespace and -march the instructions.
// No standard library beyond plain types: see simd.h.
#include <cstddef>
#include <cstdint>
#ifdef __x86_64__
#include <immintrin.h>
#endif

#include "kernels/kernels.h"

#define KSWEEP_TEXT_OF(name) #name
#define KSWEEP_TEXT(name) KSWEEP_TEXT_OF(name)

namespace ksweep {
namespace KSWEEP_ISA {

// clang-format off: simd.h comes first
#include "kernels/simd.h"
#include "kernels/product.h"
#include "kernels/rows.h"
#include "kernels/select.h"
#include "kernels/unit.h"
// clang-format on

extern const Kernels kernels;
const Kernels kernels = {
    KSWEEP_TEXT(KSWEEP_ISA),
    pack,
    product,
    select,
    activate,
    add_scaled,
    squared_norm,
    dot,
    column_sums,
    update,
    entry_products,
    pull,
    delta_row,
    gather_rows,
    scatter_rows,
    softmax,
};

}  // namespace KSWEEP_ISA
}  // namespace ksweep
