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

  /// What messages call it: the file, or the file and the member in it.
  const std::string& name() const { return name_; }
  /// Up to `count` next bytes; fewer only at the end.  Throws UserError where the file is damaged.
  virtual std::size_t read(std::byte* into, std::size_t count) = 0;

 private:
  std::string name_;
};

/// Counts the bytes that a packed file or member delivers, and refuses to go on where no real samples pack so well: a file
/// of megabytes can be made to fill any memory.
class UnpackedCount {
 public:
  explicit UnpackedCount(double packed_bytes) : packed_(packed_bytes) {}
  /// Throws UserError.
  void add(std::size_t count, const std::string& name);

 private:
  double packed_, unpacked_ = 0;
};

/// A file, unpacked on the way if it is gzip-compressed.
std::unique_ptr<ByteSource> open_bytes(const std::filesystem::path& path);

/// The next `count` bytes, which are `what` in messages.  Memory grows with what the file delivers, never
/// with what its header claims, and never beyond that.  Throws UserError if the file ends before.
std::vector<std::byte> read_exactly(ByteSource& source, std::size_t count, const std::string& what);

/// Text that a file holds, fit for a message: at most 60 characters, and what is not printable ASCII as `?`.
std::string printable(std::string text);

/// Throws UserError if anything follows.
void expect_end(ByteSource& source);

}  // namespace ksweep
