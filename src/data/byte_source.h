#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace ksweep {

/// Bytes of a data file, read from front to back.
class ByteSource {
 public:
  explicit ByteSource(std::string name) : name_(std::move(name)) {}
  virtual ~ByteSource() = default;
  ByteSource(const ByteSource&) = delete;
  ByteSource& operator=(const ByteSource&) = delete;

  /// Name for messages: the file, or the file and its member.
  const std::string& name() const { return name_; }
  /// Reads up to `count` bytes; fewer only at the end.  Throws UserError if the file is damaged.
  virtual std::size_t read(std::byte* into, std::size_t count) = 0;

 private:
  std::string name_;
};

/// Counts the bytes that a compressed file or member yields and refuses a ratio that no real samples reach: a
/// file of megabytes can be crafted to fill any memory.
class UnpackedCount {
 public:
  explicit UnpackedCount(double packed_bytes) : packed_(packed_bytes) {}
  /// Adds to the count.  Throws UserError if the ratio is too high.
  void add(std::size_t count, const std::string& name);

 private:
  double packed_, unpacked_ = 0;
};

/// Opens a file, which is decompressed while reading if it is gzip-compressed.
std::unique_ptr<ByteSource> open_bytes(const std::filesystem::path& path);

/// Reads the next `count` bytes, called `what` in messages.  Memory grows with the bytes read, not with the
/// size that a header claims.  Throws UserError if the file ends early.
std::vector<std::byte> read_exactly(ByteSource& source, std::size_t count, const std::string& what);

/// Makes text from a file fit for a message: at most 60 characters, with `?` for anything but printable
/// ASCII.
std::string printable(std::string text);

/// Throws UserError if the source has more bytes.
void expect_end(ByteSource& source);

}  // namespace ksweep
