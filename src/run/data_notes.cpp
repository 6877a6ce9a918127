#include "run/data_notes.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "core/trial_keys.h"
#include "data/describe.h"
#include "data/prepare.h"
#include "data/split.h"

namespace ksweep {
namespace {

constexpr double few = 10;  // training samples of a class
constexpr std::size_t most_shown = 5;

std::string class_name(const Dataset& dataset, std::size_t number) {
  return dataset.class_names.empty() ? std::to_string(number) : dataset.class_names[number];
}

std::string classes_text(std::size_t count) {
  return count == 1 ? "1 class" : fmt::format("{} classes", count);
}

std::string listed(const std::vector<std::string>& texts) {
  std::string list;
  for (std::size_t i = 0; i < std::min(texts.size(), most_shown); ++i) list += (i ? ", " : "") + texts[i];
  if (texts.size() > most_shown) list += fmt::format(" and {} more", texts.size() - most_shown);
  return list;
}

/// Returns notes on classes of the test part that are rare in the training part, and on classes that the test
/// part lacks.  sizes: the smallest parts that a trial uses.
std::vector<std::string> class_notes(const Dataset& dataset, const PartSizes& sizes) {
  std::vector<std::string> notes;
  if (!dataset.train_labels || !dataset.test_labels || dataset.endless) return notes;
  const auto train = class_counts(dataset, dataset.train_labels, dataset.n_train);
  const auto test = class_counts(dataset, dataset.test_labels, sizes.test);
  const double share = static_cast<double>(sizes.train) / static_cast<double>(dataset.n_train);
  std::vector<std::string> rare, untested;
  for (std::size_t number = 0; number < train.size(); ++number) {
    const double expected = share * static_cast<double>(train[number]);
    if (test[number] > 0 && expected < few)
      rare.push_back(fmt::format("{} ({} test, {} training samples)", class_name(dataset, number),
                                 test[number],
                                 train[number] == 0 ? "no" : fmt::format("about {}", std::lround(expected))));
    if (test[number] == 0 && train[number] > 0) untested.push_back(class_name(dataset, number));
  }
  if (!rare.empty())
    notes.push_back(fmt::format(
        "too few training samples of {} of the test part, so that accuracy says little of them: {}",
        classes_text(rare.size()), listed(rare)));
  if (!untested.empty())
    notes.push_back(fmt::format("no test sample of {}: {}", classes_text(untested.size()), listed(untested)));
  return notes;
}

}  // namespace

std::string data_text(const Trial& trial, const DataFacts& facts, const Dataset& dataset) {
  const std::string scale = dataset.scale == 1 ? "" : "; divided by " + shortest_text(dataset.scale);
  return fmt::format("{}: {} inputs, {} classes; {} training, {} validation, {} test samples{}",
                     prepared_name(trial), facts.n_inputs, facts.n_classes, facts.n_train, facts.n_validation,
                     facts.n_test, scale);
}

std::vector<std::string> data_notes(std::span<const Trial> trials,
                                    const std::function<const Dataset&(const Trial&)>& dataset_of) {
  std::map<std::string, std::pair<const Dataset*, PartSizes>> sets;
  for (const Trial& trial : trials) {
    const Dataset& dataset = dataset_of(trial);
    const PartSizes parts = part_sizes(trial, dataset.endless, dataset.n_train, dataset.n_test);
    auto& [known, least] = sets.try_emplace(prepared_name(trial), &dataset, parts).first->second;
    least.train = std::min(least.train, parts.train);
    least.test = std::min(least.test, parts.test);
  }
  std::vector<std::string> notes;
  for (const auto& [name, set] : sets) {
    for (const std::string& note : set.first->notes) notes.push_back(fmt::format("{}: {}", name, note));
    for (const std::string& note : class_notes(*set.first, set.second))
      notes.push_back(fmt::format("{}: {}", name, note));
  }
  return notes;
}

}  // namespace ksweep
