#include "data/hdf5_reader.h"

#include <fmt/core.h>
#include <hdf5.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <functional>
#include <numeric>
#include <utility>

#include "base/errors.h"
#include "data/array_names.h"
#include "data/lzf_filter.h"

namespace ksweep {
namespace {

// No compression ratio is higher (deflate: 1032); a file that claims more lies about its size.
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

/// Keeps HDF5 from printing errors for which we have messages of our own.
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
  throw UserError("{}: {}: its samples cannot be read. {}", name, what, advice);
}

bool is_kind(hid_t file, const std::string& object, H5O_type_t kind) {
  H5O_info_t info;
  return H5Oget_info_by_name2(file, object.c_str(), &info, H5O_INFO_BASIC, H5P_DEFAULT) >= 0 &&
         info.type == kind;
}

/// Returns an attribute that is a text of fixed length; empty if there is none.
std::string text_attribute(hid_t object, const char* name) {
  if (H5Aexists(object, name) <= 0) return "";
  const Handle attribute(H5Aopen(object, name, H5P_DEFAULT));
  const Handle type(H5Aget_type(attribute));
  std::string text(H5Tget_class(type) == H5T_STRING && H5Tis_variable_str(type) == 0 ? H5Tget_size(type) : 0,
                   '\0');
  if (text.empty() || H5Aread(attribute, type, text.data()) < 0) return "of an unknown kind";
  return text.substr(0, text.find('\0'));
}

/// Whether a dataset is a coordinate of other arrays, as in netCDF and xarray files, and so holds no samples.
bool is_coordinate(hid_t group, const std::string& name) {
  const Handle dataset(H5Dopen2(group, name.c_str(), H5P_DEFAULT));
  return dataset && text_attribute(dataset, "CLASS") == "DIMENSION_SCALE";
}

Element whole_number(std::size_t size, bool is_signed, const std::string& name) {
  if (size == 1) return is_signed ? Element::i8 : Element::u8;
  if (size == 2) return is_signed ? Element::i16 : Element::u16;
  if (size == 4) return is_signed ? Element::i32 : Element::u32;
  if (size == 8) return is_signed ? Element::i64 : Element::u64;
  refuse(name, fmt::format("has whole numbers of {} bytes", size), "Store integers of 8 to 64 bits.");
}

Element element_of(hid_t type, const std::string& name) {
  const std::size_t size = H5Tget_size(type);
  const H5T_class_t kind = H5Tget_class(type);
  if (kind == H5T_FLOAT && size == 8) return Element::f64;
  if (kind == H5T_FLOAT && size <= 4) return Element::f32;
  if (kind == H5T_STRING) return Element::text;
  if (kind == H5T_INTEGER) return whole_number(size, H5Tget_sign(type) == H5T_SGN_2, name);
  if (kind == H5T_ENUM) {  // as h5py stores booleans, too
    const Handle base(H5Tget_super(type));
    return element_of(base, name);
  }
  refuse(name, "its type is neither a float, a whole number nor a text",
         "Store float32, float64, integers or, as labels, strings.");
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
    case Element::f16:
    case Element::bf16:  // HDF5 knows neither by name: the library converts them
    case Element::f32:
      return H5T_NATIVE_FLOAT;
    case Element::f64:
    case Element::text:
      break;
  }
  return H5T_NATIVE_DOUBLE;
}

std::vector<std::size_t> dims_of(hid_t dataset, const std::string& name) {
  const Handle space(H5Dget_space(dataset));
  const int n_dims = H5Sget_simple_extent_ndims(space);
  if (n_dims < 1 || n_dims > 4)
    refuse(name, fmt::format("has {} dimensions; samples have 2 to 4, labels 1", n_dims), "Reshape it.");
  std::vector<hsize_t> dims(static_cast<std::size_t>(n_dims));
  H5Sget_simple_extent_dims(space, dims.data(), nullptr);
  return {dims.begin(), dims.end()};
}

