// Takes the place of malloc and its relatives in the test program, for glibc: each passes on to the C library's own function and
// counts.  operator new, std::aligned_alloc and libraries all end here.
#include "allocated_bytes.h"

#include <malloc.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstddef>

extern "C" {
void* __libc_malloc(std::size_t bytes);
void* __libc_calloc(std::size_t count, std::size_t bytes);
void* __libc_realloc(void* memory, std::size_t bytes);
void* __libc_memalign(std::size_t alignment, std::size_t bytes);
void __libc_free(void* memory);
}

namespace {

std::atomic<std::ptrdiff_t> now = 0, most = 0;

void* counted(void* memory) {
  if (!memory) return memory;
  const std::ptrdiff_t bytes = now += static_cast<std::ptrdiff_t>(malloc_usable_size(memory));
  std::ptrdiff_t before = most;
  while (bytes > before && !most.compare_exchange_weak(before, bytes)) continue;
  return memory;
}

void discount(void* memory) {
  if (memory) now -= static_cast<std::ptrdiff_t>(malloc_usable_size(memory));
}

}  // namespace

extern "C" {

void* malloc(std::size_t bytes) { return counted(__libc_malloc(bytes)); }
void* calloc(std::size_t count, std::size_t bytes) { return counted(__libc_calloc(count, bytes)); }
void* memalign(std::size_t alignment, std::size_t bytes) {
  return counted(__libc_memalign(alignment, bytes));
}
void* aligned_alloc(std::size_t alignment, std::size_t bytes) {
  return counted(__libc_memalign(alignment, bytes));
}

void* realloc(void* memory, std::size_t bytes) {
  discount(memory);
  return counted(__libc_realloc(memory, bytes));
}

int posix_memalign(void** memory, std::size_t alignment, std::size_t bytes) {
  *memory = counted(__libc_memalign(alignment, bytes));
  return *memory ? 0 : ENOMEM;
}

void free(void* memory) {
  discount(memory);
  __libc_free(memory);
}

}  // extern "C"

namespace ksweep {

void start_counting_bytes() { now = most = 0; }

std::size_t most_allocated_bytes() { return static_cast<std::size_t>(std::max<std::ptrdiff_t>(most, 0)); }

}  // namespace ksweep
