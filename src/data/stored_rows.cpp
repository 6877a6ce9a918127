#include "data/stored_rows.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "base/errors.h"
#include "data/positions.h"

namespace ksweep {
namespace {

/// Reads exactly `count` bytes, in as many steps as the system wants.
void read_bytes(int file, std::uint64_t offset, std::size_t count, std::byte* bytes,
                const ShardArray& array) {
  for (std::size_t done = 0; done < count;) {
    const ::ssize_t got = ::pread(file, bytes + done, count - done, static_cast<::off_t>(offset + done));
    if (got < 0 && errno == EINTR) continue;
    if (got > 0) {
      done += static_cast<std::size_t>(got);
      continue;
    }
    throw EnvironmentError(
        "{}: cannot be read any more ({}): samples are read while training. Leave the files of a data set in place and "
        "unchanged until the sweep has ended.",
        array.path.string(), got == 0 ? "it has become shorter" : std::strerror(errno));
  }
}

Descriptor open_file(const ShardArray& array) {
  Descriptor file(::open(array.path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file < 0)
    throw UserError(
        "{}: cannot be opened ({}): its samples are needed. Every node must see the file under this name.",
        array.path.string(), std::strerror(errno));
  const std::uint64_t end = array.offset + count_elements(array.name, array.dims) * size_of(array.element);
  struct stat facts {};
  if (::fstat(file, &facts) == 0 && static_cast<std::uint64_t>(facts.st_size) >= end) return file;
  throw UserError(
      "{}: cut short: its array ends at byte {}, the file at {}: samples would be missing. Get the file again.",
      array.name, end, facts.st_size);
}

}  // namespace

StoredMatrix::StoredMatrix(std::vector<ShardArray> arrays, const std::string& skipped)
    : arrays_(std::move(arrays)), first_rows_{0} {
  for (const ShardArray& array : arrays_) {
    files_.push_back(open_file(array));
    positions_.push_back(array.dims.size() == 3 ? kept_positions(array.name, array.dims[1], skipped)
                                                : std::vector<std::size_t>{0});
    first_rows_.push_back(first_rows_.back() + array.dims[0] * positions_.back().size());
  }
}

void StoredMatrix::read(std::uint64_t row, float* numbers) const {
  const auto after = std::ranges::upper_bound(first_rows_, row);
  const auto which = static_cast<std::size_t>(after - first_rows_.begin()) - 1;
  const ShardArray& array = arrays_[which];
  const std::vector<std::size_t>& kept = positions_[which];
  const std::uint64_t within = row - first_rows_[which],
                      n_positions = array.dims.size() == 3 ? array.dims[1] : 1;
  const std::uint64_t in_file = within / kept.size() * n_positions + kept[within % kept.size()];
  const std::size_t n_bytes = n_inputs() * size_of(array.element);
  const std::uint64_t offset = array.offset + in_file * n_bytes;
  if (array.element == Element::f32 && !array.big_endian)
    return read_bytes(files_[which], offset, n_bytes, reinterpret_cast<std::byte*>(numbers), array);
  thread_local std::vector<std::byte> bytes;
  bytes.resize(n_bytes);
  read_bytes(files_[which], offset, n_bytes, bytes.data(), array);
  to_floats(array.element, bytes, array.big_endian, numbers);
}

}  // namespace ksweep