/// Returns the lengths of a chunk in each dimension; empty if the dataset is not chunked.
std::vector<hsize_t> chunk_sizes(hid_t properties) {
  std::array<hsize_t, H5S_MAX_RANK> sizes{};
  const int n_dims = H5Pget_chunk(properties, H5S_MAX_RANK, sizes.data());
  return {sizes.begin(), sizes.begin() + std::max(0, n_dims)};
}

/// Throws for chunks that were never written, which HDF5 would read as zeros.
void check_chunks(hid_t dataset, const RawArray& array, const std::vector<hsize_t>& chunk) {
  if (chunk.size() != array.dims.size()) return;
  hsize_t wanted = 1, found = 0;
  for (std::size_t dim = 0; dim < chunk.size(); ++dim)
    wanted *= (array.dims[dim] + chunk[dim] - 1) / chunk[dim];
  const Handle space(H5Dget_space(dataset));
  if (H5Dget_num_chunks(dataset, space, &found) < 0) refuse(array.name, "is damaged", "Get the file again.");
  if (found < wanted)
    refuse(array.name,
           fmt::format("only {} of its {} chunks were ever written, and the others would count as zeros",
                       found, wanted),
           "Write it whole, or shorten it to what was written.");
}

/// Throws UserError that names a filter that is not available.
void check_filters(hid_t properties, const std::string& name) {
  for (int i = 0; i < H5Pget_nfilters(properties); ++i) {
    unsigned flags = 0, config = 0;
    std::size_t n_values = 0;
    std::array<char, 64> title{};
    const H5Z_filter_t filter = H5Pget_filter2(properties, static_cast<unsigned>(i), &flags, &n_values,
                                               nullptr, title.size() - 1, title.data(), &config);
    if (filter >= 0 && H5Zfilter_avail(filter) > 0) continue;
    refuse(
        name,
        fmt::format("is packed with a filter that is not installed ({} {})", filter, printable(title.data())),
        "Pack it with gzip, as h5repack -f GZIP=4 does where the filter is installed.");
  }
}

/// Throws unless the file holds the dataset's numbers: HDF5 reads what was never written, or lies in absent
/// files, as zeros without an error, and a header may claim any size.
void check_backed(hid_t dataset, const RawArray& array, std::size_t n_bytes, std::size_t file_size) {
  const Handle properties(H5Dget_create_plist(dataset));
  if (!properties) refuse(array.name, "is damaged", "Get the file again.");
  if (H5Pget_layout(properties) == H5D_VIRTUAL || H5Pget_external_count(properties) > 0)
    refuse(array.name, "has its numbers in other files, and what is missing there would count as zero",
           "Copy it into one file, for instance with h5py.");
  const bool filtered = H5Pget_nfilters(properties) > 0;
  const std::size_t stored = std::min<std::size_t>(H5Dget_storage_size(dataset), file_size);
  const double most_bytes = static_cast<double>(file_size) * max_compression;
  const auto chunk = chunk_sizes(properties);
  const double chunk_elements =
      chunk.empty() ? 0 : std::accumulate(chunk.begin(), chunk.end(), 1.0, std::multiplies<>());
  if (chunk_elements * static_cast<double>(n_bytes) /
          static_cast<double>(count_elements(array.name, array.dims)) >
      most_bytes)
    refuse(array.name, "claims chunks larger than the file can hold", "Get the file again.");
  check_chunks(dataset, array, chunk);
  if (filtered ? stored < n_bytes / max_compression + 1 : stored < n_bytes)
    refuse(array.name,
           fmt::format("claims {} elements, {} bytes, but holds only {}", dims_text(array.dims), n_bytes,
                       stored),
           "It was never completely written: write it again.");
  UnpackedCount(static_cast<double>(file_size)).add(n_bytes, array.name);
  check_filters(properties, array.name);
}

std::size_t size_of_file(hid_t object) {
  hsize_t size = 0;
  const Handle file(H5Iget_file_id(object));
  return file && H5Fget_filesize(file, &size) >= 0 ? size : 0;
}

