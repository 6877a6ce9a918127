#include "probe/accuracy.h"

#include <algorithm>
#include <cassert>
#include <limits>
#include <utility>

namespace ksweep {
namespace {

using Labels = std::span<const std::int32_t>;

std::vector<Confusion> most_frequent_errors(Labels predicted, Labels labels) {
  std::vector<Confusion> errors;
  for (std::size_t i = 0; i < labels.size(); ++i)
    if (predicted[i] != labels[i]) errors.push_back({labels[i], predicted[i], 1});
  const auto place = [](const Confusion& each) { return std::pair(each.true_class, each.predicted); };
  std::ranges::sort(errors, {}, place);
  std::size_t n = 0;  // distinct ones so far
  for (const Confusion& error : errors)
    if (n > 0 && place(errors[n - 1]) == place(error))
      ++errors[n - 1].n_samples;
    else
      errors[n++] = error;
  errors.resize(n);
  std::ranges::stable_sort(errors, std::ranges::greater{}, &Confusion::n_samples);
  errors.resize(std::min(n, most_confusions));
  return errors;
}

}  // namespace

std::vector<std::int32_t> confusion_matrix(Labels predicted, Labels labels, int n_classes) {
  assert(predicted.size() == labels.size());
  const auto n = static_cast<std::size_t>(n_classes);
  std::vector<std::int32_t> counts(n * n);
  for (std::size_t i = 0; i < labels.size(); ++i)
    ++counts[static_cast<std::size_t>(labels[i]) * n + static_cast<std::size_t>(predicted[i])];
  return counts;
}

Accuracy accuracy_of(Labels predicted, Labels labels, int n_classes) {
  assert(predicted.size() == labels.size());
  const auto n = static_cast<std::size_t>(n_classes);
  std::vector<std::int64_t> samples(n), hits(n);
  for (std::size_t i = 0; i < labels.size(); ++i) {
    ++samples[static_cast<std::size_t>(labels[i])];
    hits[static_cast<std::size_t>(labels[i])] += predicted[i] == labels[i];
  }
  Accuracy result{0, std::vector<double>(n, std::numeric_limits<double>::quiet_NaN()), {}};
  std::int64_t right = 0;
  for (std::size_t c = 0; c < n; ++c) {
    right += hits[c];
    if (samples[c] > 0) result.per_class[c] = static_cast<double>(hits[c]) / static_cast<double>(samples[c]);
  }
  result.overall = labels.empty() ? std::numeric_limits<double>::quiet_NaN()
                                  : static_cast<double>(right) / static_cast<double>(labels.size());
  if (n_classes <= most_classes_in_matrix) {
    result.confusion = confusion_matrix(predicted, labels, n_classes);
  } else {
    result.samples_per_class.assign(samples.begin(), samples.end());
    result.confusions = most_frequent_errors(predicted, labels);
  }
  return result;
}

}  // namespace ksweep
