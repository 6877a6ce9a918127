#include "data/content_hash.h"

#include <fmt/core.h>

#include <span>

#include "base/sha256.h"

namespace ksweep {

namespace {

void add_rows(Sha256& hash, const SampleRows& rows, std::size_t n_rows, std::size_t n_inputs) {
  if (const float* const all = rows.in_memory()) {
    hash.add(std::span(all, n_rows * n_inputs));
    return;
  }
  std::vector<float> buffer(n_inputs);
  for (std::size_t row = 0; row < n_rows; ++row)
    hash.add(std::span<const float>(
        rows.row(static_cast<std::uint32_t>(row), static_cast<int>(n_inputs), buffer.data()), n_inputs));
}

}  // namespace

std::string content_hash(const Dataset& dataset) {
  const auto& [channels, height, width] = dataset.shape;
  const auto n_inputs = static_cast<std::size_t>(dataset.n_inputs());
  Sha256 hash;
  hash.add(fmt::format("ksweep data 1\nshape {} {} {}\ntrain {}\ntest {}\nclasses {}\n", channels, height,
                       width, dataset.n_train, dataset.n_test, dataset.n_classes));
  add_rows(hash, dataset.train_rows(), dataset.n_train, n_inputs);
  add_rows(hash, dataset.test_rows(), dataset.n_test, n_inputs);
  if (dataset.train_labels) hash.add(std::span(dataset.train_labels, dataset.n_train));
  if (dataset.test_labels) hash.add(std::span(dataset.test_labels, dataset.n_test));
  return hash.hex();
}

}  // namespace ksweep
