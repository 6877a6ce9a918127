/// HDF5 files: data sets, sweeps and records, each decoder after the other, behind the checksums that would refuse most.
///
/// libhdf5 1.10 has faults of its own on malformed files, which cannot be mended here.  So foreign files are read in a child process
/// (core/in_child.h), and that is what the replayed corpus goes through.  libFuzzer looks behind: it calls the readers
/// themselves, and inputs that end inside libhdf5 are no findings.

#include "any_checksum.h"
#include "core/sha256.h"
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

void use_data(const std::filesystem::path& path) {
#ifdef KSWEEP_FUZZING
  assemble({"set", {}}, "source", read_hdf5_here(path, "/"));
#else
  assemble({"set", {}}, "source", read_hdf5(path, "/"));
#endif
}

void use_sweep(const std::string& image) {
#ifdef KSWEEP_FUZZING
  const SweepRecord record = decode_sweep(image);
  if (image.size() % 8 == 0) decode_sweep(encode_sweep(record));  // takes long
#else
  const MemoryFile file(image + "\nksweep sweep sha256 " + sha256_hex(image) + "\n");
  const SweepRecord record = read_sweep_file(file.path());
#endif
  csv_table(record);
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string image(bytes_of(data, size));
  const MemoryFile file(image);
  expect_no_fault([&] { use_data(file.path()); });
  try {
    use_sweep(image);
  } catch (const UserError&) {
  } catch (const std::runtime_error&) {  // of decode_sweep
  }
  return 0;
}
