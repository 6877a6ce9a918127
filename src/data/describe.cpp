#include "data/describe.h"

#include <fmt/core.h>

#include <algorithm>
#include <limits>
#include <span>
#include <vector>

#include "core/trial_keys.h"
#include "data/sample_statistics.h"

namespace ksweep {
namespace {

// Units never used before training, of 512 with k = 16 and 64 inputs: none at gamma 0, 19 % at 1, 90 % at 5.
constexpr double large_gamma = 0.5;
constexpr double large_outlier_share = 0.01;

std::string line(const std::string& title, const std::string& value) {
  return fmt::format("{}{}{}\n", title, std::string(14 - title.size(), ' '), value);
}

std::string shape_text(const SampleShape& shape) {
  const std::string inputs = fmt::format("{} numbers", shape.n_inputs());
  if (shape.channels == 1 && shape.height == 1) return inputs;
  return fmt::format("{}: {} channel(s) of {} x {}", inputs, shape.channels, shape.height, shape.width);
}

/// Returns "by class: 980 1135 …", with the label before each count if labels are not 0, 1, …
std::string class_counts_text(const Dataset& dataset, const std::int32_t* labels, std::size_t n_labels) {
  const auto counts = class_counts(dataset, labels, n_labels);
  const bool named = has_class_names(dataset);
  std::string text = "by class:";
  for (std::size_t number = 0; number < counts.size(); ++number)
    text += fmt::format(" {}{}", named ? dataset.class_names[number] + ": " : "", counts[number]);
  return text;
}

std::string part_text(const Dataset& dataset, std::size_t n_samples, const std::int32_t* labels) {
  const std::string count = fmt::format("{} samples", n_samples);
  return labels ? count + "; " + class_counts_text(dataset, labels, n_samples) : count;
}

/// What to do about a mean that would leave units without use, and about outliers that would take them all.
std::string advice_text(const SampleStatistics& statistics) {
  std::string advice;
  if (statistics.gamma >= large_gamma)
    advice += line("advice",
                   "subtract the mean, which leaves units unused from the start: data.normalise = scale, or "
                   "model.visible_bias = mean with model.pre_bias = yes");
  if (statistics.outlier_share >= large_outlier_share)
    advice += line("advice",
                   "leave the outliers out, which dominate the error: often those of the first positions "
                   "(data.skip_positions = 0)");
  return advice;
}

/// Mean, norms and outliers of samples that are no labelled images, of which sparse autoencoders are fed as they are.
std::string statistics_text(const Dataset& dataset) {
  if (dataset.train_labels && dataset.shape.height > 1) return "";
  const SampleStatistics statistics =
      statistics_of(dataset.train_rows(), dataset.n_train, dataset.n_inputs());
  const auto& norms = statistics.norm_quantiles;
  return line("mean", fmt::format("its norm is {:.3g} times that of the inputs' standard deviations (gamma)",
                                  statistics.gamma)) +
         line("norms",
              fmt::format("{:.4g} (smallest), {:.4g} (1 %), {:.4g} (median), {:.4g} (99 %), {:.4g} (largest)",
                          norms[0], norms[1], norms[2], norms[3], norms[4])) +
         line("outliers",
              fmt::format("{} of {} samples, above {:g} times the median norm, have {:.3g} % of the variance",
                          statistics.n_outliers, dataset.n_train, outlier_factor,
                          100 * statistics.outlier_share)) +
         advice_text(statistics);
}

}  // namespace

std::vector<std::size_t> class_counts(const Dataset& dataset, const std::int32_t* labels, std::size_t count) {
  std::vector<std::size_t> counts(static_cast<std::size_t>(dataset.n_classes));
  for (std::size_t i = 0; i < count; ++i) ++counts[static_cast<std::size_t>(labels[i])];
  return counts;
}

bool has_class_names(const Dataset& dataset) {
  for (std::size_t number = 0; number < dataset.class_names.size(); ++number)
    if (dataset.class_names[number] != std::to_string(number)) return true;
  return false;
}

std::string describe(const Dataset& dataset) {
  float lowest = std::numeric_limits<float>::infinity(), highest = -lowest;
  const auto look_at = [&](const SampleRows& rows, std::size_t count) {
    std::vector<float> buffer(static_cast<std::size_t>(dataset.n_inputs()));
    for (std::size_t row = 0; row < count; ++row) {
      const float* const numbers =
          rows.row(static_cast<std::uint32_t>(row), dataset.n_inputs(), buffer.data());
      const auto [least, most] = std::ranges::minmax(std::span(numbers, buffer.size()));
      lowest = std::min(lowest, least);
      highest = std::max(highest, most);
    }
  };
  look_at(dataset.train_rows(), dataset.n_train);
  look_at(dataset.test_rows(), dataset.n_test);
  std::string notes;
  for (const std::string& note : dataset.notes) notes += line("note", note);
  return line("data set", dataset.name) + line("source", dataset.source) +
         line("sample", shape_text(dataset.shape)) +
         line("train", part_text(dataset, dataset.n_train, dataset.train_labels)) +
         line("test", part_text(dataset, dataset.n_test, dataset.test_labels)) +
         line("classes",
              dataset.n_classes ? std::to_string(dataset.n_classes) : "none: the samples have no labels") +
         line("values", fmt::format("{:g} to {:g}", lowest, highest)) + statistics_text(dataset) +
         line("scale",
              dataset.scale == 1 ? "as in the files" : "divided by " + shortest_text(dataset.scale)) +
         notes + line("content hash", dataset.content_hash);
}

}  // namespace ksweep
