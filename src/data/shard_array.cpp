#include "data/shard_array.h"

#include <fmt/core.h>

#include <fstream>

#include "base/errors.h"

namespace ksweep {
namespace {

/// The bytes of a file from a place on.
class BytesFrom final : public ByteSource {
 public:
  explicit BytesFrom(const ShardArray& array) : ByteSource(array.name), file_(array.path, std::ios::binary) {
    file_.seekg(static_cast<std::streamoff>(array.offset));
    if (!file_)
      throw UserError("{}: cannot be opened: its numbers are needed. Check its permissions.",
                      array.path.string());
  }
  std::size_t read(std::byte* into, std::size_t count) override {
    file_.read(reinterpret_cast<char*>(into), static_cast<std::streamsize>(count));
    return static_cast<std::size_t>(file_.gcount());
  }

 private:
  std::ifstream file_;
};

}  // namespace

RawArray read_shard_array(const ShardArray& array) {
  RawArray raw{array.name, array.dims, array.element, {}};
  BytesFrom source(array);
  read_numbers(source, raw, array.big_endian);
  return raw;
}

RawArray read_shard_rows(ShardArray array, std::size_t first, std::size_t count) {
  const std::size_t of_one = count_elements(array.name, array.dims) / array.dims[0] * size_of(array.element);
  array.offset += first * of_one;
  array.dims[0] = count;
  return read_shard_array(array);
}

}  // namespace ksweep
