/// Files of safetensors.

#include "data/safetensors.h"

#include "data/load.h"
#include "memory_file.h"
#include "target.h"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace ksweep;
  const MemoryFile file(bytes_of(data, size));
  expect_no_fault([&] { load_dataset({file.path(), {}}); });
  expect_no_fault([&] { read_safetensors(file.path(), "/"); });
  expect_no_fault([&] { read_safetensors(file.path(), "a"); });
  return 0;
}
