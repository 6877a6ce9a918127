/// HDF5 files: data sets, sweeps and records, each decoder after the other, behind the checksums that would refuse most.
///
/// libhdf5 1.10 has faults of its own on malformed files, which cannot be mended here.  So foreign files are read in a child process
/// (base/in_child.h), whose crash is a refusal like any other.  What is behind, in this program, is called here without
/// the child: by libFuzzer always, where inputs that end inside libhdf5 are no findings; in the replay for all files but
/// those named after libhdf5.

#include "any_checksum.h"
#include "base/sha256.h"
#include "core/trial_keys.h"
#include "data/assemble.h"
#include "data/hdf5_reader.h"
#include "memory_file.h"
#include "store/sweep_file.h"
#include "store/sweep_image.h"
#include "store/trial_file.h"
#include "target.h"

namespace {

using namespace ksweep;

/// Of decode_sweep, which leaves it to read_sweep_file() to name the file.
template <class Use>
void expect_decoding(Use use) {
  try {
    expect_no_fault(use);
  } catch (const std::runtime_error&) {
  }
}

void use_here(const std::filesystem::path& path, const std::string& image) {
  expect_no_fault([&] { assemble({"set", {}}, "source", read_hdf5_here(path, "/")); });
  expect_decoding([&] {
    const SweepRecord record = decode_sweep(image);
    if (image.size() % 8 == 0) decode_sweep(encode_sweep(record));  // takes long
    csv_table(record);
  });
}

#ifndef KSWEEP_FUZZING
/// As users do it.
void use_in_child(const std::filesystem::path& path, const std::string& image) {
  expect_no_fault([&] { assemble({"set", {}}, "source", read_hdf5(path, "/")); });
  const MemoryFile sweep(image + "\nksweep sweep sha256 " + sha256_hex(image) + "\n");
  expect_no_fault([&] { csv_table(read_sweep_file(sweep.path())); });
}
#endif

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string image(bytes_of(data, size));
  const MemoryFile file(image);
#ifndef KSWEEP_FUZZING
  use_in_child(file.path(), image);
  if (replayed_name.starts_with("libhdf5-")) return 0;
#endif
  use_here(file.path(), image);
  return 0;
}
