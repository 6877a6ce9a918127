#include "data/write_npy.h"

#include <fmt/core.h>

#include <bit>
#include <string>
#include <string_view>

#include "base/atomic_file.h"

namespace ksweep {
namespace {

static_assert(std::endian::native == std::endian::little, "arrays are written as they are in memory");

/// Returns what stands before the numbers: a multiple of 64 bytes.
std::string npy_header(std::string_view type, std::string_view shape) {
  constexpr std::size_t n_before = 10, unit = 64;  // magic, version and length stand before the text
  std::string text = fmt::format("{{'descr': '{}', 'fortran_order': False, 'shape': ({}), }}", type, shape);
  const std::size_t used = n_before + text.size() + 1;
  text.append((unit - used % unit) % unit, ' ').append("\n");
  std::string header("\x93NUMPY\x01\x00", 8);
  header += static_cast<char>(text.size() & 0xff);
  header += static_cast<char>(text.size() >> 8);
  return header + text;
}

template <class Number>
void write(const std::filesystem::path& path, std::string bytes, std::span<const Number> numbers) {
  const auto added = std::as_bytes(numbers);
  bytes.append(reinterpret_cast<const char*>(added.data()), added.size());
  write_file_atomically(path, bytes);
}

}  // namespace

void write_npy(const std::filesystem::path& path, const MatrixView<float>& samples) {
  write(path, npy_header("<f4", fmt::format("{}, {}", samples.rows(), samples.cols())),
        std::span(samples.data(), static_cast<std::size_t>(samples.size())));
}

void write_npy(const std::filesystem::path& path, std::span<const std::int32_t> labels) {
  write(path, npy_header("<i4", fmt::format("{},", labels.size())), labels);
}

}  // namespace ksweep
