#include "store/h5.h"

#include <fmt/core.h>

#include <algorithm>
#include <functional>
#include <iterator>
#include <numeric>

#include "base/utf8.h"

namespace ksweep::h5 {
namespace {

constexpr std::size_t memory_step = 1 << 16;  // bytes by which a file in memory grows
constexpr hsize_t chunk_bytes = 1 << 18;      // several fit into HDF5's default chunk cache of 1 MB
constexpr unsigned gzip_level = 1;            // higher levels gain a few per cent on noisy numbers
constexpr hsize_t most_compression = 1100;    // gzip reaches at most 1032

herr_t keep_first_reason(unsigned position, const H5E_error2_t* error, void* reason) {
  if (position == 0 && error->desc) *static_cast<std::string*>(reason) = error->desc;
  return 0;
}

void silence_error_printing() {
  [[maybe_unused]] static const herr_t done = H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
}

Handle access_in_memory() {
  Handle access(H5Pcreate(H5P_FILE_ACCESS), "file access");
  check(H5Pset_fapl_core(access, memory_step, false), "file in memory");
  // The 1.8 format is not required of all objects: before 1.14.7, H5Fget_file_image() corrupts the checksum
  // of its superblock (github.com/HDFGroup/hdf5/issues/1915).  Objects that track creation order use it
  // anyway.
  check(H5Pset_libver_bounds(access, H5F_LIBVER_EARLIEST, H5F_LIBVER_V18), "format of HDF5 1.8");
  return access;
}

/// Returns a new name.  HDF5 treats files in memory with equal names as the same file.
std::string fresh_name() {
  static std::uint64_t n_files = 0;
  return fmt::format("in memory {}", ++n_files);
}

Handle creation_in_order() {
  Handle creation(H5Pcreate(H5P_FILE_CREATE), "file creation");
  constexpr unsigned in_order = H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED;
  check(H5Pset_link_creation_order(creation, in_order), "link order");
  check(H5Pset_attr_creation_order(creation, in_order), "attribute order");
  check(H5Pset_obj_track_times(creation, false), "no times");  // equal content must give equal bytes
  check(H5Pset_link_phase_change(creation, 16, 12), "links in the header");
  return creation;
}

void set_compression(const Handle& creation, const Shape& shape, hid_t type) {
  Shape chunk = shape;
  const hsize_t row_bytes = count_of(shape) / shape[0] * H5Tget_size(type);
  chunk[0] = std::clamp<hsize_t>(chunk_bytes / row_bytes, 1, shape[0]);
  check(H5Pset_chunk(creation, static_cast<int>(chunk.size()), chunk.data()), "chunks");
  check(H5Pset_shuffle(creation), "byte shuffle");
  check(H5Pset_deflate(creation, gzip_level), "gzip");
  check(H5Pset_fletcher32(creation), "checksum");
}

std::string read_heap_text(const Handle& attribute) {
  char* text = nullptr;
  check(H5Aread(attribute, text_type(), &text), "text");
  std::string copy = text ? text : "";
  H5free_memory(text);
  return copy;
}

Handle fixed_text_type(std::size_t size) {
  Handle type(H5Tcopy(H5T_C_S1), "text type");
  check(H5Tset_size(type, std::max<std::size_t>(size, 1)), "text size");
  check(H5Tset_strpad(type, H5T_STR_NULLPAD), "text end");
  check(H5Tset_cset(type, H5T_CSET_UTF8), "UTF-8");
  return type;
}

std::string read_fixed_text(const Handle& attribute, const Handle& stored) {
  const std::size_t size = H5Tget_size(stored);
  std::string text(size, '\0');
  check(H5Aread(attribute, fixed_text_type(size), text.data()), "text");
  text.resize(text.find_last_not_of('\0') + 1);
  return text;
}

}  // namespace

void fail(std::string_view what) {
  std::string reason;
  H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, keep_first_reason, &reason);
  throw Error(fmt::format("HDF5, {}: {}", what, reason.empty() ? "unknown fault" : reason));
}

hsize_t count_of(const Shape& shape) {
  return std::accumulate(shape.begin(), shape.end(), hsize_t{1}, std::multiplies<>());
}

const Handle& text_type() {
  static const Handle type = [] {
    Handle text(H5Tcopy(H5T_C_S1), "text type");
    check(H5Tset_size(text, H5T_VARIABLE), "text size");
    check(H5Tset_cset(text, H5T_CSET_UTF8), "UTF-8");
    return text;
  }();
  return type;
}

Handle space_of(const Shape& shape) {
  if (shape.empty()) return {H5Screate(H5S_SCALAR), "space"};
  return {H5Screate_simple(static_cast<int>(shape.size()), shape.data(), nullptr), "space"};
}

Handle create_file() {
  silence_error_printing();
  static const Handle access = access_in_memory();
  static const Handle creation = creation_in_order();
  return {H5Fcreate(fresh_name().c_str(), H5F_ACC_TRUNC, creation, access), "new file"};
}

std::string image_of(const Handle& file) {
  check(H5Fflush(file, H5F_SCOPE_GLOBAL), "flush");
  const auto size = check(H5Fget_file_image(file, nullptr, 0), "size of the file");
  std::string bytes(static_cast<std::size_t>(size), '\0');
  check(H5Fget_file_image(file, bytes.data(), bytes.size()), "content of the file");
  return bytes;
}

Handle open_image(std::string_view bytes) {
  silence_error_printing();
  const Handle access = access_in_memory();
  check(H5Pset_file_image(access, const_cast<char*>(bytes.data()), bytes.size()), "image");  // copied by HDF5
  return {H5Fopen(fresh_name().c_str(), H5F_ACC_RDONLY, access), "opening"};
}

