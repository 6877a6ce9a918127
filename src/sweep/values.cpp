#include "sweep/values.h"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <limits>
#include <optional>
#include <sstream>
#include <string_view>

#include "base/errors.h"
#include "base/suggest.h"
#include "sweep/quoting.h"

namespace ksweep {
namespace {

/// `first..last`, `first..last:step` or `first..last*factor`, both ends included.
struct Range {
  double first, last, step;
  bool geometric;
};

[[noreturn]] void refuse(const Key& key, const Entry& entry, const std::string& value,
                         const std::string& fault, const std::string& advice) {
  throw UserError("{}: {} = {} {}. {}", entry.where, key.full_name(), value, fault, advice);
}

double range_number(const Key& key, const Entry& entry, const std::string& range, const std::string& text) {
  double value = 0;
  const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || rest != text.data() + text.size() || !std::isfinite(value))
    refuse(key, entry, range, fmt::format("is no range: \"{}\" is not a number", text),
           "Write first..last, first..last:step or first..last*factor.");
  return value;
}

bool is_whole(double value) { return value == std::floor(value); }

void check_range(const Key& key, const Entry& entry, const std::string& text, const Range& range,
                 bool has_step) {
  if (range.last < range.first)
    refuse(key, entry, text, "runs backwards: it holds no value", "Write the smaller end first.");
  if (!has_step && !(is_whole(range.first) && is_whole(range.last)))
    refuse(key, entry, text, "has no step: between fractions 1 is hardly meant",
           "Add :step, or *factor for a geometric range.");
  if (!range.geometric && !(range.step > 0))
    refuse(key, entry, text, "has no step above 0: it would never end",
           "Write first..last:step with step > 0.");
  if (range.geometric && !(range.step > 1 && range.first > 0))
    refuse(key, entry, text, "never reaches its end: a geometric range starts above 0 with a factor above 1",
           "Write for example 1e-4..1e-1*10.");
}

Range parse_range(const Key& key, const Entry& entry, const std::string& text, std::size_t dots) {
  const std::string tail = text.substr(dots + 2);
  const auto mark = tail.find_first_of(":*");
  const bool has_step = mark != std::string::npos;
  const auto number = [&](const std::string& part) { return range_number(key, entry, text, trimmed(part)); };
  const Range range{number(text.substr(0, dots)), number(tail.substr(0, mark)),
                    has_step ? number(tail.substr(mark + 1)) : 1, has_step && tail[mark] == '*'};
  check_range(key, entry, text, range, has_step);
  return range;
}

/// Returns the number of values.  The slack includes an end that is moved by rounding: 0.1..0.5:0.1 has five.
double count_of(const Range& range) {
  const double steps = range.geometric ? std::log(range.last / range.first) / std::log(range.step)
                                       : (range.last - range.first) / range.step;
  return std::floor(steps + 1e-9) + 1;
}

/// Returns what a person would have written: 0.3, not 0.30000000000000004.
std::string tidy(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.12g", value);
  std::from_chars(text, text + sizeof text, value);
  // Writes integers in full, so that messages show a wrong one as a person would write it.
  if (is_whole(value) && std::abs(value) < 1e15) return std::to_string(static_cast<long long>(value));
  return shortest_text(value);
}

std::vector<std::string> texts_of(const Range& range) {
  std::vector<std::string> texts;
  const auto count = static_cast<int>(count_of(range));
  for (int i = 0; i < count; ++i)
    texts.push_back(
        tidy(range.geometric ? range.first * std::pow(range.step, i) : range.first + i * range.step));
  return texts;
}

bool is_number(const Key& key) { return key.kind == Key::Kind::integer || key.kind == Key::Kind::real; }

void check_count(const Key& key, const Entry& entry, const std::string& text, double count) {
  if (count > most_trials)
    refuse(key, entry, text, fmt::format("has {} values: no sweep has so many trials", tidy(count)),
           "Check the ends and the step.");
}

/// n_before: values of the parts before this one.
std::vector<std::string> expand_part(const Key& key, const Entry& entry, const std::string& part,
                                     std::size_t n_before) {
  if (is_quoted(part)) return {unquoted(part, entry.where)};
  const auto dots = is_number(key) ? part.find("..") : std::string::npos;
  if (dots == std::string::npos) return {part};
  const Range range = parse_range(key, entry, part, dots);
  check_count(key, entry, part, count_of(range));
  check_count(key, entry, entry.value, static_cast<double>(n_before) + count_of(range));
  return texts_of(range);
}

bool is_digit(char letter) { return letter >= '0' && letter <= '9'; }

bool is_whole_text(const std::string& text) {
  const std::size_t sign = text.starts_with('-') || text.starts_with('+') ? 1 : 0;
  return text.size() > sign && std::all_of(text.begin() + static_cast<long>(sign), text.end(), is_digit);
}

/// Whether "before,after" looks like one number rather than two values: 0,001 or 60,000; for real keys also
/// 0,5 and 1,5e-3 if there are no other values.
bool is_one_number(const Key& key, const std::string& before, const std::string& after, bool alone) {
  if (!is_whole_text(before) || after.empty() || !is_digit(after[0])) return false;
  if (after.size() > 1 && after[0] == '0' && is_digit(after[1])) return true;
  if (key.kind != Key::Kind::real || !alone) return false;
  const auto end = std::ranges::find_if_not(after, is_digit);
  const bool whole = end == after.end(), exponent = !whole && (*end == 'e' || *end == 'E');
  const bool range = !whole && std::string_view(end, after.end()).starts_with("..");
  const bool zero = before.find_first_not_of("+-0") == before.npos;
  return exponent || (zero && (whole || range));
}

/// Refuses a decimal comma or a thousands separator, which would make two values of one number.
void refuse_comma_within_number(const Key& key, const Entry& entry) {
  std::istringstream words(entry.value);
  for (std::string word; words >> word;) {
    const auto parts = split_at(word.substr(0, word.find_last_not_of(',') + 1), ',');
    for (std::size_t i = 1; i < parts.size(); ++i) {
      const std::string &before = parts[i - 1], &after = parts[i];
      if (!is_one_number(key, before, after, parts.size() == 2)) continue;
      const bool fraction = key.kind == Key::Kind::real;
      const std::string zeros_gone = after.substr(std::min(after.find_first_not_of('0'), after.size() - 1));
      refuse(key, entry, entry.value,
             fmt::format("looks like a {}: a comma separates values, here {} and {}",
                         fraction ? "decimal comma" : "comma between thousands", before, zeros_gone),
             fmt::format("Write {}{}{}, or with a blank {}, {} for two values.", before, fraction ? "." : "",
                         after, before, zeros_gone));
    }
  }
}

std::string advice(const Key& key, const std::string& value) {
  const std::string near = key.kind == Key::Kind::choice ? nearest(value, key.choices) : "";
  return near.empty() ? "Give " + allowed_values(key) + "." : "Did you mean " + near + "?";
}

}  // namespace

