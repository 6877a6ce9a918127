#include "data/describe.h"

#include <fmt/core.h>

#include <algorithm>
#include <vector>

#include "core/trial_keys.h"

namespace ksweep {
namespace {

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
  const auto train = dataset.train();
  const float lowest = std::min(train.minCoeff(), dataset.n_test ? dataset.test().minCoeff() : train(0, 0));
  const float highest = std::max(train.maxCoeff(), dataset.n_test ? dataset.test().maxCoeff() : train(0, 0));
  std::string notes;
  for (const std::string& note : dataset.notes) notes += line("note", note);
  return line("data set", dataset.name) + line("source", dataset.source) +
         line("sample", shape_text(dataset.shape)) +
         line("train", part_text(dataset, dataset.n_train, dataset.train_labels)) +
         line("test", part_text(dataset, dataset.n_test, dataset.test_labels)) +
         line("classes",
              dataset.n_classes ? std::to_string(dataset.n_classes) : "none: the samples have no labels") +
         line("values", fmt::format("{:g} to {:g}", lowest, highest)) +
         line("scale",
              dataset.scale == 1 ? "as in the files" : "divided by " + shortest_text(dataset.scale)) +
         notes + line("content hash", dataset.content_hash);
}

}  // namespace ksweep
