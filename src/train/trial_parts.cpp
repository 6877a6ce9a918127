#include "train/trial_parts.h"

#include <algorithm>
#include <numeric>
#include <span>
#include <utility>

namespace ksweep {
namespace {

std::vector<std::int32_t> labels_of(const std::int32_t* labels, std::span<const std::uint32_t> rows) {
  std::vector<std::int32_t> chosen;
  if (!labels) return chosen;
  chosen.reserve(rows.size());
  for (const std::uint32_t row : rows) chosen.push_back(labels[row]);
  return chosen;
}

TrialParts parts_of_split(Split split, const Dataset& data) {
  TrialParts parts{std::move(split), {}, {}, {}, {}};
  parts.test.resize(parts.split.n_test);
  std::iota(parts.test.begin(), parts.test.end(), 0u);
  parts.train_labels = labels_of(data.train_labels, parts.split.train);
  parts.validation_labels = labels_of(data.train_labels, parts.split.validation);
  parts.test_labels = labels_of(data.test_labels, parts.test);
  return parts;
}

}  // namespace

TrialParts parts_of(const Trial& trial, const Dataset& data) {
  return parts_of_split(split(trial, data), data);
}

TrialParts parts_in_file_order(const Trial& trial, const Dataset& data) {
  Split parts = split(trial, data);
  std::ranges::sort(parts.train);
  std::ranges::sort(parts.validation);
  return parts_of_split(std::move(parts), data);
}

}  // namespace ksweep
