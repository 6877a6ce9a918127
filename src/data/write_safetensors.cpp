#include "data/write_safetensors.h"

#include <bit>
#include <cassert>
#include <nlohmann/json.hpp>

namespace ksweep {
namespace {

static_assert(std::endian::native == std::endian::little, "arrays are written as they are in memory");

constexpr std::size_t n_length = 8, bytes_per_number = 4;

std::size_t size_of(const NewTensor& tensor) {
  std::size_t size = bytes_per_number;
  for (const std::size_t length : tensor.shape) size *= length;
  return size;
}

/// Returns the length and the text of the header, filled up with blanks so that the numbers are aligned.
std::string header_of(std::span<const NewTensor> tensors, const std::map<std::string, std::string>& notes) {
  nlohmann::json header;
  header["__metadata__"] = notes;
  std::size_t begin = 0;
  for (const NewTensor& tensor : tensors) {
    const std::size_t end = begin + size_of(tensor);
    header[tensor.name] = {{"dtype", tensor.dtype}, {"shape", tensor.shape}, {"data_offsets", {begin, end}}};
    begin = end;
  }
  std::string text = header.dump();
  text.append((n_length - text.size() % n_length) % n_length, ' ');
  std::string bytes;
  for (std::size_t i = 0; i < n_length; ++i) bytes += static_cast<char>(text.size() >> (8 * i) & 0xff);
  return bytes + text;
}

}  // namespace

void write_safetensors(const std::filesystem::path& path, std::span<const NewTensor> tensors,
                       const std::map<std::string, std::string>& notes) {
  write_file_in_pieces(path, [&](const TakeBytes& take) {
    take(header_of(tensors, notes));
    for (const NewTensor& tensor : tensors) {
      [[maybe_unused]] std::size_t n_written = 0;
      tensor.make([&](std::string_view bytes) {
        n_written += bytes.size();
        take(bytes);
      });
      assert(n_written == size_of(tensor));
    }
  });
}

}  // namespace ksweep
