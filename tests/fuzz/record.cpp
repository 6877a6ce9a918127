/// What stands in a results folder: a trial's file (the seal, and what the seal is round), the status of a sweep.

#include <hdf5.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "core/sha256.h"
#include "core/trial_keys.h"
#include "store/columns.h"
#include "store/status_file.h"
#include "store/trial_file.h"
#include "target.h"

#ifdef KSWEEP_FUZZING
/// HDF5's checksums of its metadata are always right: whoever makes a file to do harm sees to that.
extern "C" herr_t H5F_get_checksums(const std::uint8_t*, std::size_t, std::uint32_t* stored,
                                    std::uint32_t* computed) {
  if (stored) *stored = 0;
  if (computed) *computed = 0;
  return 0;
}
#endif

namespace {

using namespace ksweep;

const std::filesystem::path& folder() {
  static const std::filesystem::path path = [] {
    std::string name = "/dev/shm/ksweep-fuzz-XXXXXX";
    return std::filesystem::path(mkdtemp(name.data()));
  }();
  return path;
}

void use_status(std::string_view text) {
  const auto path = status_path(folder());
  std::ofstream(path, std::ios::binary) << text;
  const SweepStatus status = read_status(path);
  write_status(path, status);
  read_status(path);
}

/// A record whose seal is right, whatever it holds.
void use_record(std::string_view body) {
  const std::string file = seal(1, "identity", body) + std::string(body);
  if (!body.empty() && check_seal(file, 1, "identity") != Seal::right) std::abort();
  const TrialResult result = decode_trial(file, Detail::everything);
  identity(result.trial);
  encode_trial(result);
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto input = bytes_of(data, size);
  check_seal(input, 0x0123456789abcdef, "identity");
  if (!input.starts_with("\x89HDF")) {
    expect_no_fault([&] { use_status(input); });
    expect_no_fault([&] {
      try {
        trial_from_specification(std::string(input));
      } catch (const std::runtime_error&) {
      }
    });
    return 0;
  }
  try {
    use_record(input);
  } catch (const UserError&) {
  } catch (const std::runtime_error&) {  // of decode_trial
  } catch (const std::out_of_range&) {
  }
  return 0;
}
