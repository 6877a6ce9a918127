#include "data/npy.h"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <string_view>

#include "core/errors.h"

namespace ksweep {
namespace {

constexpr std::size_t max_header = 65535;  // NumPy's own header of a plain array has 118 bytes

struct Header {
  char byte_order;
  Element element;
  std::vector<std::size_t> dims;
};

[[noreturn]] void no_npy(const ByteSource& source, const std::string& why) {
  throw UserError(source.name() + ": " + why +
                  ": its numbers cannot be understood. Save it again with numpy.save.");
}

std::size_t header_length(ByteSource& source) {
  const auto start = read_exactly(source, 8, "NPY header");
  if (std::memcmp(start.data(), "\x93NUMPY", 6) != 0) no_npy(source, "is no NPY array (wrong first bytes)");
  const int version = std::to_integer<int>(start[6]);
  if (version < 1 || version > 3) no_npy(source, "is of the unknown NPY version " + std::to_string(version));
  const auto size = read_exactly(source, version == 1 ? 2 : 4, "NPY header");
  std::size_t length = 0;
  for (std::size_t i = size.size(); i-- > 0;) length = length << 8 | std::to_integer<std::size_t>(size[i]);
  if (length > max_header) no_npy(source, "has a header of " + std::to_string(length) + " bytes");
  return length;
}

Element element_of(const std::string& code, const ByteSource& source) {
  static const std::pair<const char*, Element> codes[] = {
      {"u1", Element::u8},  {"i1", Element::i8},  {"b1", Element::i8},  {"u2", Element::u16},
      {"i2", Element::i16}, {"u4", Element::u32}, {"i4", Element::i32}, {"u8", Element::u64},
      {"i8", Element::i64}, {"f4", Element::f32}, {"f8", Element::f64}};
  for (const auto& [name, element] : codes)
    if (code == name) return element;
  throw UserError(
      source.name() + ": its dtype is '" + printable(code) +
      "': samples are float32, float64 or whole numbers. Save it again after .astype('float32').");
}

/// What follows `'key':` in a header.
std::string_view value_of(std::string_view header, const std::string& key, const ByteSource& source) {
  const auto at = header.find("'" + key + "':");
  if (at == header.npos) no_npy(source, "its header has no " + key);
  header.remove_prefix(at + key.size() + 3);
  header.remove_prefix(std::min(header.find_first_not_of(' '), header.size()));
  return header;
}

/// text: "(3, 4), ..."
std::vector<std::size_t> dims_of(std::string_view text, const ByteSource& source) {
  const auto end = text.find(')');
  if (!text.starts_with('(') || end == text.npos) no_npy(source, "its header gives no shape");
  text = text.substr(1, end - 1);
  std::vector<std::size_t> dims;
  while (true) {
    text.remove_prefix(std::min(text.find_first_not_of(", "), text.size()));
    if (text.empty()) return dims;
    std::size_t size = 0;
    const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), size);
    if (error != std::errc{} || dims.size() == 4)
      no_npy(source, "its header gives no shape of at most 4 sizes");
    dims.push_back(size);
    text.remove_prefix(static_cast<std::size_t>(rest - text.data()));
  }
}

/// text: "'<f4', ..."
std::string descr_of(std::string_view text, const ByteSource& source) {
  const auto end = text.find('\'', 1);
  if (!text.starts_with('\'') || end == text.npos || end < 3)
    no_npy(source, "its header names no plain dtype");
  return std::string(text.substr(1, end - 1));
}

/// text: "{'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }"
Header parse_header(std::string_view text, const ByteSource& source) {
  const std::string descr = descr_of(value_of(text, "descr", source), source);
  const bool fortran = !value_of(text, "fortran_order", source).starts_with("False");
  Header header{descr[0], element_of(descr.substr(1), source),
                dims_of(value_of(text, "shape", source), source)};
  if (fortran && header.dims.size() > 1)
    throw UserError(source.name() +
                    ": is stored in Fortran order: samples must lie in C order, one after another. "
                    "Save it again after numpy.ascontiguousarray.");
  return header;
}

}  // namespace

RawArray read_npy(ByteSource& source) {
  const auto bytes = read_exactly(source, header_length(source), "NPY header");
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  const Header header = parse_header(text, source);
  RawArray array{source.name(), header.dims, header.element, {}};
  read_elements(source, array, header.byte_order == '>');
  return array;
}

}  // namespace ksweep