/// Reads texts of fixed or variable length.
std::vector<std::string> read_texts(hid_t dataset, hid_t type, std::size_t count, const std::string& name) {
  const Handle space(H5Dget_space(dataset)), memory(H5Tcopy(H5T_C_S1));
  H5Tset_cset(memory, H5Tget_cset(type));
  std::vector<std::string> texts(count);
  const auto damaged = [&] { refuse(name, "is damaged", "Get the file again."); };
  if (H5Tis_variable_str(type) > 0) {
    H5Tset_size(memory, H5T_VARIABLE);
    std::vector<char*> pointers(count, nullptr);
    if (H5Dread(dataset, memory, H5S_ALL, H5S_ALL, H5P_DEFAULT, pointers.data()) < 0) damaged();
    for (std::size_t i = 0; i < count; ++i)
      if (pointers[i]) texts[i] = pointers[i];
    H5Dvlen_reclaim(memory, space, H5P_DEFAULT, pointers.data());
    return texts;
  }
  const std::size_t length = H5Tget_size(type);
  H5Tset_size(memory, length);
  H5Tset_strpad(memory, H5T_STR_NULLPAD);
  std::vector<char> characters(count * length);
  if (H5Dread(dataset, memory, H5S_ALL, H5S_ALL, H5P_DEFAULT, characters.data()) < 0) damaged();
  for (std::size_t i = 0; i < count; ++i) {
    const char* start = characters.data() + i * length;
    texts[i].assign(start, std::find(start, start + length, '\0'));
    if (H5Tget_strpad(type) == H5T_STR_SPACEPAD) texts[i].erase(texts[i].find_last_not_of(' ') + 1);
  }
  return texts;
}

/// Returns the class that MATLAB attaches to its arrays ("double"); empty for other arrays.
std::string matlab_class(hid_t dataset) { return text_attribute(dataset, "MATLAB_class"); }

/// Reverses the axes of a MATLAB array, which is stored column by column with the axes listed from last to
/// first.
void turn_matlab_array(hid_t dataset, RawArray& array) {
  const std::string kind = matlab_class(dataset);
  if (kind.empty()) return;
  const auto numeric = {"double", "single", "logical", "int8",  "uint8", "int16",
                        "uint16", "int32",  "uint32",  "int64", "uint64"};
  if (std::ranges::count(numeric, kind) == 0 || H5Aexists(dataset, "MATLAB_empty") > 0)
    refuse(array.name, fmt::format("is MATLAB's \"{}\", or empty", printable(kind)),
           "Save samples as a d x n matrix of numbers, labels as numbers (for instance grp2idx of them).");
  array.reversed_axes = true;
  swap_last_axes(array);
}

RawArray read_dataset(hid_t file, const std::string& name, const std::string& object) {
  const Handle dataset(H5Dopen2(file, object.c_str(), H5P_DEFAULT));
  if (!dataset) refuse(name, "cannot be opened", "Check the file with h5dump -H.");
  const Handle type(H5Dget_type(dataset));
  if (H5Tget_class(type) == H5T_REFERENCE && !matlab_class(dataset).empty())
    refuse(name, "is a MATLAB cell array", "Save numbers, not cells (for instance grp2idx of text labels).");
  RawArray array{name, dims_of(dataset, name), element_of(type, name), {}};
  const std::size_t count = count_elements(name, array.dims);
  check_backed(dataset, array, count * H5Tget_size(type), size_of_file(dataset));
  if (array.element == Element::text) {
    array.bytes = bytes_of_texts(read_texts(dataset, type, count, name));
    return array;
  }
  array.bytes.resize(count * size_of(array.element));
  const Handle native(H5Tget_class(type) == H5T_ENUM ? H5Tget_native_type(type, H5T_DIR_ASCEND)
                                                     : H5Tcopy(memory_type(array.element)));
  if (H5Dread(dataset, native, H5S_ALL, H5S_ALL, H5P_DEFAULT, array.bytes.data()) < 0)
    refuse(name, "is damaged", "Get the file again.");
  turn_matlab_array(dataset, array);
  return array;
}

constexpr std::size_t most_datasets = 1000;
constexpr int deepest_group = 5;

