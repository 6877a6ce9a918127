#include "data/hdf5_reader.h"

#include <hdf5.h>

#include <algorithm>
#include <array>
#include <functional>
#include <numeric>
#include <utility>

#include "core/errors.h"

namespace ksweep {
namespace {

// Compression cannot gain more than this (deflate: 1032); a file that claims more lies about its size.
constexpr std::size_t max_compression = 2000;

/// Closes an HDF5 object, whatever its kind.
class Handle {
 public:
  explicit Handle(hid_t id) : id_(id) {}
  Handle(Handle&& other) noexcept : id_(std::exchange(other.id_, H5I_INVALID_HID)) {}
  ~Handle() {
    if (id_ >= 0) H5Idec_ref(id_);
  }
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;
  Handle& operator=(Handle&&) = delete;
  operator hid_t() const { return id_; }
  explicit operator bool() const { return id_ >= 0; }

 private:
  hid_t id_;
};

/// Keeps HDF5 from printing its own account of errors that we turn into messages.
class QuietErrors {
 public:
  QuietErrors() {
    H5Eget_auto2(H5E_DEFAULT, &print_, &data_);
    H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
  }
  ~QuietErrors() { H5Eset_auto2(H5E_DEFAULT, print_, data_); }
  QuietErrors(const QuietErrors&) = delete;
  QuietErrors& operator=(const QuietErrors&) = delete;

