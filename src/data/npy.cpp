#include "data/npy.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <string_view>

#include "base/errors.h"

namespace ksweep {
namespace {

constexpr std::size_t max_header = 65535;  // NumPy's own header of a plain array has 118 bytes

/// For '<U3', `code` is 'U' and `width` is 3.
struct Header {
  char byte_order, code;
  std::size_t width;
  std::vector<std::size_t> dims;
  bool fortran;

  bool is_text() const { return code == 'U' || code == 'S'; }
  std::size_t element_bytes() const { return code == 'U' ? 4 * width : width; }
};

[[noreturn]] void no_npy(const ByteSource& source, const std::string& why) {
  throw UserError("{}: {}: its numbers cannot be understood. Save it again with numpy.save.", source.name(),
                  why);
}

/// Returns the header's text; `offset` becomes the bytes before the numbers.
std::string header_text(ByteSource& source, std::size_t& offset) {
  const auto start = read_exactly(source, 8, "NPY header");
  if (std::memcmp(start.data(), "\x93NUMPY", 6) != 0) no_npy(source, "is no NPY array (wrong first bytes)");
  const int version = std::to_integer<int>(start[6]);
  if (version < 1 || version > 3) no_npy(source, fmt::format("is of the unknown NPY version {}", version));
  const auto size = read_exactly(source, version == 1 ? 2 : 4, "NPY header");
  std::size_t length = 0;
  for (std::size_t i = size.size(); i-- > 0;) length = length << 8 | std::to_integer<std::size_t>(size[i]);
  if (length > max_header) no_npy(source, fmt::format("has a header of {} bytes", length));
  offset = start.size() + size.size() + length;
  const auto bytes = read_exactly(source, length, "NPY header");
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

std::string dtype_text(const Header& header) {
  return std::string(1, header.code) + (header.width ? std::to_string(header.width) : "");
}

Element element_of(const Header& header, const ByteSource& source) {
  static const std::pair<const char*, Element> codes[] = {
      {"u1", Element::u8},  {"i1", Element::i8},  {"b1", Element::i8},  {"u2", Element::u16},
      {"i2", Element::i16}, {"u4", Element::u32}, {"i4", Element::i32}, {"u8", Element::u64},
      {"i8", Element::i64}, {"f2", Element::f16}, {"f4", Element::f32}, {"f8", Element::f64}};
  for (const auto& [name, element] : codes)
    if (dtype_text(header) == name) return element;
  throw UserError(
      "{}: its dtype is '{}': samples are float16, float32, float64 or whole numbers, labels whole numbers "
      "or texts. Save it again after .astype('float32'), or labels after .astype(str).",
      source.name(), printable(dtype_text(header)));
}

/// Returns the text after `'key':` in a header.
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
  Header header{descr[0], descr[1], 0, dims_of(value_of(text, "shape", source), source),
                !value_of(text, "fortran_order", source).starts_with("False")};
  const char* end = descr.data() + descr.size();
  const auto [rest, error] = std::from_chars(descr.data() + 2, end, header.width);
  if (rest != end || (error != std::errc{} && descr.size() > 2))
    no_npy(source,
           fmt::format("its dtype is '{}', which is none of numbers or texts", printable(descr.substr(1))));
  return header;
}

/// Encodes a code point as UTF-8; an invalid one becomes U+FFFD.
std::string utf8(std::uint32_t code) {
  if (code > 0x10FFFF || (code >= 0xD800 && code < 0xE000)) code = 0xFFFD;
  if (code < 0x80) return {static_cast<char>(code)};
  const auto low = [&](int shift) { return static_cast<char>(0x80 | (code >> shift & 0x3F)); };
  if (code < 0x800) return {static_cast<char>(0xC0 | code >> 6), low(0)};
  if (code < 0x10000) return {static_cast<char>(0xE0 | code >> 12), low(6), low(0)};
  return {static_cast<char>(0xF0 | code >> 18), low(12), low(6), low(0)};
}

/// Reads one text of fixed width, padded with zeros.
std::string text_of(const std::byte* bytes, const Header& header) {
  std::string text;
  for (std::size_t i = 0; i < header.width; ++i) {
    std::array<std::byte, 4> word{};
    if (header.code == 'S')
      word[0] = bytes[i];
    else
      for (std::size_t byte = 0; byte < 4; ++byte)
        word[byte] = bytes[4 * i + (header.byte_order == '>' ? 3 - byte : byte)];
    const auto code = std::bit_cast<std::array<std::uint8_t, 4>>(word);
    const std::uint32_t number = code[0] | code[1] << 8 | code[2] << 16 | std::uint32_t{code[3]} << 24;
    if (number == 0) break;
    text += header.code == 'S' ? std::string(1, static_cast<char>(number)) : utf8(number);
  }
  return text;
}

constexpr std::size_t widest_text = 1 << 16;

RawArray read_texts(ByteSource& source, const Header& header) {
  if (header.width == 0 || header.width > widest_text) no_npy(source, "its texts have no possible length");
  const std::size_t count = count_elements(source.name(), header.dims), size = header.element_bytes();
  const auto bytes = read_exactly(source, count * size, dims_text(header.dims) + " texts");
  expect_end(source);
  std::vector<std::string> texts(count);
  for (std::size_t i = 0; i < count; ++i) texts[i] = text_of(bytes.data() + i * size, header);
  return {source.name(), header.dims, Element::text, bytes_of_texts(texts)};
}

RawArray read_plain(ByteSource& source, const Header& header) {
  if (header.is_text()) return read_texts(source, header);
  const Element element = element_of(header, source);
  RawArray array{source.name(), header.dims, element, {}};
  read_elements(source, array, header.byte_order == '>');
  return array;
}

}  // namespace

std::optional<ShardArray> locate_npy(const std::filesystem::path& path) {
  std::array<char, 2> start{};
  if (std::ifstream(path, std::ios::binary).read(start.data(), 2) && start == std::array{'\x1f', '\x8b'})
    return std::nullopt;  // gzip
  const auto source = open_bytes(path);
  ShardArray array{path, source->name(), {}, {}, 0, false};
  const Header header = parse_header(header_text(*source, array.offset), *source);
  if (header.is_text() || header.fortran) return std::nullopt;
  array.element = element_of(header, *source);
  array.dims = header.dims;
  array.big_endian = header.byte_order == '>';
  const std::uint64_t claimed =
      array.offset + count_elements(array.name, array.dims) * size_of(array.element);
  if (const auto size = std::filesystem::file_size(path); size != claimed)
    no_npy(*source, fmt::format("is of {} bytes, but its header claims {}", size, claimed));
  return array;
}

RawArray read_npy(ByteSource& source) {
  std::size_t offset = 0;
  const Header header = parse_header(header_text(source, offset), source);
  RawArray array = read_plain(source, header);
  if (header.fortran) to_c_order(array);
  return array;
}

}  // namespace ksweep