/// Appends the paths, relative to the first group, of all datasets in a group and its subgroups.
void list_datasets(hid_t group, const std::string& path, const std::string& where, int depth,
                   std::vector<std::string>& names) {
  std::vector<std::string> members;
  const auto collect = [](hid_t, const char* name, const H5L_info_t*, void* list) -> herr_t {
    auto& all = *static_cast<std::vector<std::string>*>(list);
    all.emplace_back(name);
    return all.size() > most_datasets;
  };
  H5Literate(group, H5_INDEX_NAME, H5_ITER_INC, nullptr, collect, &members);
  for (const std::string& member : members) {
    if (member.starts_with('#')) continue;  // internal to MATLAB
    H5O_info_t info;
    if (H5Oget_info_by_name2(group, member.c_str(), &info, H5O_INFO_BASIC, H5P_DEFAULT) < 0)
      refuse(where + path + printable(member), "is a link to something that is not there, or damaged",
             "Bring the file that it points to, or remove the link.");
    if (info.type == H5O_TYPE_DATASET && !is_coordinate(group, member)) names.push_back(path + member);
    if (names.size() + members.size() > 2 * most_datasets)
      refuse(where + path,
             fmt::format("holds more than {} arrays, so the samples are hard to tell", most_datasets),
             "Name them: FILE:/PATH.");
    if (info.type != H5O_TYPE_GROUP || depth == deepest_group) continue;
    const Handle below(H5Gopen2(group, member.c_str(), H5P_DEFAULT));
    list_datasets(below, path + member + "/", where, depth + 1, names);
  }
}

std::vector<std::string> datasets_in(hid_t file, const std::string& group, const std::string& where) {
  std::vector<std::string> names;
  const Handle open_group(H5Gopen2(file, group.c_str(), H5P_DEFAULT));
  list_datasets(open_group, "", where, 1, names);
  return names;
}

/// Returns the group of an object: "/a/b" -> "/a/".
std::string group_of(const std::string& object) {
  const auto slash = object.rfind('/');
  return slash == std::string::npos ? "/" : object.substr(0, slash + 1);
}

}  // namespace

bool is_hdf5(const std::filesystem::path& path) {
  constexpr std::string_view signature = "\x89HDF\r\n\x1a\n";
  std::ifstream file(path, std::ios::binary);
  for (std::streamoff at = 0; file; at = at == 0 ? 512 : 2 * at) {
    std::string bytes(signature.size(), '\0');
    file.seekg(at);
    if (file.read(bytes.data(), static_cast<std::streamsize>(bytes.size())) && bytes == signature)
      return true;
  }
  return false;
}

Parts read_hdf5_here(const std::filesystem::path& path, const std::string& object) {
  const QuietErrors quiet;
  register_lzf_filter();
  const Handle access(H5Pcreate(H5P_FILE_ACCESS));
  H5Pset_file_locking(access, false, true);  // some network file systems refuse locks; we only read
  const Handle file(H5Fopen(path.c_str(), H5F_ACC_RDONLY, access));
  if (!file)
    refuse(path.string(), "is cut short, damaged or in use by a writer (HDF5 cannot open it)",
           "Get the file again.");

  const auto name = [&](const std::string& of) { return path.string() + ":" + of; };
  if (is_kind(file, object, H5O_TYPE_GROUP)) {
    const std::string folder = object.ends_with('/') ? object : object + "/";
    return parts_by_name(name(object), datasets_in(file, object, name(folder)),
                         [&](const std::string& member) {
                           return read_dataset(file, name(folder + printable(member)), folder + member);
                         });
  }
  if (!is_kind(file, object, H5O_TYPE_DATASET))
    refuse(name(object), "there is no such dataset or group in the file", "See what there is with h5ls -r.");

  const std::string folder = group_of(object), own = object.substr(object.rfind('/') + 1);
  return parts_of_named(name(folder), own, datasets_in(file, folder, name(folder)),
                        [&](const std::string& member) {
                          return read_dataset(file, name(folder + printable(member)), folder + member);
                        });
}

}  // namespace ksweep
