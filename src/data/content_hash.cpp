#include "data/content_hash.h"

#include <span>

#include "base/sha256.h"

namespace ksweep {

std::string content_hash(const Dataset& dataset) {
  const auto& [channels, height, width] = dataset.shape;
  const auto n_inputs = static_cast<std::size_t>(dataset.n_inputs());
  Sha256 hash;
  hash.add("ksweep data 1\nshape " + std::to_string(channels) + " " + std::to_string(height) + " " +
           std::to_string(width) + "\ntrain " + std::to_string(dataset.n_train) + "\ntest " +
           std::to_string(dataset.n_test) + "\nclasses " + std::to_string(dataset.n_classes) + "\n");
  hash.add(std::span(dataset.train_samples, dataset.n_train * n_inputs));
  hash.add(std::span(dataset.test_samples, dataset.n_test * n_inputs));
  if (dataset.train_labels) hash.add(std::span(dataset.train_labels, dataset.n_train));
  if (dataset.test_labels) hash.add(std::span(dataset.test_labels, dataset.n_test));
  return hash.hex();
}

}  // namespace ksweep
