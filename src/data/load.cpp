#include "data/load.h"

#include "base/errors.h"
#include "data/assemble.h"
#include "data/cifar10.h"
#include "data/digits.h"
#include "data/hdf5_reader.h"
#include "data/idx.h"
#include "data/norb.h"
#include "data/npy.h"
#include "data/sets.h"

namespace ksweep {
namespace {

namespace fs = std::filesystem;

/// Returns the first bytes of a file, after decompression.
std::string first_bytes(const fs::path& file) {
  std::string bytes(8, '\0');
  bytes.resize(open_bytes(file)->read(reinterpret_cast<std::byte*>(bytes.data()), bytes.size()));
  return bytes;
}

Parts read_file_parts(const SetPlace& place) {
  const std::string start = first_bytes(place.path);
  if (is_hdf5(place.path)) return read_hdf5(place.path, place.object);
  if (start.starts_with("MATLAB"))
    throw UserError(
        "{}: is a MATLAB file of an older version than 7.3: its samples cannot be read. Save it again in "
        "MATLAB with save(..., '-v7.3').",
        place.path.string());
  if (place.object != "/")
    throw UserError(
        "{}: is no HDF5 file, so there is no {} in it: the samples cannot be found. Name the file alone.",
        place.path.string(), place.object);
  if (start.starts_with("PK")) return read_npz(place.path);
  if (start.starts_with("\x93NUMPY")) {
    const auto source = open_bytes(place.path);
    return {read_npy(*source), {}, {}, {}, {}};
  }
  if (start.starts_with(std::string(2, '\0'))) return {read_idx(place.path), {}, {}, {}, {}};
  if (start.empty())
    throw UserError("{}: is empty: there is nothing to learn from. Get the file again.", place.path.string());
  throw UserError(
      "{}: is none of IDX, NPY, NPZ and HDF5 (its first bytes fit none): its samples cannot be read. Convert "
      "it, for instance with numpy.save.",
      place.path.string());
}

Parts read_folder_parts(const fs::path& folder) {
  if (is_cifar10_folder(folder)) return read_cifar10_folder(folder);
  if (is_norb_folder(folder)) return read_norb_folder(folder);
  if (const fs::path unpacked = folder / "cifar-10-batches-bin"; is_cifar10_folder(unpacked))
    return read_cifar10_folder(unpacked);
  return read_idx_folder(folder);
}

/// Throws UserError for keys that have no effect on a generator, whose numbers are in [0, 1] and which makes
/// any number of test samples.
void refuse_file_keys(const DataRequest& request) {
  const Preparation& how = request.preparation;
  if (how.scale == 0 && how.test_part == TestPart::balanced) return;
  throw UserError(
      "{}: data.set = {} is made, not read from files, and needs none: it would change nothing. Leave it "
      "out.",
      how.scale != 0 ? "data.scale" : "data.test_part", request.set);
}

/// Reads or makes the set before preparation.  Preparation always works on a generator's default counts.
Dataset read_dataset(const DataRequest& request) {
  if (request.set == "digits") {
    refuse_file_keys(request);
    return request.preparation.any() ? make_digits(0, 0) : make_digits(request.n_train, request.n_test);
  }
  const SetPlace place = find_set(request.set, request.data_dir, request.sweep_folder);
  const bool folder = fs::is_directory(place.path);
  const std::string object = place.object == "/" ? "" : ":" + place.object;
  Parts parts = folder ? read_folder_parts(place.path) : read_file_parts(place);
  if (!place.passed_over.empty()) parts.notes.push_back("also found, and not used: " + place.passed_over);
  return assemble(request, place.path.string() + object, std::move(parts));
}

}  // namespace

Dataset load_dataset(const DataRequest& request) {
  return prepare(read_dataset(request), request.preparation, request.n_train, request.n_test);
}

}  // namespace ksweep
