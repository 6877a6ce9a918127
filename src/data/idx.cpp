#include "data/idx.h"

#include <fmt/core.h>

#include <cmath>
#include <map>
#include <set>

#include "base/atomic_file.h"
#include "base/errors.h"

namespace ksweep {
namespace {

namespace fs = std::filesystem;

std::uint32_t big_endian_at(const std::byte* bytes) {
  std::uint32_t number = 0;
  for (int i = 0; i < 4; ++i) number = number << 8 | std::to_integer<std::uint32_t>(bytes[i]);
  return number;
}

Element element_of(std::byte code, const std::string& name) {
  switch (std::to_integer<int>(code)) {
    case 0x08:
      return Element::u8;
    case 0x09:
      return Element::i8;
    case 0x0B:
      return Element::i16;
    case 0x0C:
      return Element::i32;
    case 0x0D:
      return Element::f32;
    case 0x0E:
      return Element::f64;
  }
  throw UserError(
      "{}: element type {} is none of IDX (8, 9, 11, 12, 13, 14): its numbers cannot be understood. Get the "
      "file again.",
      name, std::to_integer<int>(code));
}

/// Returns "train-images" for "train-images-idx3-ubyte.gz", "emnist-letters-train-images.idx3-ubyte", …; a
/// test part may be called "test" instead of "t10k".  Returns an empty text for any other name.
std::string part_of(const std::string& name) {
  for (const std::string part : {"train", "t10k", "test"})
    for (const std::string content : {"images", "labels"})
      for (const std::string mark : {"-idx", ".idx"}) {
        const auto at = name.find(fmt::format("{}-{}{}", part, content, mark));
        if (at != name.npos && (at == 0 || name[at - 1] == '-' || name[at - 1] == '_'))
          return (part == "test" ? "t10k" : part) + "-" + content;
      }
  return "";
}

/// The IDX files in a folder.
struct IdxFolder {
  std::map<std::string, fs::path>
      parts;  ///< {"train-images": "train-images-idx3-ubyte.gz", …}; plain before .gz
  std::vector<std::string> unused;
};

IdxFolder list_folder(const fs::path& folder) {
  std::error_code error;
  std::set<fs::path> paths;
  for (const auto& entry : fs::directory_iterator(folder, error)) paths.insert(entry.path());
  IdxFolder found;
  for (const auto& path : paths) {  // sorted: a plain file comes before its .gz
    const std::string name = path.filename(), part = part_of(name);
    if (part.empty()) {
      if (!name.starts_with('.')) found.unused.push_back(name);
      continue;
    }
    const auto [known, is_new] = found.parts.emplace(part, path);
    if (!is_new && path != known->second.string() + ".gz")
      throw UserError("{}: both {} and {} claim to be {}: which of them is meant is unclear. Remove one.",
                      folder.string(), known->second.filename().string(), name, part);
  }
  return found;
}

std::string header(const std::vector<std::size_t>& dims) {
  std::string bytes{'\0', '\0', '\x08', static_cast<char>(dims.size())};
  for (const std::size_t size : dims)
    for (int shift = 24; shift >= 0; shift -= 8) bytes += static_cast<char>(size >> shift & 0xff);
  return bytes;
}

void write_samples(const fs::path& folder, const std::string& part, const SampleShape& shape,
                   const MatrixView<float>& samples) {
  const auto size = [](auto number) { return static_cast<std::size_t>(number); };
  std::vector<std::size_t> dims{size(samples.rows())};
  if (shape.channels > 1) dims.push_back(size(shape.channels));
  if (shape.channels > 1 || shape.height > 1) dims.push_back(size(shape.height));
  dims.push_back(size(shape.width));

  std::string bytes = header(dims);
  const std::size_t n_header = bytes.size();
  bytes.resize(n_header + size(samples.size()));
  for (Eigen::Index i = 0; i < samples.size(); ++i) {
    const float value = samples.data()[i];
    if (!(value >= 0 && value <= 1))
      throw UserError(
          "{}: a sample has a number outside 0..1: IDX files hold 8-bit pixels. Scale the samples first.",
          (folder / part).string());
    bytes[n_header + size(i)] = static_cast<char>(std::lround(value * 255));
  }
  write_file_atomically(folder / fmt::format("{}-images-idx{}-ubyte", part, dims.size()), bytes);
}

void write_labels(const fs::path& folder, const std::string& part, const std::int32_t* labels,
                  std::size_t count) {
  if (!labels) return;
  std::string bytes = header({count});
  for (std::size_t i = 0; i < count; ++i) {
    if (labels[i] > 255)
      throw UserError("{}: label {} does not fit the 8 bits of an IDX label. Use at most 256 classes.",
                      (folder / part).string(), labels[i]);
    bytes += static_cast<char>(labels[i]);
  }
  write_file_atomically(folder / (part + "-labels-idx1-ubyte"), bytes);
}

}  // namespace

RawArray read_idx(const fs::path& path) {
  const auto source = open_bytes(path);
  RawArray array{source->name(), {}, Element::u8, {}};
  const auto start = read_exactly(*source, 4, "IDX header");
  if (start[0] != std::byte{0} || start[1] != std::byte{0})
    throw UserError(
        "{}: is no IDX file (it does not begin with two zero bytes): its samples cannot be read. Give an IDX "
        "file, plain or .gz.",
        path.string());
  array.element = element_of(start[2], array.name);
  const auto n_dims = std::to_integer<std::size_t>(start[3]);
  if (n_dims < 1 || n_dims > 4)
    throw UserError("{}: {} dimensions: samples have 2 to 4, labels 1. Reshape the array.", path.string(),
                    n_dims);
  const auto sizes = read_exactly(*source, 4 * n_dims, "IDX header");
  for (std::size_t dim = 0; dim < n_dims; ++dim) array.dims.push_back(big_endian_at(sizes.data() + 4 * dim));
  read_elements(*source, array, true);
  return array;
}

bool is_idx_folder(const fs::path& folder) { return list_folder(folder).parts.contains("train-images"); }

Parts read_idx_folder(const fs::path& folder) {
  auto found = list_folder(folder);
  const auto read = [&](const char* part) -> std::optional<RawArray> {
    const auto file = found.parts.find(part);
    if (file == found.parts.end()) return std::nullopt;
    return read_idx(file->second);
  };
  auto train = read("train-images");
  if (!train)
    throw UserError(
        "{}: holds no file train-images-idx3-ubyte, plain or .gz (idx2 and idx4 will do too): there is "
        "nothing to learn from. Give a folder of IDX files under MNIST's names, one of CIFAR-10's binary "
        "version (data_batch_1.bin, ...) or of small NORB (smallnorb-...-training-dat.mat, ...), or one of shards "
        "(*.safetensors, *.npy, *.npz, *.h5).",
        folder.string());
  return {std::move(*train), read("train-labels"), read("t10k-images"), read("t10k-labels"),
          std::move(found.unused)};
}

void write_idx(const Dataset& dataset, const fs::path& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error)
    throw UserError("{}: cannot be made ({}): the IDX files go there. Choose a folder you may write.",
                    folder.string(), error.message());
  write_samples(folder, "train", dataset.shape, dataset.train());
  write_labels(folder, "train", dataset.train_labels, dataset.n_train);
  write_samples(folder, "t10k", dataset.shape, dataset.test());
  write_labels(folder, "t10k", dataset.test_labels, dataset.n_test);
}

}  // namespace ksweep
