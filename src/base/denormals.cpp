#include "base/denormals.h"

#if defined(__SSE2__)
#include <immintrin.h>
#endif

namespace ksweep {

void flush_denormals() {
#if defined(__SSE2__)
  constexpr unsigned results_and_operands = 0x8040;  // FTZ and DAZ
  _mm_setcsr(_mm_getcsr() | results_and_operands);
#elif defined(__aarch64__)
  unsigned long control;
  asm volatile("mrs %0, fpcr" : "=r"(control));
  control |= 1ul << 24;  // FZ
  asm volatile("msr fpcr, %0" : : "r"(control));
#endif
}

}  // namespace ksweep
