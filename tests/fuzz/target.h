#pragma once

#include <cstddef>
#include <cstdint>
#include <exception>
#include <string>
#include <string_view>

#include "base/errors.h"

/// Every target's entry point: libFuzzer calls it, and so does replay_main.cpp.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace ksweep {

#ifndef KSWEEP_FUZZING
/// Name of the corpus' file whose bytes the target is given.
extern std::string replayed_name;
#endif

inline std::string_view bytes_of(const std::uint8_t* data, std::size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

/// A refusal that the user would be told is what hostile input deserves; anything else ends the program.
template <class Use>
void expect_no_fault(Use use) {
  try {
    use();
  } catch (const UserError&) {
  }
}

}  // namespace ksweep
