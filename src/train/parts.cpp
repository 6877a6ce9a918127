#include "train/parts.h"

#include <numeric>
#include <span>

namespace ksweep {
namespace {

std::vector<std::int32_t> labels_of(const std::int32_t* labels, std::span<const std::uint32_t> rows) {
  std::vector<std::int32_t> chosen;
  if (!labels) return chosen;
  chosen.reserve(rows.size());
  for (const std::uint32_t row : rows) chosen.push_back(labels[row]);
  return chosen;
}

}  // namespace

Parts parts_of(const Trial& trial, const Dataset& data) {
  Parts parts{split(trial, data), {}, {}, {}, {}};
  parts.test.resize(parts.split.n_test);
  std::iota(parts.test.begin(), parts.test.end(), 0u);
  parts.train_labels = labels_of(data.train_labels, parts.split.train);
  parts.validation_labels = labels_of(data.train_labels, parts.split.validation);
  parts.test_labels = labels_of(data.test_labels, parts.test);
  return parts;
}

}  // namespace ksweep
