#include "data/safetensors.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>

#include "base/errors.h"
#include "data/array_names.h"

namespace ksweep {
namespace {

using nlohmann::json;

constexpr std::uint64_t n_length = 8;            // bytes of the header's length
constexpr std::uint64_t max_header = 100 << 20;  // the format's own limit is 100 MB
constexpr int deepest = 3;                       // {"name": {"shape": []}}

[[noreturn]] void refuse(const std::string& name, const std::string& what) {
  throw UserError(
      "{}: {}: its numbers cannot be trusted. Get the file again, or save it again with safetensors.", name,
      what);
}

Element element_of(const std::string& dtype, const std::string& name) {
  static const std::pair<const char*, Element> codes[] = {
      {"F32", Element::f32}, {"F16", Element::f16}, {"BF16", Element::bf16}, {"F64", Element::f64},
      {"I8", Element::i8},   {"U8", Element::u8},   {"BOOL", Element::u8},   {"I16", Element::i16},
      {"U16", Element::u16}, {"I32", Element::i32}, {"U32", Element::u32},   {"I64", Element::i64},
      {"U64", Element::u64}};
  for (const auto& [code, element] : codes)
    if (dtype == code) return element;
  throw UserError(
      "{}: its dtype is {}: what can be read is F32, F16, BF16, F64 and whole numbers. Save it again after .float().",
      name, printable(dtype));
}

/// Parses the text; throws for keys that come twice, of which a parser keeps one in silence, and for deep nesting.
json parse(const std::string& text, const std::string& name) {
  std::vector<std::set<std::string>> keys;
  const auto watch = [&](int depth, json::parse_event_t event, json& parsed) {
    if (depth > deepest) refuse(name, "its header nests deeper than any of safetensors");
    if (event == json::parse_event_t::object_start) keys.emplace_back();
    if (event == json::parse_event_t::object_end) keys.pop_back();
    if (event == json::parse_event_t::key && !keys.back().insert(parsed.get<std::string>()).second)
      refuse(name, fmt::format("its header has {} twice", printable(parsed.get<std::string>())));
    return true;
  };
  try {
    json header = json::parse(text, watch);
    if (!header.is_object()) refuse(name, "its header is no object of JSON");
    return header;
  } catch (const json::exception&) {
    refuse(name, "its header is not valid JSON");
  }
}

/// Returns an array of whole numbers from 0; `what` names it.
std::vector<std::uint64_t> numbers_at(const json& entry, const char* key, const std::string& name) {
  const auto list = entry.find(key);
  if (list == entry.end() || !list->is_array() ||
      !std::ranges::all_of(*list, [](const json& number) { return number.is_number_unsigned(); }))
    refuse(name, fmt::format("its header gives no {} of whole numbers", key));
  return list->get<std::vector<std::uint64_t>>();
}

/// An entry of the header.  `n_data`: bytes behind the header, which begin at `start`.
Tensor tensor_of(const std::filesystem::path& path, const std::string& name, const json& entry,
                 std::uint64_t start, std::uint64_t n_data) {
  const std::string shown = path.string() + ": " + printable(name);
  if (!entry.is_object() || !entry.contains("dtype") || !entry["dtype"].is_string())
    refuse(shown, "its header gives no dtype");
  Tensor tensor{name,
                {path, shown, element_of(entry["dtype"], shown), numbers_at(entry, "shape", shown), start}};
  const auto offsets = numbers_at(entry, "data_offsets", shown);
  if (offsets.size() != 2 || offsets[0] > offsets[1] || offsets[1] > n_data)
    refuse(
        shown,
        fmt::format(
            "its data_offsets are no place within the {} bytes behind the header (the file is cut short, or "
            "its header lies)",
            n_data));
  const auto& dims = tensor.array.dims;
  const bool is_empty = std::ranges::count(dims, std::size_t{0}) > 0;
  const std::uint64_t n_bytes = is_empty ? 0 : count_elements(shown, dims) * size_of(tensor.array.element);
  if (offsets[1] - offsets[0] != n_bytes)
    refuse(shown, fmt::format("its shape {} takes {} bytes, its data_offsets {}", dims_text(dims), n_bytes,
                              offsets[1] - offsets[0]));
  tensor.array.offset += offsets[0];
  return tensor;
}

std::uint64_t end_of(const Tensor& tensor) {
  std::uint64_t count = size_of(tensor.array.element);
  for (const std::size_t size : tensor.array.dims) count *= size;
  return tensor.array.offset + count;
}

/// Throws unless the arrays, sorted, cover the bytes from `at` to `end`.
void check_cover(const std::string& name, const std::vector<Tensor>& tensors, std::uint64_t at,
                 std::uint64_t end) {
  for (const Tensor& tensor : tensors) {
    if (tensor.array.offset != at)
      refuse(tensor.array.name,
             tensor.array.offset > at ? "bytes before it belong to no array" : "it overlaps another array");
    at = end_of(tensor);
  }
  if (at != end) refuse(name, fmt::format("{} bytes behind the last array belong to none", end - at));
}

std::uint64_t little_endian(const std::array<char, n_length>& bytes) {
  std::uint64_t number = 0;
  for (std::size_t i = n_length; i-- > 0;) number = number << 8 | static_cast<unsigned char>(bytes[i]);
  return number;
}

/// Returns the header's text; its length is trusted as far as the file has bytes.
std::string header_text(const std::filesystem::path& path, std::uint64_t file_size) {
  std::ifstream file(path, std::ios::binary);
  if (!file)
    throw UserError("{}: cannot be opened: its numbers are needed. Check the path and its permissions.",
                    path.string());
  std::array<char, n_length> bytes{};
  file.read(bytes.data(), n_length);
  if (!file) refuse(path.string(), "is too short for the header of safetensors");
  const std::uint64_t length = little_endian(bytes);
  if (length > std::min(max_header, file_size - n_length))
    refuse(path.string(), fmt::format("claims a header of {} bytes in a file of {}", length, file_size));
  std::string text(length, '\0');
  if (!file.read(text.data(), static_cast<std::streamsize>(length))) refuse(path.string(), "cannot be read");
  return text;
}

}  // namespace

bool is_safetensors(const std::filesystem::path& path, const std::string& first_bytes) {
  const bool short_header = first_bytes.size() > n_length && first_bytes[n_length] == '{' &&
                            first_bytes.substr(4, 4) == std::string(4, '\0');
  return short_header || path.extension() == ".safetensors";
}

std::vector<Tensor> read_safetensors_header(const std::filesystem::path& path) {
  std::error_code error;
  const std::uint64_t file_size = std::filesystem::file_size(path, error);
  if (error) refuse(path.string(), "has no size (" + error.message() + ")");
  const std::string text = header_text(path, file_size);
  const std::uint64_t start = n_length + text.size();
  std::vector<Tensor> tensors;
  const json header = parse(text, path.string());
  for (const auto& [name, entry] : header.items())
    if (name != "__metadata__") tensors.push_back(tensor_of(path, name, entry, start, file_size - start));
  std::ranges::stable_sort(
      tensors, {}, [](const Tensor& tensor) { return std::pair(tensor.array.offset, end_of(tensor)); });
  check_cover(path.string(), tensors, start, file_size);
  return tensors;
}

std::vector<std::string> sample_names(const std::vector<Tensor>& tensors) {
  std::vector<std::string> names;
  for (const Tensor& tensor : tensors)
    if (tensor.array.dims.size() == 2 || tensor.array.dims.size() == 3) names.push_back(tensor.name);
  return names;
}

std::optional<ShardArray> samples_of(const std::vector<Tensor>& tensors, const std::string& object) {
  const auto candidates = sample_names(tensors);
  if (object == "/" && candidates.size() != 1) return std::nullopt;
  const auto found = std::ranges::find(tensors, object == "/" ? candidates[0] : object, &Tensor::name);
  return found == tensors.end() ? std::nullopt : std::optional(found->array);
}

Parts read_safetensors(const std::filesystem::path& path, const std::string& object) {
  const auto tensors = read_safetensors_header(path);
  const auto find = [&](const std::string& name) { return std::ranges::find(tensors, name, &Tensor::name); };
  const auto read = [&](const std::string& name) {
    RawArray array = read_shard_array(find(name)->array);
    array.positions = array.dims.size() == 3;
    return array;
  };
  std::vector<std::string> names;
  for (const Tensor& tensor : tensors) names.push_back(tensor.name);
  if (object != "/") {
    if (find(object) == tensors.end())
      throw UserError("{}: there is no array {} in it: the samples cannot be found. It holds: {}.",
                      path.string(), printable(object), list_of(names));
    return parts_of_named(path.string(), object, names, read);
  }
  const auto candidates = sample_names(tensors);
  if (candidates.size() == 1) return parts_of_named(path.string(), candidates[0], names, read);
  return parts_by_name(path.string(), names, read);
}

}  // namespace ksweep
