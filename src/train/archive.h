#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace ksweep {

/// Thrown if a checkpoint does not have the expected content.
struct UnfitCheckpoint {};

/// Writes numbers, arrays and texts in sequence, or reads them back into the same places, so that one
/// function describes both saving and restoring.  Everything that is read is checked and may throw
/// UnfitCheckpoint.
class Archive {
 public:
  Archive() = default;  ///< an archive for writing
  explicit Archive(std::string_view from)
      : from_(from), reads_(true) {}  ///< an archive for reading; the bytes must outlive the object

  bool reads() const { return reads_; }
  void require(bool fits) const {
    if (reads_ && !fits) throw UnfitCheckpoint();
  }

  /// Transfers an array whose length is known on both sides.
  template <class T>
  void array(std::span<T> values) {
    static_assert(std::is_arithmetic_v<T> && !std::is_same_v<T, bool>, "any pattern of bits must be a value");
    std::uint64_t n_bytes = values.size_bytes();
    raw(reinterpret_cast<char*>(&n_bytes), sizeof n_bytes);
    require(n_bytes == values.size_bytes());
    raw(reinterpret_cast<char*>(values.data()), values.size_bytes());
  }

  template <class T>
  void number(T& value) {
    array(std::span(&value, 1));
  }

  /// Transfers a vector or a string of any length.
  template <class List>
  void list(List& values) {
    std::uint64_t size = values.size();
    number(size);
    if (reads_) {
      require(size <= from_.size() / sizeof(typename List::value_type));
      values.resize(size);
    }
    array(std::span(values.data(), values.size()));
  }

  /// Throws UnfitCheckpoint unless everything has been read.
  void finish() const { require(from_.empty()); }
  bool at_end() const { return from_.empty(); }
  const std::string& written() const { return written_; }

 private:
  void raw(char* bytes, std::size_t count) {
    if (!reads_) {
      written_.append(bytes, count);
      return;
    }
    require(count <= from_.size());
    std::copy_n(from_.data(), count, bytes);
    from_.remove_prefix(count);
  }

  std::string written_;
  std::string_view from_;
  bool reads_ = false;
};

}  // namespace ksweep
