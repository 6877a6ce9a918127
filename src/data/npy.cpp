#include "data/npy.h"

#include <cstring>
#include <regex>

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
      source.name() + ": its dtype is '" + code +
      "': samples are float32, float64 or whole numbers. Save it again after .astype('float32').");
}

std::vector<std::size_t> dims_of(const std::string& text, const ByteSource& source) {
  static const std::regex number(R"(\d+)");
  std::vector<std::size_t> dims;
  for (std::sregex_iterator at(text.begin(), text.end(), number), end; at != end; ++at) {
    if (at->length() > 18) no_npy(source, "its header claims a size of " + at->str());
    dims.push_back(std::stoull(at->str()));
  }
  return dims;
}

/// text: "{'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }"
Header parse_header(const std::string& text, const ByteSource& source) {
  static const std::regex descr(R"('descr'\s*:\s*'([<>|=])?([a-zA-Z]\d*)')"),
      order(R"('fortran_order'\s*:\s*(True|False))"), shape(R"('shape'\s*:\s*\(([0-9, ]*)\))");
  std::smatch type, fortran, sizes;
  if (!std::regex_search(text, type, descr)) no_npy(source, "its header names no plain dtype");
  if (!std::regex_search(text, fortran, order) || !std::regex_search(text, sizes, shape))
    no_npy(source, "its header is incomplete");
  Header header{type[1].length() ? *type[1].first : '=', element_of(type[2], source),
                dims_of(sizes[1], source)};
  if (fortran[1] == "True" && header.dims.size() > 1)
    throw UserError(source.name() +
                    ": is stored in Fortran order: samples must lie in C order, one after another. "
                    "Save it again after numpy.ascontiguousarray.");
  return header;
}

}  // namespace

RawArray read_npy(ByteSource& source) {
  const auto bytes = read_exactly(source, header_length(source), "NPY header");
  const std::string text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  const Header header = parse_header(text, source);
  RawArray array{source.name(), header.dims, header.element, {}};
  read_elements(source, array, header.byte_order == '>');
  return array;
}

}  // namespace ksweep