 private:
  H5E_auto2_t print_ = nullptr;
  void* data_ = nullptr;
};

[[noreturn]] void refuse(const std::string& name, const std::string& what, const std::string& advice) {
  throw UserError(name + ": " + what + ": its samples cannot be read. " + advice);
}

bool is_kind(hid_t file, const std::string& object, H5O_type_t kind) {
  H5O_info_t info;
  return H5Oget_info_by_name2(file, object.c_str(), &info, H5O_INFO_BASIC, H5P_DEFAULT) >= 0 &&
         info.type == kind;
}

Element element_of(hid_t type, const std::string& name) {
  const std::size_t size = H5Tget_size(type);
  const H5T_class_t kind = H5Tget_class(type);
  if (kind == H5T_FLOAT && size == 8) return Element::f64;
  if (kind == H5T_FLOAT && size <= 4) return Element::f32;
  const bool is_signed = kind == H5T_INTEGER && H5Tget_sign(type) == H5T_SGN_2;
  if (kind == H5T_ENUM && size == 1) return Element::i8;  // what h5py makes of booleans
  if (kind == H5T_INTEGER) {
    if (size == 1) return is_signed ? Element::i8 : Element::u8;
    if (size == 2) return is_signed ? Element::i16 : Element::u16;
    if (size == 4) return is_signed ? Element::i32 : Element::u32;
    if (size == 8) return is_signed ? Element::i64 : Element::u64;
  }
  refuse(name, "its type is neither a float nor a whole number", "Store float32, float64 or integers.");
}

hid_t memory_type(Element element) {
  switch (element) {
    case Element::u8:
      return H5T_NATIVE_UINT8;
    case Element::i8:
      return H5T_NATIVE_INT8;
    case Element::u16:
      return H5T_NATIVE_UINT16;
    case Element::i16:
      return H5T_NATIVE_INT16;
    case Element::u32:
      return H5T_NATIVE_UINT32;
    case Element::i32:
      return H5T_NATIVE_INT32;
    case Element::u64:
      return H5T_NATIVE_UINT64;
    case Element::i64:
      return H5T_NATIVE_INT64;
    case Element::f32:
      return H5T_NATIVE_FLOAT;
    case Element::f64:
      break;
  }
  return H5T_NATIVE_DOUBLE;
}

std::vector<std::size_t> dims_of(hid_t dataset, const std::string& name) {
  const Handle space(H5Dget_space(dataset));
  const int n_dims = H5Sget_simple_extent_ndims(space);
  if (n_dims < 1 || n_dims > 4)
    refuse(name, "has " + std::to_string(n_dims) + " dimensions; samples have 2 to 4, labels 1",
           "Reshape it.");
  std::vector<hsize_t> dims(static_cast<std::size_t>(n_dims));
  H5Sget_simple_extent_dims(space, dims.data(), nullptr);
  return {dims.begin(), dims.end()};
}

/// Numbers of one chunk; 0 if there are none.
double chunk_numbers(hid_t properties) {
  std::array<hsize_t, H5S_MAX_RANK> sizes{};
  const int n_dims = H5Pget_chunk(properties, H5S_MAX_RANK, sizes.data());
  return n_dims <= 0 ? 0 : std::accumulate(sizes.begin(), sizes.begin() + n_dims, 1.0, std::multiplies<>());
}

/// HDF5 shows what was never written, or lies in absent files, as zeros without an error, and a header may claim any size.
void check_backed(hid_t dataset, const RawArray& array, std::size_t n_bytes, std::size_t file_size) {
  const Handle properties(H5Dget_create_plist(dataset));
  if (!properties) refuse(array.name, "is damaged", "Get the file again.");
  if (H5Pget_layout(properties) == H5D_VIRTUAL || H5Pget_external_count(properties) > 0)
    refuse(array.name, "has its numbers in other files, and what is missing there would count as zero",
           "Copy it into one file, for instance with h5py.");
  const bool filtered = H5Pget_nfilters(properties) > 0;
  const std::size_t stored = std::min<std::size_t>(H5Dget_storage_size(dataset), file_size);
  const double most_bytes = static_cast<double>(file_size) * max_compression;
  if (chunk_numbers(properties) * static_cast<double>(n_bytes) /
          static_cast<double>(count_elements(array.name, array.dims)) >
      most_bytes)
    refuse(array.name, "claims chunks larger than the file can hold", "Get the file again.");
  if (filtered ? stored < n_bytes / max_compression + 1 : stored < n_bytes)
    refuse(array.name,
           "claims " + dims_text(array.dims) + " numbers, " + std::to_string(n_bytes) +
               " bytes, but holds only " + std::to_string(stored),
           "It was never completely written: write it again.");
}

std::size_t size_of_file(hid_t object) {
  hsize_t size = 0;
  const Handle file(H5Iget_file_id(object));
  return file && H5Fget_filesize(file, &size) >= 0 ? size : 0;
}

RawArray read_dataset(hid_t file, const std::string& name, const std::string& object) {
  const Handle dataset(H5Dopen2(file, object.c_str(), H5P_DEFAULT));
  if (!dataset) refuse(name, "cannot be opened", "Check the file with h5dump -H.");
  const Handle type(H5Dget_type(dataset));
  RawArray array{name, dims_of(dataset, name), element_of(type, name), {}};
  const std::size_t n_bytes = count_elements(name, array.dims) * size_of(array.element);
  check_backed(dataset, array, n_bytes / size_of(array.element) * H5Tget_size(type), size_of_file(dataset));
  array.bytes.resize(n_bytes);
  if (H5Dread(dataset, H5T_ENUM == H5Tget_class(type) ? hid_t(type) : memory_type(array.element), H5S_ALL,
              H5S_ALL, H5P_DEFAULT, array.bytes.data()) < 0)
    refuse(name, "is damaged, or packed with a filter that is not installed", "Get the file again.");
  return array;
}

std::vector<std::string> datasets_in(hid_t file, const std::string& group) {
  std::vector<std::string> names;
  const Handle open_group(H5Gopen2(file, group.c_str(), H5P_DEFAULT));
  const auto collect = [](hid_t where, const char* name, const H5L_info_t*, void* list) -> herr_t {
    if (is_kind(where, name, H5O_TYPE_DATASET))
      static_cast<std::vector<std::string>*>(list)->emplace_back(name);
    return 0;
  };
  H5Literate(open_group, H5_INDEX_NAME, H5_ITER_INC, nullptr, collect, &names);
  return names;
}

std::string beside(const std::string& object, const std::string& name) {
  const auto slash = object.rfind('/');
  return (slash == std::string::npos ? "" : object.substr(0, slash + 1)) + name;
}

}  // namespace

Parts read_hdf5_here(const std::filesystem::path& path, const std::string& object) {
  const QuietErrors quiet;
  const Handle access(H5Pcreate(H5P_FILE_ACCESS));
  H5Pset_file_locking(access, false, true);  // which some network file systems refuse; we only read
  const Handle file(H5Fopen(path.c_str(), H5F_ACC_RDONLY, access));
  if (!file)
    refuse(path.string(), "is cut short, damaged or in use by a writer (HDF5 cannot open it)",
           "Get the file again.");

  const auto name = [&](const std::string& of) { return path.string() + ":" + of; };
  if (is_kind(file, object, H5O_TYPE_GROUP)) {
    const std::string folder = object.ends_with('/') ? object : object + "/";
    return parts_by_name(name(object), datasets_in(file, object), [&](const std::string& member) {
      return read_dataset(file, name(folder + printable(member)), folder + member);
    });
  }
  if (!is_kind(file, object, H5O_TYPE_DATASET))
    refuse(name(object), "there is no such dataset or group in the file", "See what there is with h5ls -r.");

  Parts parts{read_dataset(file, name(object), object), {}, {}, {}};
  for (const char* sibling : {"labels", "y"})
    if (const auto labels = beside(object, sibling);
        !parts.train_labels && is_kind(file, labels, H5O_TYPE_DATASET))
      parts.train_labels = read_dataset(file, name(labels), labels);
  return parts;
}

}  // namespace ksweep