void write_attribute(hid_t object, const char* name, hid_t type, const Shape& shape, const void* values) {
  const Handle attribute(H5Acreate2(object, name, type, space_of(shape), H5P_DEFAULT, H5P_DEFAULT), name);
  check(H5Awrite(attribute, type, values), name);
}

void write_attribute(hid_t object, const char* name, const std::string& text) {
  const std::string valid = as_utf8(text);
  const char* value = valid.c_str();
  write_attribute(object, name, text_type(), {}, &value);
}

void write_fixed_text(hid_t object, const char* name, const std::string& text) {
  const std::string valid = as_utf8(text);
  write_attribute(object, name, fixed_text_type(valid.size()), {}, valid.c_str());
}

void write_texts(hid_t set, const std::vector<std::string>& texts, std::string_view what) {
  std::vector<std::string> valid;
  std::ranges::transform(texts, std::back_inserter(valid), as_utf8);
  std::vector<const char*> pointers;
  for (const std::string& text : valid) pointers.push_back(text.c_str());
  check(H5Dwrite(set, text_type(), H5S_ALL, H5S_ALL, H5P_DEFAULT, pointers.data()), what);
}

bool has_attribute(hid_t object, const char* name) { return check(H5Aexists(object, name), name) > 0; }

std::string read_text(hid_t object, const char* name) {
  const Handle attribute(H5Aopen(object, name, H5P_DEFAULT), name);
  const Handle stored(H5Aget_type(attribute), name);
  const Handle space(H5Aget_space(attribute), name);
  if (H5Tget_class(stored) != H5T_STRING || H5Sget_simple_extent_npoints(space) != 1)
    throw Error(fmt::format("{} is not one text", name));
  const htri_t in_heap = check(H5Tis_variable_str(stored), name);
  return in_heap > 0 ? read_heap_text(attribute) : read_fixed_text(attribute, stored);
}

std::vector<std::int32_t> read_integers(hid_t object, const char* name, std::size_t count) {
  const Handle attribute(H5Aopen(object, name, H5P_DEFAULT), name);
  const Handle space(H5Aget_space(attribute), name);
  if (H5Sget_simple_extent_npoints(space) != static_cast<hssize_t>(count))
    throw Error(fmt::format("{} has not {} numbers", name, count));
  std::vector<std::int32_t> values(count);
  check(H5Aread(attribute, type_of<std::int32_t>(), values.data()), name);
  return values;
}

Handle create_dataset(hid_t file, const char* name, hid_t type, const Shape& shape, Layout layout,
                      const void* fill) {
  const Handle creation(H5Pcreate(H5P_DATASET_CREATE), "dataset creation");
  check(H5Pset_attr_creation_order(creation, H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED),
        "attribute order");
  check(H5Pset_obj_track_times(creation, false), "no times");
  if (fill) check(H5Pset_fill_value(creation, type, fill), "fill value");
  if (layout == Layout::compact) check(H5Pset_layout(creation, H5D_COMPACT), "compact layout");
  if (layout == Layout::compressed) set_compression(creation, shape, type);
  return {H5Dcreate2(file, name, type, space_of(shape), H5P_DEFAULT, creation, H5P_DEFAULT), name};
}

std::optional<Handle> find_dataset(hid_t file, const char* name) {
  if (check(H5Lexists(file, name, H5P_DEFAULT), name) == 0) return std::nullopt;
  return Handle(H5Dopen2(file, name, H5P_DEFAULT), name);
}

hsize_t size_of_file(hid_t object) {
  const Handle file(H5Iget_file_id(object), "file");
  hsize_t size = 0;
  check(H5Fget_filesize(file, &size), "size of the file");
  return size;
}

/// Returns whether the file is large enough for the data that a dataset claims to hold.
bool is_backed(hid_t set, hsize_t n_values) {
  const Handle creation(H5Dget_create_plist(set), "layout");
  const Handle type(H5Dget_type(set), "type");
  if (H5Pget_layout(creation) == H5D_VIRTUAL || H5Pget_external_count(creation) > 0) return false;
  const hsize_t stored = std::min<hsize_t>(H5Dget_storage_size(set), size_of_file(set));
  return n_values <= stored * most_compression / std::max<hsize_t>(H5Tget_size(type), 1);
}

Shape shape_of(hid_t set, std::size_t n_dimensions) {
  const Handle space(H5Dget_space(set), "space");
  const int n_found = check(H5Sget_simple_extent_ndims(space), "dimensions");
  if (static_cast<std::size_t>(n_found) != n_dimensions)
    throw Error(fmt::format("a dataset has {} dimensions instead of {}", n_found, n_dimensions));
  Shape shape(n_dimensions);
  check(H5Sget_simple_extent_dims(space, shape.data(), nullptr), "dimensions");
  const auto n_values = static_cast<hsize_t>(check(H5Sget_simple_extent_npoints(space), "values"));
  if (n_values > 0 && !is_backed(set, n_values))
    throw Error("a dataset claims more values than the file can hold");
  return shape;
}

std::vector<std::string> read_texts(hid_t set) {
  const Handle stored(H5Dget_type(set), "texts");
  if (check(H5Tis_variable_str(stored), "texts") == 0) throw Error("a dataset holds no texts");
  const Handle space(H5Dget_space(set), "texts");
  std::vector<char*> pointers(shape_of(set, 1)[0], nullptr);
  const herr_t outcome = H5Dread(set, text_type(), H5S_ALL, H5S_ALL, H5P_DEFAULT, pointers.data());
  std::vector<std::string> texts;
  for (char* text : pointers) {
    texts.emplace_back(text ? text : "");
    H5free_memory(text);
  }
  check(outcome, "texts");
  return texts;
}

}  // namespace ksweep::h5
