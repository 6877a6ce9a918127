#include "data/content_hash.h"

#include <fmt/core.h>

#include <span>

#include "base/sha256.h"

namespace ksweep {

std::string content_hash(const Dataset& dataset) {
  const auto& [channels, height, width] = dataset.shape;
  const auto n_inputs = static_cast<std::size_t>(dataset.n_inputs());
  Sha256 hash;
  hash.add(fmt::format("ksweep data 1\nshape {} {} {}\ntrain {}\ntest {}\nclasses {}\n", channels, height,
                       width, dataset.n_train, dataset.n_test, dataset.n_classes));
  hash.add(std::span(dataset.train_samples, dataset.n_train * n_inputs));
  hash.add(std::span(dataset.test_samples, dataset.n_test * n_inputs));
  if (dataset.train_labels) hash.add(std::span(dataset.train_labels, dataset.n_train));
  if (dataset.test_labels) hash.add(std::span(dataset.test_labels, dataset.n_test));
  return hash.hex();
}

}  // namespace ksweep
