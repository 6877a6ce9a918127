#include "data/norb.h"

#include <fmt/core.h>

#include <algorithm>
#include <set>

#include "base/errors.h"
#include "data/resample.h"

namespace ksweep {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t cameras = 2, side = 96, inner = 64, reduced = inner / 2;
constexpr std::size_t pair_bytes = cameras * side * side, border = (side - inner) / 2;

std::uint32_t little_endian_at(const std::byte* bytes) {
  std::uint32_t number = 0;
  for (int i = 3; i >= 0; --i) number = number << 8 | std::to_integer<std::uint32_t>(bytes[i]);
  return number;
}

Element element_of(std::uint32_t magic, const std::string& name) {
  switch (magic) {
    case 0x1E3D4C51:
      return Element::f32;
    case 0x1E3D4C53:
      return Element::f64;
    case 0x1E3D4C54:
      return Element::i32;
    case 0x1E3D4C55:
      return Element::u8;
    case 0x1E3D4C56:
      return Element::i16;
  }
  throw UserError(
      "{}: begins with 0x{:08X}, the magic number of no NORB matrix (0x1E3D4C51, ..53, ..54, ..55, ..56, "
      "little-endian): its numbers cannot be understood. Get the file again.",
      name, magic);
}

/// Reads name, element type and dimensions of a matrix.
RawArray read_header(ByteSource& source) {
  RawArray matrix{source.name(), {}, Element::u8, {}};
  const auto start = read_exactly(source, 8, "matrix header");
  matrix.element = element_of(little_endian_at(start.data()), matrix.name);
  const std::size_t n_dims = little_endian_at(start.data() + 4);
  if (n_dims < 1 || n_dims > 4)
    throw UserError("{}: {} dimensions: NORB's samples have 4, its labels 1. Get the file again.",
                    matrix.name, n_dims);
  const auto sizes = read_exactly(source, 4 * std::max<std::size_t>(n_dims, 3), "matrix header");
  for (std::size_t dim = 0; dim < n_dims; ++dim)
    matrix.dims.push_back(little_endian_at(sizes.data() + 4 * dim));
  return matrix;
}

void append_reduced(const std::vector<std::byte>& pair, std::vector<std::byte>& images) {
  for (std::size_t camera = 0; camera < cameras; ++camera) {
    images.resize(images.size() + reduced * reduced);
    halve_image(pair.data() + camera * side * side + border * side + border, side, reduced,
                std::span(images).last(reduced * reduced));
  }
}

RawArray read_pairs(const fs::path& path) {
  const auto source = open_bytes(path);
  RawArray images = read_header(*source);
  const bool fits = images.dims.size() == 4 && images.dims[1] == cameras && images.dims[2] == side &&
                    images.dims[3] == side;
  if (!fits || images.element != Element::u8)
    throw UserError(
        "{}: its size is {}: small NORB has pairs x 2 x 96 x 96 bytes. Give its files, not those of the "
        "large NORB.",
        images.name, dims_text(images.dims));
  count_elements(images.name, images.dims);
  for (std::size_t pair = 0; pair < images.dims[0]; ++pair)
    append_reduced(read_exactly(*source, pair_bytes,
                                fmt::format("stereo pair {} (counted from 0) of {}", pair, images.dims[0])),
                   images.bytes);
  expect_end(*source);
  images.dims[2] = images.dims[3] = reduced;
  return images;
}

/// Returns the file smallnorb-*-PART.mat or smallnorb-*-PART.mat.gz; empty if there is neither.
fs::path find_part(const fs::path& folder, const std::string& part) {
  std::error_code error;
  std::set<fs::path> paths;
  for (const auto& entry : fs::directory_iterator(folder, error)) paths.insert(entry.path());
  for (const std::string& end : {"-" + part + ".mat", "-" + part + ".mat.gz"}) {
    std::vector<fs::path> fitting;
    for (const fs::path& path : paths) {
      const std::string name = path.filename();
      if (name.starts_with("smallnorb-") && name.ends_with(end)) fitting.push_back(path);
    }
    if (fitting.size() > 1)
      throw UserError(
          "{}: both {} and {} claim to be the part {}: which of them is meant is unclear. Remove one.",
          folder.string(), fitting[0].filename().string(), fitting[1].filename().string(), part);
    if (!fitting.empty()) return fitting[0];
  }
  return {};
}

std::optional<RawArray> read_labels(const fs::path& folder, const std::string& part) {
  const fs::path path = find_part(folder, part);
  if (path.empty()) return std::nullopt;
  return read_binary_matrix(path);
}

}  // namespace

RawArray read_binary_matrix(const fs::path& path) {
  const auto source = open_bytes(path);
  RawArray matrix = read_header(*source);
  read_elements(*source, matrix, false);
  return matrix;
}

bool is_norb_folder(const fs::path& folder) { return !find_part(folder, "training-dat").empty(); }

Parts read_norb_folder(const fs::path& folder) {
  Parts parts{read_pairs(find_part(folder, "training-dat")), read_labels(folder, "training-cat"), {}, {}, {}};
  if (const fs::path test = find_part(folder, "testing-dat"); !test.empty()) parts.test = read_pairs(test);
  parts.test_labels = read_labels(folder, "testing-cat");
  return parts;
}

}  // namespace ksweep
