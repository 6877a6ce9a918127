#pragma once

#include <cstddef>
#include <cstdint>
#include <exception>
#include <string>
#include <string_view>

#include "base/errors.h"

/// The entry point of every target, which libFuzzer and replay_main.cpp call.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace ksweep {

#ifndef KSWEEP_FUZZING
/// Name of the corpus file whose bytes the target gets.
extern std::string replayed_name;
#endif

inline std::string_view bytes_of(const std::uint8_t* data, std::size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

/// Ignores UserError, the correct response to malicious input; any other exception ends the program.
template <class Use>
void expect_no_fault(Use use) {
  try {
    use();
  } catch (const UserError&) {
  }
}

}  // namespace ksweep
