#include "data/load.h"

#include <algorithm>
#include <utility>

#include "base/errors.h"
#include "data/assemble.h"
#include "data/cifar10.h"
#include "data/digits.h"
#include "data/endless.h"
#include "data/generated_set.h"
#include "data/hdf5_reader.h"
#include "data/idx.h"
#include "data/norb.h"
#include "data/normalise.h"
#include "data/npy.h"
#include "data/positions.h"
#include "data/safetensors.h"
#include "data/sets.h"
#include "data/shards.h"
#include "data/stored_set.h"
#include "data/streaming.h"
#include "data/superposition.h"

namespace ksweep {
namespace {

namespace fs = std::filesystem;

/// Returns the first bytes of a file, after decompression.
std::string first_bytes(const fs::path& file) {
  std::string bytes(9, '\0');
  bytes.resize(open_bytes(file)->read(reinterpret_cast<std::byte*>(bytes.data()), bytes.size()));
  return bytes;
}

/// Throws UserError for files of PyTorch: a pickle is a program, which may do anything when it is read.
void refuse_pickle(const fs::path& file) {
  const std::string suffix = file.extension();
  if (suffix != ".pt" && suffix != ".pth" && suffix != ".pkl") return;
  throw UserError(
      "{0}: is a pickle of Python, which can run any program when it is read: its samples are not read. Convert it where "
      "you trust it: python3 -c \"import torch, numpy; numpy.save('x.npy', torch.load('{1}', "
      "weights_only=True).float().numpy())\"",
      file.string(), file.filename().string());
}

Parts read_file_parts(const SetPlace& place) {
  refuse_pickle(place.path);
  const std::string start = first_bytes(place.path);
  if (is_safetensors(place.path, start)) return read_safetensors(place.path, place.object);
  if (is_hdf5(place.path)) return read_hdf5(place.path, place.object);
  if (start.starts_with("MATLAB"))
    throw UserError(
        "{}: is a MATLAB file of an older version than 7.3: its samples cannot be read. Save it again in "
        "MATLAB with save(..., '-v7.3').",
        place.path.string());
  if (place.object != "/")
    throw UserError(
        "{}: is no HDF5 or safetensors file, so there is no {} in it: the samples cannot be found. Name the file alone.",
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
      "{}: is none of IDX, NPY, NPZ, HDF5 and safetensors (its first bytes fit none): its samples cannot be read. Convert "
      "it, for instance with numpy.save.",
      place.path.string());
}

ShardList list_of_files(const SetPlace& place) {
  ShardList list;
  for (const fs::path& file : place.files) list.shards.push_back({file, place.object});
  std::ranges::sort(list.shards, [](const SetPlace& one, const SetPlace& other) {
    return in_natural_order(one.path.string(), other.path.string());
  });
  return list;
}

/// The shards of a set: those of a pattern or a folder, or a single file.
ShardList shards_of(const SetPlace& place) {
  if (!place.files.empty()) return list_of_files(place);
  if (!fs::is_directory(place.path)) return {{place}, {}};
  return shards_in(place.path, place.object);
}

/// Returns the set with its samples left in their files, if they are too many for the memory and can be read from there.
std::optional<Dataset> read_stored(const DataRequest& request, const ShardList& list,
                                   const std::string& source) {
  if (list.shards.empty()) return std::nullopt;
  const auto arrays = located_shards(list, request.preparation.skipped_positions);
  if (!arrays || !stay_stored(*arrays)) return std::nullopt;
  return load_stored(request, source, *arrays, list);
}

/// Reads the one file of a folder, which may hold a test part, unlike each of several shards.
Parts read_only_file(const ShardList& list) {
  Parts parts = read_file_parts(list.shards[0]);
  parts.unused.insert(parts.unused.end(), list.unused.begin(), list.unused.end());
  return parts;
}

/// Returns one of the named sets of images, which come first, or nothing.
std::optional<Parts> read_images(const SetPlace& place) {
  const fs::path &folder = place.path, unpacked = folder / "cifar-10-batches-bin";
  if (!place.files.empty() || !fs::is_directory(folder)) return std::nullopt;
  if (is_cifar10_folder(folder)) return read_cifar10_folder(folder);
  if (is_norb_folder(folder)) return read_norb_folder(folder);
  if (is_cifar10_folder(unpacked)) return read_cifar10_folder(unpacked);
  if (is_idx_folder(folder)) return read_idx_folder(folder);
  return std::nullopt;
}

/// Makes positions to samples, of a set that is not one of shards, where that is done already.
void flatten(Parts& parts, const std::string& skipped) {
  if (const std::string done = flatten_positions(parts.train, skipped); !done.empty())
    parts.notes.push_back(done);
  if (parts.test) flatten_positions(*parts.test, skipped);
}

Parts read_parts(const SetPlace& place, const ShardList& list, const std::string& skipped) {
  if (!place.files.empty() || list.shards.size() > 1)
    return read_shards(place.path.string(), list, skipped, read_file_parts);
  if (list.shards.size() == 1) return read_only_file(list);
  for (const std::string& name : list.unused) refuse_pickle(place.path / name);
  return read_idx_folder(place.path);  // which says what it misses
}

/// Throws UserError for keys that have no effect on a generator, which has one scale and makes any number of test samples.
void refuse_file_keys(const DataRequest& request) {
  const Preparation& how = request.preparation;
  const std::pair<const char*, bool> keys[] = {{"scale", how.scale != 0},
                                               {"test_part", how.test_part != TestPart::balanced},
                                               {"skip_positions", how.skipped_positions != not_skipped}};
  for (const auto& [key, is_set] : keys)
    if (is_set)
      throw UserError(
          "data.{}: data.set = {} is made, not read from files, and needs none: it would change nothing. Leave it "
          "out.",
          key, request.set);
}

/// Throws UserError for keys of the generator `superposition` beside another set.
void refuse_generator_keys(const DataRequest& request) {
  const SuperpositionRecipe &recipe = request.preparation.recipe, usual;
  const std::pair<const char*, bool> keys[] = {
      {"features", recipe.n_features != usual.n_features},
      {"dimensions", recipe.n_inputs != usual.n_inputs},
      {"true_l0", recipe.true_l0 != usual.true_l0},
      {"frequency_exponent", recipe.frequency_exponent != usual.frequency_exponent},
      {"noise", recipe.noise != usual.noise}};
  for (const auto& [key, is_set] : keys)
    if (is_set)
      throw UserError("data.{}: concerns data.set = {} only, not {}: it would change nothing. Leave it out.",
                      key, superposition_name, request.set);
}

/// Makes the set: in memory with enough samples for the statistics of data.normalise, or as its samples are needed.
Dataset read_superposition(const DataRequest& request) {
  refuse_file_keys(request);
  const SuperpositionRecipe& recipe = request.preparation.recipe;
  if (too_many_for_memory(static_cast<double>(request.n_train + request.n_test) * recipe.n_inputs))
    return load_generated(request);
  if (!request.preparation.any()) return make_superposition(recipe, request.n_train, request.n_test);
  const auto enough = [](std::size_t asked, std::size_t usual, std::size_t least) {
    return std::max(asked > 0 ? asked : usual, least);
  };
  return make_superposition(recipe, enough(request.n_train, default_train_count, n_statistics),
                            enough(request.n_test, default_test_count, n_hashed_samples));
}

/// Reads or makes the set before preparation.  Preparation always works on a generator's default counts.
Dataset read_dataset(const DataRequest& request) {
  if (request.set == superposition_name) return read_superposition(request);
  refuse_generator_keys(request);
  if (request.set == "digits") {
    refuse_file_keys(request);
    return request.preparation.any() ? make_digits(0, 0) : make_digits(request.n_train, request.n_test);
  }
  const SetPlace place = find_set(request.set, request.data_dir, request.sweep_folder);
  const std::string source = place.path.string() + (place.object == "/" ? "" : ":" + place.object);
  const std::string& skipped = request.preparation.skipped_positions;
  skipped_positions(skipped);  // a faulty list is told before any file is read
  std::optional<Parts> parts = read_images(place);
  if (!parts) {
    const ShardList list = shards_of(place);
    if (auto stored = read_stored(request, list, source)) return *stored;
    parts = read_parts(place, list, skipped);
  }
  if (parts->n_shards == 0) flatten(*parts, skipped);
  if (!place.passed_over.empty()) parts->notes.push_back("also found, and not used: " + place.passed_over);
  return assemble(request, source, std::move(*parts));
}

}  // namespace

Dataset load_dataset(const DataRequest& request) {
  Dataset dataset = read_dataset(request);
  if (dataset.streamed) return dataset;  // prepared as its samples are read or made
  return prepare(std::move(dataset), request.preparation, request.n_train, request.n_test);
}

}  // namespace ksweep
