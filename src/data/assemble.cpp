#include "data/assemble.h"

#include <algorithm>
#include <cctype>
#include <map>
#include <span>

#include "core/errors.h"
#include "core/sha256.h"
#include "data/sample_storage.h"

namespace ksweep {
namespace {

std::vector<std::int32_t> checked_labels(const RawArray& labels, const RawArray& samples) {
  auto result = to_labels(labels);
  if (result.size() != samples.dims[0])
    throw UserError(labels.name + ": " + std::to_string(result.size()) + " labels for the " +
                    std::to_string(samples.dims[0]) + " samples of " + samples.name +
                    ": which label belongs to which sample is unknown. Give one label for each sample.");
  return result;
}

void check_test_part(const Parts& parts, const SampleShape& shape) {
  if (!parts.test) {
    if (parts.test_labels)
      throw UserError(parts.test_labels->name +
                      ": labels of test samples, but there are no test samples: "
                      "accuracy could not be measured. Add the samples or remove the labels.");
    return;
  }
  const SampleShape test = sample_shape(*parts.test);
  if (test.channels != shape.channels || test.height != shape.height || test.width != shape.width)
    throw UserError(parts.test->name + ": its size is " + dims_text(parts.test->dims) + ", but that of " +
                    parts.train.name + " is " + dims_text(parts.train.dims) +
                    ": both parts must have samples of the same shape. Give files that belong together.");
  if (parts.train_labels.has_value() != parts.test_labels.has_value())
    throw UserError((parts.train_labels ? parts.test : std::optional(parts.train))->name +
                    ": these samples have no labels, but those of the other part have: accuracy could not be "
                    "measured. Add the missing labels or remove the others.");
}

void point_to(Dataset& dataset, std::shared_ptr<const SampleStorage> storage) {
  const bool labelled = !storage->train_labels.empty();
  const auto width = static_cast<std::size_t>(dataset.n_inputs());
  dataset.train_samples = storage->train.data();
  dataset.train_labels = labelled ? storage->train_labels.data() : nullptr;
  if (!storage->test.empty()) {
    dataset.test_samples = storage->test.data();
    dataset.test_labels = labelled ? storage->test_labels.data() : nullptr;
  } else {
    dataset.test_samples = dataset.train_samples + dataset.n_train * width;
    dataset.test_labels = labelled ? dataset.train_labels + dataset.n_train : nullptr;
  }
  dataset.owner = std::move(storage);
}

int count_classes(const SampleStorage& storage) {
  std::int32_t largest = -1;
  for (const auto* labels : {&storage.train_labels, &storage.test_labels})
    for (const std::int32_t label : *labels) largest = std::max(largest, label);
  return largest + 1;
}

std::string lower_case(std::string text) {
  std::ranges::transform(text, text.begin(), [](unsigned char letter) { return std::tolower(letter); });
  return text;
}

}  // namespace

Dataset assemble(const std::string& set, const std::string& source, Parts parts) {
  Dataset dataset;
  dataset.name = set;
  dataset.source = source;
  dataset.shape = sample_shape(parts.train);
  check_test_part(parts, dataset.shape);

  auto storage = std::make_shared<SampleStorage>();
  if (parts.train_labels) storage->train_labels = checked_labels(*parts.train_labels, parts.train);
  if (parts.test_labels) storage->test_labels = checked_labels(*parts.test_labels, *parts.test);
  storage->train = to_samples(parts.train);
  parts.train.bytes = {};
  dataset.n_train = parts.train.dims[0];
  if (parts.test) {
    storage->test = to_samples(*parts.test);
    dataset.n_test = parts.test->dims[0];
  } else {
    dataset.n_test = dataset.n_train / 6;
    dataset.n_train -= dataset.n_test;
    if (dataset.n_test == 0)
      throw UserError(parts.train.name + ": " + std::to_string(dataset.n_train) +
                      " sample(s) and no test part: at least 6 are needed to set a sixth aside for testing. "
                      "Give more samples.");
    dataset.source += " (no test part: the last " + std::to_string(dataset.n_test) + " of " +
                      std::to_string(parts.train.dims[0]) + " samples are the test set)";
  }
  dataset.n_classes = count_classes(*storage);
  point_to(dataset, std::move(storage));
  dataset.content_hash = content_hash(dataset);
  return dataset;
}

Parts parts_by_name(const std::string& where, const std::vector<std::string>& names,
                    const std::function<RawArray(const std::string& name)>& read) {
  std::map<std::string, std::string> by_lower_case;
  for (const auto& name : names) by_lower_case[lower_case(name)] = name;
  const auto find = [&](const std::string& wanted) -> std::optional<RawArray> {
    const auto found = by_lower_case.find(wanted);
    if (found == by_lower_case.end()) return std::nullopt;
    return read(found->second);
  };

  if (auto train = find("x_train"))
    return {std::move(*train), find("y_train"), find("x_test"), find("y_test")};
  if (auto all = find("x")) {
    auto labels = find("y");
    return {std::move(*all), labels ? std::move(labels) : find("labels"), {}, {}};
  }
  if (names.size() == 1) return {read(names[0]), {}, {}, {}};

  std::string list;
  for (const auto& name : names) list += (list.empty() ? "" : ", ") + printable(name);
  throw UserError(
      where + ": holds the arrays " + (list.empty() ? "(none)" : list) +
      ", so which of them are the samples is unclear. Name them x_train, y_train, x_test, y_test, or x "
      "and y, or keep one array only.");
}

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
