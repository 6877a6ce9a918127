#include "data/array_names.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <optional>
#include <string_view>

#include "base/errors.h"

namespace ksweep {
namespace {

using Part = ArrayMeaning::Part;
using Role = ArrayMeaning::Role;

struct Word {
  std::string_view text;
  std::optional<Part> part;
  Role role;
};

constexpr auto words = std::to_array<Word>({
    {"train", Part::train, Role::unknown},
    {"training", Part::train, Role::unknown},
    {"tr", Part::train, Role::unknown},
    {"trn", Part::train, Role::unknown},
    {"val", Part::validation, Role::unknown},
    {"valid", Part::validation, Role::unknown},
    {"validation", Part::validation, Role::unknown},
    {"dev", Part::validation, Role::unknown},
    {"test", Part::test, Role::unknown},
    {"testing", Part::test, Role::unknown},
    {"te", Part::test, Role::unknown},
    {"tst", Part::test, Role::unknown},
    {"t10k", Part::test, Role::unknown},
    {"set", {}, Role::unknown},
    {"x", {}, Role::samples},
    {"xs", {}, Role::samples},
    {"data", {}, Role::samples},
    {"dataset", {}, Role::samples},
    {"pixels", {}, Role::samples},
    {"fea", {}, Role::samples},
    {"sample", {}, Role::samples},
    {"samples", {}, Role::samples},
    {"image", {}, Role::samples},
    {"images", {}, Role::samples},
    {"feature", {}, Role::samples},
    {"features", {}, Role::samples},
    {"input", {}, Role::samples},
    {"inputs", {}, Role::samples},
    {"activations", {}, Role::samples},
    {"embeddings", {}, Role::samples},
    {"y", {}, Role::labels},
    {"ys", {}, Role::labels},
    {"label", {}, Role::labels},
    {"labels", {}, Role::labels},
    {"target", {}, Role::labels},
    {"targets", {}, Role::labels},
    {"gnd", {}, Role::labels},
    {"class", {}, Role::labels},
    {"category", {}, Role::labels},
});

const Word* find_word(std::string_view text) {
  const auto found = std::ranges::find(words, text, &Word::text);
  return found == words.end() ? nullptr : &*found;
}

/// Splits a name into words, at anything but letters and digits and where a small letter precedes a capital
/// one.
std::vector<std::string> words_of(const std::string& name) {
  std::vector<std::string> parted;
  bool ended = true, was_small = false;
  for (const unsigned char letter : name) {
    const bool belongs = std::isalnum(letter) != 0 || letter >= 0x80;
    if (belongs && (ended || (was_small && std::isupper(letter)))) parted.emplace_back();
    if (belongs) parted.back() += static_cast<char>(std::tolower(letter));
    ended = !belongs;
    was_small = std::islower(letter) != 0;
  }
  return parted;
}

/// Splits "xtrain" and "testy" into two words; returns any other word unchanged.
std::vector<std::string> taken_apart(const std::string& word) {
  if (find_word(word)) return {word};
  for (std::size_t length = 1; length < word.size(); ++length) {
    const Word *first = find_word(std::string_view(word).substr(0, length)),
               *second = find_word(std::string_view(word).substr(length));
    if (first && second && first->part.has_value() != second->part.has_value() && first->text != "set" &&
        second->text != "set")
      return {std::string(first->text), std::string(second->text)};
  }
  return {word};
}

class NamedArrays {
 public:
  NamedArrays(const std::string& where, const std::vector<std::string>& names)
      : where_(where), unused_(names) {}

  /// Returns the array with this meaning, if there is one, and counts it as used.
  std::optional<std::string> take(Part part, Role role) {
    std::vector<std::string> claims;
    for (const auto& name : unused_)
      if (meaning_of(name) == ArrayMeaning{part, role}) claims.push_back(name);
    if (claims.size() > 1) refuse_both(claims[0], claims[1]);
    if (claims.empty()) return std::nullopt;
    std::erase(unused_, claims[0]);
    return claims[0];
  }

  [[noreturn]] void refuse_both(const std::string& one, const std::string& other) const {
    throw UserError(
        "{}: {} and {} may both be meant by their names, so which of them is to be used is unclear. Remove "
        "or rename one (x_train, y_train, x_test, y_test; or x and y), or of an HDF5 file name the samples: "
        "FILE:/PATH.",
        where_, printable(one), printable(other));
  }

  const std::vector<std::string>& unused() const { return unused_; }

 private:
  const std::string& where_;
  std::vector<std::string> unused_;
};

/// Returns the training samples or labels, whose name says `train` or names no part.  Throws UserError for
/// both at once.
std::optional<std::string> take_train(NamedArrays& arrays, Role role) {
  auto train = arrays.take(Part::train, role), whole = arrays.take(Part::whole, role);
  if (train && whole) arrays.refuse_both(*train, *whole);
  return train ? train : whole;
}

}  // namespace

std::string list_of(const std::vector<std::string>& names) {
  std::string list;
  for (const auto& name : names) list += (list.empty() ? "" : ", ") + printable(name);
  return list.empty() ? "(none)" : list;
}

ArrayMeaning meaning_of(const std::string& name) {
  ArrayMeaning meaning;
  bool has_part = false;
  for (const auto& written : words_of(name))
    for (const auto& text : taken_apart(written)) {
      const Word* word = find_word(text);
      if (!word) return {};
      if (word->part && has_part && *word->part != meaning.part) return {};
      if (word->part) {
        meaning.part = *word->part;
        has_part = true;
      } else if (word->role != Role::unknown) {
        meaning.role = word->role;  // "data/labels": the innermost name counts
      }
    }
  if (has_part && meaning.role == Role::unknown) meaning.role = Role::samples;
  return meaning;
}

Parts parts_by_name(const std::string& where, const std::vector<std::string>& names,
                    const std::function<RawArray(const std::string& name)>& read) {
  if (names.size() == 1) return {read(names[0]), {}, {}, {}, {}};
  NamedArrays arrays(where, names);
  const auto read_one = [&](const std::optional<std::string>& name) -> std::optional<RawArray> {
    return name ? std::optional(read(*name)) : std::nullopt;
  };
  const auto samples = take_train(arrays, Role::samples), labels = take_train(arrays, Role::labels);
  if (!samples)
    throw UserError(
        "{}: holds the arrays {}, so which of them are the samples is unclear. Name them x_train, y_train, "
        "x_test, y_test, or x and y, or keep one array only.",
        where, list_of(names));
  const auto test = arrays.take(Part::test, Role::samples),
             test_labels = arrays.take(Part::test, Role::labels);
  return {read(*samples), read_one(labels), read_one(test), read_one(test_labels), arrays.unused()};
}

Parts parts_of_named(const std::string& where, const std::string& samples,
                     const std::vector<std::string>& names,
                     const std::function<RawArray(const std::string& name)>& read) {
  std::vector<std::string> others = names;
  std::erase(others, samples);
  NamedArrays arrays(where, others);
  const Part part = meaning_of(samples).part;
  auto labels = arrays.take(part, Role::labels);
  if (!labels && part != Part::whole) labels = arrays.take(Part::whole, Role::labels);
  return {read(samples), labels ? std::optional(read(*labels)) : std::nullopt, {}, {}, arrays.unused()};
}

}  // namespace ksweep