std::string allowed_values(const Key& key) {
  if (key.kind == Key::Kind::text) return "a name or path";
  if (key.kind == Key::Kind::sizes) return "unit counts joined by '-' or none";
  if (key.kind == Key::Kind::choice) {
    std::string names;
    for (std::size_t i = 0; i < key.choices.size(); ++i)
      names += (i == 0 ? "" : i + 1 == key.choices.size() ? " or " : ", ") + key.choices[i];
    return names;
  }
  const bool whole = key.kind == Key::Kind::integer;
  const bool open =
      key.highest >= (whole ? std::numeric_limits<int>::max() : std::numeric_limits<double>::max());
  return (whole ? "whole numbers from " : "numbers from ") + tidy(key.lowest) +
         (open ? " up" : " to " + tidy(key.highest));
}

std::string canonical_value(const Key& key, const std::string& value, const std::string& where) {
  static const Trial defaults = default_trial();
  Trial trial = defaults;
  if (const auto fault = set_from_text(key, trial, value))
    throw UserError("{}: {} = {} {}: it is `{}`. {}", where, key.full_name(), value, *fault, key.help,
                    advice(key, value));
  return value_text(key, trial);
}

std::vector<std::string> expand_values(const Key& key, const Entry& entry) {
  std::vector<std::string> values;
  if (is_number(key)) refuse_comma_within_number(key, entry);
  for (const std::string& part : split_at(entry.value, ',')) {
    if (part.empty())
      refuse(key, entry, entry.value, "has an empty value between its commas: it is unclear what was meant",
             "Remove the comma or write the value.");
    for (const std::string& text : expand_part(key, entry, part, values.size()))
      values.push_back(canonical_value(key, text, entry.where));
  }
  return values;
}

}  // namespace ksweep
