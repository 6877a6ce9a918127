#pragma once

#include <hdf5.h>

#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

/// The part of HDF5's C interface that the store needs.  Files are created and read in memory only and appear
/// on disk by rename, so that neither file locks nor half-written files occur.
namespace ksweep::h5 {

/// Thrown if an HDF5 call failed; the text contains HDF5's own reason.
struct Error : std::runtime_error {
  using std::runtime_error::runtime_error;
};

[[noreturn]] void fail(std::string_view what);

/// Returns the result of an HDF5 call; throws Error naming `what` if it is negative.
template <class Result>
Result check(Result result, std::string_view what) {
  if (result < 0) fail(what);
  return result;
}

/// Owns one HDF5 identifier of any kind.
class Handle {
 public:
  Handle(hid_t id, std::string_view what) : id_(check(id, what)) {}
  ~Handle() {
    if (id_ >= 0) H5Idec_ref(id_);
  }
  Handle(Handle&& other) noexcept : id_(std::exchange(other.id_, -1)) {}
  Handle& operator=(Handle&& other) noexcept {
    std::swap(id_, other.id_);
    return *this;
  }
  operator hid_t() const { return id_; }

 private:
  hid_t id_;
};

using Shape = std::vector<hsize_t>;
hsize_t count_of(const Shape& shape);

/// Returns HDF5's type for numbers of type T.
template <class T>
hid_t type_of() {
  if constexpr (std::is_same_v<T, double>)
    return H5T_NATIVE_DOUBLE;
  else if constexpr (std::is_same_v<T, float>)
    return H5T_NATIVE_FLOAT;
  else if constexpr (std::is_same_v<T, std::int64_t>)
    return H5T_NATIVE_INT64;
  else if constexpr (std::is_same_v<T, std::int32_t>)
    return H5T_NATIVE_INT32;
  else if constexpr (std::is_same_v<T, std::uint8_t>)
    return H5T_NATIVE_UINT8;
  else {
    static_assert(std::is_same_v<T, std::int8_t>);
    return H5T_NATIVE_INT8;
  }
}

/// Returns the type of variable-length UTF-8 text, which is kept in the file's heap.
const Handle& text_type();
/// Returns the dataspace of a shape, of one value if the shape is empty.
Handle space_of(const Shape& shape);

/// Creates an empty file in memory.  Links and attributes are kept in creation order.
Handle create_file();
/// Returns the bytes of a file made by create_file().
std::string image_of(const Handle& file);
/// Opens bytes as a file, for reading.
Handle open_image(std::string_view bytes);

void write_attribute(hid_t object, const char* name, hid_t type, const Shape& shape, const void* values);
template <class T>
requires std::is_arithmetic_v<T>
void write_attribute(hid_t object, const char* name, const std::vector<T>& values) {
  write_attribute(object, name, type_of<T>(), {values.size()}, values.data());
}
template <class T>
requires std::is_arithmetic_v<T>
void write_attribute(hid_t object, const char* name, T value) {
  write_attribute(object, name, type_of<T>(), {}, &value);
}
/// Writes text as UTF-8; bytes that are not UTF-8 are escaped (base/utf8.h).
void write_attribute(hid_t object, const char* name, const std::string& text);
/// Writes text into the object's header instead of the heap, which is smaller and faster.
void write_fixed_text(hid_t object, const char* name, const std::string& text);
/// Writes all values of a dataset of variable-length text.
void write_texts(hid_t set, const std::vector<std::string>& texts, std::string_view what);

bool has_attribute(hid_t object, const char* name);
/// Reads a text attribute.  Throws Error if it is absent or no text.
std::string read_text(hid_t object, const char* name);
/// Reads an integer attribute.  Throws Error if it is absent or does not have `count` numbers.
std::vector<std::int32_t> read_integers(hid_t object, const char* name, std::size_t count);

/// The storage layout of a dataset.
enum class Layout {
  compact,  ///< inside the object's header; at most 60 KB
  contiguous,
  compressed,  ///< chunks of whole rows, byte shuffle, gzip, checksum
};
Handle create_dataset(hid_t file, const char* name, hid_t type, const Shape& shape, Layout layout,
                      const void* fill = nullptr);

template <class T>
Handle write_dataset(hid_t file, const char* name, const Shape& shape, const T* values, Layout layout,
                     const T* fill = nullptr) {
  Handle set = create_dataset(file, name, type_of<T>(), shape, layout, fill);
  check(H5Dwrite(set, type_of<T>(), H5S_ALL, H5S_ALL, H5P_DEFAULT, values), name);
  return set;
}

/// Returns the dataset of this name, or nothing.
std::optional<Handle> find_dataset(hid_t file, const char* name);
/// Returns the shape of a dataset.  Throws Error if it does not have `n_dimensions` dimensions or claims more
/// data than its file can hold.
Shape shape_of(hid_t set, std::size_t n_dimensions);

/// Reads a dataset of numbers, converted to T.
template <class T>
std::vector<T> read_values(hid_t set, const Shape& shape) {
  std::vector<T> values(count_of(shape));
  check(H5Dread(set, type_of<T>(), H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()), "numbers");
  return values;
}
/// Reads a one-dimensional dataset of variable-length text.
std::vector<std::string> read_texts(hid_t set);

}  // namespace ksweep::h5
