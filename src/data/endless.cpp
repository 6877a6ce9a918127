#include "data/endless.h"

#include <span>

#include "base/sha256.h"

namespace ksweep {

std::string endless_hash(const Dataset& dataset, const std::string& recipe) {
  const std::size_t count = n_hashed_samples * static_cast<std::size_t>(dataset.n_inputs());
  Sha256 hash;
  hash.add(recipe);
  hash.add(std::span(dataset.train_samples, count));
  hash.add(std::span(dataset.test_samples, count));
  return hash.hex();
}

}  // namespace ksweep
