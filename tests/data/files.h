#pragma once

#include <gmock/gmock.h>

#include <cstdint>
#include <initializer_list>
#include <string>

#include "base/errors.h"
#include "temporary_folder.h"

namespace ksweep {

using testing::AllOf;
using testing::HasSubstr;
using testing::ThrowsMessage;

/// Expects a UserError whose text matches.
#define EXPECT_USER_ERROR(call, matcher) EXPECT_THAT([&] { (void)(call); }, ThrowsMessage<UserError>(matcher))

/// Returns these bytes as a string, which may contain zeros.
inline std::string bytes_of(std::initializer_list<int> numbers) {
  std::string bytes;
  for (const int number : numbers) bytes += static_cast<char>(number);
  return bytes;
}

/// Returns an IDX file of this element type.
inline std::string idx(int type, std::initializer_list<std::uint32_t> dims, const std::string& content) {
  std::string bytes = bytes_of({0, 0, type, static_cast<int>(dims.size())});
  for (const std::uint32_t size : dims)
    for (int shift = 24; shift >= 0; shift -= 8) bytes += static_cast<char>(size >> shift & 0xff);
  return bytes + content;
}

/// Returns an NPY file of format version 1.
inline std::string npy(const std::string& header, const std::string& content) {
  return "\x93NUMPY" + bytes_of({1, 0, static_cast<int>(header.size()), 0}) + header + content;
}

template <class Number>
std::string native(std::initializer_list<Number> numbers) {
  return {reinterpret_cast<const char*>(numbers.begin()), numbers.size() * sizeof(Number)};
}

/// Returns these bytes gzip-compressed.
std::string gzip(const std::string& bytes);

}  // namespace ksweep
