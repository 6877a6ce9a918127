#pragma once

#include <gmock/gmock.h>
#include <unistd.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <initializer_list>
#include <string>

#include "base/errors.h"

namespace ksweep {

using testing::AllOf;
using testing::HasSubstr;
using testing::ThrowsMessage;

/// Expects a UserError whose text matches.
#define EXPECT_USER_ERROR(call, matcher) EXPECT_THAT([&] { (void)(call); }, ThrowsMessage<UserError>(matcher))

/// A folder that is removed with its content.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "ksweep-data-XXXXXX").string();
    if (!mkdtemp(name.data())) throw std::runtime_error("no temporary folder");
    path_ = name;
  }
  ~TemporaryFolder() { std::filesystem::remove_all(path_); }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  const std::filesystem::path& path() const { return path_; }
  /// Writes a file, and the folders above it.  Returns its path.
  std::filesystem::path write(const std::string& name, const std::string& bytes) const {
    const auto path = path_ / name;
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << bytes;
    return path;
  }

 private:
  std::filesystem::path path_;
};

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
