#include "data/load.h"

#include "core/errors.h"
#include "data/assemble.h"
#include "data/digits.h"
#include "data/hdf5_reader.h"
#include "data/idx.h"
#include "data/npy.h"
#include "data/sets.h"

namespace ksweep {
namespace {

namespace fs = std::filesystem;

/// The first bytes of a file, unpacked if it is compressed.
std::string first_bytes(const fs::path& file) {
  std::string bytes(8, '\0');
  bytes.resize(open_bytes(file)->read(reinterpret_cast<std::byte*>(bytes.data()), bytes.size()));
  return bytes;
}

Parts read_file_parts(const SetPlace& place) {
  const std::string start = first_bytes(place.path);
  if (start.starts_with("\x89HDF")) return read_hdf5(place.path, place.object);
  if (place.object != "/")
    throw UserError(place.path.string() + ": is no HDF5 file, so there is no " + place.object +
                    " in it: the samples cannot be found. Name the file alone.");
  if (start.starts_with("PK")) return read_npz(place.path);
  if (start.starts_with("\x93NUMPY")) {
    const auto source = open_bytes(place.path);
    return {read_npy(*source), {}, {}, {}};
  }
  if (start.starts_with(std::string(2, '\0'))) return {read_idx(place.path), {}, {}, {}};
  if (start.empty())
    throw UserError(place.path.string() + ": is empty: there is nothing to learn from. Get the file again.");
  throw UserError(place.path.string() +
                  ": is none of IDX, NPY, NPZ and HDF5 (its first bytes fit none): its samples "
                  "cannot be read. Convert it, for instance with numpy.save.");
}

}  // namespace

Dataset load_dataset(const DataRequest& request) {
  if (request.set == "digits") return make_digits(request.n_train, request.n_test);
  const SetPlace place = find_set(request.set, request.data_dir);
  const bool folder = fs::is_directory(place.path);
  const std::string object = place.object == "/" ? "" : ":" + place.object;
  return assemble(request.set, place.path.string() + object,
                  folder ? read_idx_folder(place.path) : read_file_parts(place));
}

}  // namespace ksweep
