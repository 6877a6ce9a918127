/// What stands in a results folder: a trial's file (the seal, and what the seal is round), the status of a sweep.

#include <filesystem>
#include <fstream>
#include <string>

#include "any_checksum.h"
#include "base/sha256.h"
#include "core/trial_keys.h"
#include "memory_folder.h"
#include "store/columns.h"
#include "store/status_file.h"
#include "store/trial_file.h"
#include "target.h"

namespace {

using namespace ksweep;

void use_status(std::string_view text) {
  const auto path = status_path(memory_folder());
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
