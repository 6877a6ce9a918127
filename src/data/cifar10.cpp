#include "data/cifar10.h"

#include <fmt/core.h>

#include <array>
#include <vector>

#include "base/errors.h"

namespace ksweep {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t channels = 3, side = 32, n_pixels = channels * side * side;
constexpr int n_classes = 10;
constexpr std::size_t n_batches = 5;

/// Returns folder/name or folder/name.gz; empty if there is neither.
fs::path find_file(const fs::path& folder, const std::string& name) {
  for (const fs::path& path : {folder / name, folder / (name + ".gz")})
    if (std::error_code error; fs::exists(path, error)) return path;
  return {};
}

std::vector<fs::path> training_batches(const fs::path& folder) {
  std::vector<fs::path> batches;
  for (std::size_t number = 1; number <= n_batches; ++number)
    if (auto path = find_file(folder, fmt::format("data_batch_{}.bin", number)); !path.empty())
      batches.push_back(std::move(path));
  return batches;
}

struct Images {
  RawArray pixels, labels;
};

void read_batch(const fs::path& path, Images& images) {
  const auto source = open_bytes(path);
  std::array<std::byte, 1 + n_pixels> record;
  for (std::size_t number = 0;; ++number) {
    const std::size_t got = source->read(record.data(), record.size());
    if (got == 0) return;
    const std::string where = fmt::format("{}: image {} (counted from 0) ", source->name(), number);
    if (got < record.size())
      throw UserError(
          "{}is cut short after {} of its {} bytes: the file is no whole batch of CIFAR-10's binary version. "
          "Get the file again.",
          where, got, record.size());
    if (std::to_integer<int>(record[0]) >= n_classes)
      throw UserError(
          "{}has class {}, but CIFAR-10's classes are 0 to 9: the file is no batch of its binary version. "
          "Get the file again.",
          where, std::to_integer<int>(record[0]));
    images.labels.bytes.push_back(record[0]);
    images.pixels.bytes.insert(images.pixels.bytes.end(), record.begin() + 1, record.end());
  }
}

Images read_batches(const std::vector<fs::path>& paths) {
  Images images;
  for (const fs::path& path : paths) read_batch(path, images);
  images.pixels.name = images.labels.name = paths.front().string();
  images.labels.dims = {images.labels.bytes.size()};
  images.pixels.dims = {images.labels.bytes.size(), channels, side, side};
  return images;
}

}  // namespace

bool is_cifar10_folder(const fs::path& folder) { return !training_batches(folder).empty(); }

Parts read_cifar10_folder(const fs::path& folder) {
  const auto batches = training_batches(folder);
  Images train = read_batches(batches);
  Parts parts{std::move(train.pixels), std::move(train.labels), {}, {}, {}};
  if (const fs::path path = find_file(folder, "test_batch.bin"); !path.empty()) {
    Images test = read_batches({path});
    parts.test = std::move(test.pixels);
    parts.test_labels = std::move(test.labels);
  }
  if (batches.size() < n_batches)
    parts.notes.push_back(fmt::format("only {} of CIFAR-10's 5 training batches are there", batches.size()));
  return parts;
}

}  // namespace ksweep
