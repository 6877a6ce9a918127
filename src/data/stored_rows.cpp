#include "data/stored_rows.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "base/errors.h"

namespace ksweep {
namespace {

/// Reads exactly `count` bytes, in as many steps as the system wants.
void read_bytes(int file, std::uint64_t offset, std::size_t count, std::byte* bytes,
                const StoredArray& array) {
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

int open_file(const StoredArray& array, std::uint64_t n_bytes) {
  const int file = ::open(array.path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0)
    throw UserError(
        "{}: cannot be opened ({}): its samples are needed. Every node must see the file under this name.",
        array.path.string(), std::strerror(errno));
  struct stat facts {};
  if (::fstat(file, &facts) == 0 && static_cast<std::uint64_t>(facts.st_size) >= array.offset + n_bytes)
    return file;
  ::close(file);
  throw UserError(
      "{}: cut short: its array ends at byte {}, the file at {}: samples would be missing. Get the file again.",
      array.path.string(), array.offset + n_bytes, facts.st_size);
}

}  // namespace

void RowTransform::apply(float* numbers, std::size_t n_inputs) const {
  if (divisor != 1)
    for (std::size_t c = 0; c < n_inputs; ++c) numbers[c] /= divisor;
  if (!shift.empty())
    for (std::size_t c = 0; c < n_inputs; ++c) numbers[c] = (numbers[c] - shift[c]) * factor;
}

StoredMatrix::StoredMatrix(std::vector<StoredArray> arrays, int n_inputs)
    : n_inputs_(n_inputs), arrays_(std::move(arrays)), first_rows_{0} {
  try {
    for (const StoredArray& array : arrays_) {
      const std::uint64_t row_bytes = static_cast<std::uint64_t>(n_inputs_) * size_of(array.element);
      files_.push_back(open_file(array, array.n * array.n_positions * row_bytes));
      first_rows_.push_back(first_rows_.back() + array.n_rows());
    }
  } catch (...) {
    for (const int file : files_) ::close(file);
    throw;
  }
}

StoredMatrix::~StoredMatrix() {
  for (const int file : files_) ::close(file);
}

std::size_t StoredMatrix::array_of(std::uint64_t row) const {
  const auto after = std::ranges::upper_bound(first_rows_, row);
  return static_cast<std::size_t>(after - first_rows_.begin()) - 1;
}

void StoredMatrix::read(std::uint64_t row, float* numbers) const {
  const std::size_t which = array_of(row);
  const StoredArray& array = arrays_[which];
  const std::uint64_t within = row - first_rows_[which], n_chosen = array.positions.size();
  const std::uint64_t in_file = within / n_chosen * array.n_positions + array.positions[within % n_chosen];
  const std::size_t n_bytes = static_cast<std::size_t>(n_inputs_) * size_of(array.element);
  const std::uint64_t offset = array.offset + in_file * n_bytes;
  if (array.element == Element::f32)
    return read_bytes(files_[which], offset, n_bytes, reinterpret_cast<std::byte*>(numbers), array);
  thread_local std::vector<std::byte> bytes;
  bytes.resize(n_bytes);
  read_bytes(files_[which], offset, n_bytes, bytes.data(), array);
  convert(array.element, bytes, numbers);
}

void StoredMatrix::read(std::uint64_t first, std::size_t count, float* numbers) const {
  const auto width = static_cast<std::size_t>(n_inputs_);
  for (std::size_t i = 0; i < count; ++i) read(first + i, numbers + i * width);
}

std::string StoredMatrix::name_of(std::uint64_t row) const {
  const std::size_t which = array_of(row);
  const StoredArray& array = arrays_[which];
  const std::uint64_t within = row - first_rows_[which], n_chosen = array.positions.size();
  const std::string document =
      fmt::format("{}: sample {} (counted from 0)", array.path.string(), within / n_chosen);
  return array.n_positions == 1
             ? document
             : fmt::format("{}, position {}", document, array.positions[within % n_chosen]);
}

}  // namespace ksweep
