/// Files of fixed layouts: IDX, NORB's matrices, CIFAR-10's batches; each plain or gzip-compressed.  The first byte says what the
/// rest is.

#include "data/idx.h"

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "data/cifar10.h"
#include "data/load.h"
#include "data/norb.h"
#include "memory_file.h"
#include "memory_folder.h"
#include "target.h"

namespace {

using namespace ksweep;

/// The folder's only file.
void read_as(const std::string& name, std::string_view content) {
  const auto path = memory_folder() / name;
  std::ofstream(path, std::ios::binary) << content;
  expect_no_fault([] { load_dataset({memory_folder(), {}}); });
  std::filesystem::remove(path);
}

void read_alone(std::string_view content) {
  const MemoryFile file(content);
  expect_no_fault([&] { read_idx(file.path()); });
  expect_no_fault([&] { read_binary_matrix(file.path()); });
  expect_no_fault([&] { load_dataset({file.path(), {}}); });
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const auto content = bytes_of(data + 1, size - 1);
  if (data[0] % 4 == 0)
    read_alone(content);
  else
    read_as(data[0] % 4 == 1   ? "train-images-idx3-ubyte"
            : data[0] % 4 == 2 ? "data_batch_1.bin"
                               : "smallnorb-5x46789x9x18x6x2x96x96-training-dat.mat",
            content);
  return 0;
}
