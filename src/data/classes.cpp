#include "data/classes.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>

#include "base/errors.h"
#include "core/trial_keys.h"

namespace ksweep {
namespace {

constexpr std::size_t max_classes = 10000;            // each trial stores results per class
constexpr double largest_exact = 9007199254740992.0;  // 2^53: beyond it two labels may be one double

[[noreturn]] void refuse(const RawArray& labels, std::size_t sample, const std::string& what) {
  throw UserError(
      "{}: label of sample {} (counted from 0) {}: labels are whole numbers or texts, one a sample, and "
      "every distinct one is a class. Mend or drop this sample.",
      labels.name, sample, what);
}

void check_form(const RawArray& labels) {
  const auto& dims = labels.dims;
  if (dims.size() == 1 || (dims.size() == 2 && (dims[0] == 1 || dims[1] == 1))) return;
  throw UserError(
      "{}: its size is {}: labels are one whole number or text a sample, not one-hot rows. Give an array of "
      "one dimension.",
      labels.name, dims_text(dims));
}

/// Returns the number that a text stands for, if this program would write it so: "07" and "7" are two texts.
std::optional<double> number_in(const std::string& text) {
  double value = 0;
  const char* end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc{} || rest != end || value != std::floor(value) || shortest_text(value) != text)
    return std::nullopt;
  return value;
}

std::vector<double> checked_numbers(const RawArray& labels) {
  const auto numbers = doubles_of(labels);
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    if (!std::isfinite(numbers[i]) || numbers[i] != std::floor(numbers[i]))
      refuse(labels, i, "is " + shortest_text(numbers[i]));
    if (std::abs(numbers[i]) > largest_exact) refuse(labels, i, "is beyond 2^53");
  }
  return numbers;
}

std::vector<std::string> checked_texts(const RawArray& labels) {
  if (labels.element == Element::text) {
    auto texts = texts_of(labels);
    for (std::size_t i = 0; i < texts.size(); ++i)
      if (texts[i].empty()) refuse(labels, i, "is an empty text");
    return texts;
  }
  std::vector<std::string> texts;
  for (const double number : checked_numbers(labels)) texts.push_back(shortest_text(number + 0.0));
  return texts;
}

/// Sorts names numerically if all are numbers, else by their bytes.
void sort_names(std::vector<std::string>& names) {
  if (std::ranges::all_of(names, [](const auto& name) { return number_in(name).has_value(); }))
    std::ranges::sort(names, {}, [](const auto& name) { return *number_in(name); });
  else
    std::ranges::sort(names);
}

std::vector<std::string> distinct(std::vector<std::string> texts) {
  std::ranges::sort(texts);
  texts.erase(std::unique(texts.begin(), texts.end()), texts.end());
  return texts;
}

/// Returns the positions of the labels in `names`.
std::vector<std::int32_t> numbered(const std::vector<std::string>& labels,
                                   const std::vector<std::string>& names) {
  std::vector<std::pair<std::string, std::int32_t>> places;
  for (std::size_t i = 0; i < names.size(); ++i) places.emplace_back(names[i], static_cast<std::int32_t>(i));
  std::ranges::sort(places);
  std::vector<std::int32_t> numbers;
  numbers.reserve(labels.size());
  for (const auto& label : labels)
    numbers.push_back(
        std::ranges::lower_bound(places, label, {}, &decltype(places)::value_type::first)->second);
  return numbers;
}

}  // namespace

std::size_t count_labels(const RawArray& labels) {
  check_form(labels);
  return count_elements(labels.name, labels.dims);
}

Classes number_classes(const RawArray& train, const RawArray* test) {
  check_form(train);
  if (test) check_form(*test);
  const auto train_texts = checked_texts(train);
  const auto test_texts = test ? checked_texts(*test) : std::vector<std::string>{};
  Classes classes;
  classes.names = distinct(train_texts);
  const auto of_test = distinct(test_texts);
  classes.names.insert(classes.names.end(), of_test.begin(), of_test.end());
  classes.names = distinct(std::move(classes.names));
  if (classes.names.size() > max_classes)
    throw UserError(
        "{}: its labels have {} distinct values: accuracies are kept for each class, of at most {}. Are they "
        "labels? Remove them, or join classes.",
        train.name, classes.names.size(), max_classes);
  sort_names(classes.names);
  classes.train = numbered(train_texts, classes.names);
  classes.test = numbered(test_texts, classes.names);
  return classes;
}

}  // namespace ksweep
