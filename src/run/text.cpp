#include "run/text.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <regex>

#include "base/utf8.h"
#include "core/trial_keys.h"
#include "store/columns.h"

namespace ksweep {
namespace {

bool is_control(char letter) { return (letter >= '\0' && letter < ' ') || letter == '\x7F'; }

/// Returns $'caf\xe9': bytes that are not valid UTF-8, as bash, zsh and ksh read them, so that commands can
/// be stored, and copied from a terminal.
std::string ansi_c_word(std::string_view word) {
  std::string text = "$'";
  while (!word.empty()) {
    const std::size_t length = std::min(first_foreign_byte(word).value_or(word.size()), word.size());
    for (const char letter : word.substr(0, length))
      text += is_control(letter)                 ? escaped_byte(letter)
              : letter == '\'' || letter == '\\' ? std::string("\\") + letter
                                                 : std::string(1, letter);
    if (length < word.size()) text += escaped_byte(word[length]);
    word.remove_prefix(std::min(length + 1, word.size()));
  }
  return text + "'";
}

std::string shell_word(const std::string& word) {
  const bool plain = !word.empty() && word.find_first_not_of(
                                          "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                          "_-+=./,:@%") == std::string::npos;
  if (plain) return word;
  if (first_foreign_byte(word) || std::ranges::any_of(word, is_control)) return ansi_c_word(word);
  std::string text = "'";
  for (const char c : word) text += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return text + "'";
}

}  // namespace

std::string duration_text(double seconds) {
  if (!std::isfinite(seconds)) return "-";
  if (seconds < 9.95) return fmt::format("{:.1f} s", std::max(0.0, seconds));
  const auto total = std::llround(seconds);
  const long long minutes = total / 60, hours = minutes / 60, days = hours / 24;
  if (minutes == 0) return fmt::format("{} s", total);
  if (hours == 0) return fmt::format("{} min {} s", minutes, total % 60);
  if (days == 0) return fmt::format("{} h {} min", hours, minutes % 60);
  return fmt::format("{} d {} h", days, hours % 24);
}

std::string percent_text(double fraction) {
  return std::isfinite(fraction) ? fmt::format("{:.2f} %", 100 * fraction) : "-";
}

std::string whole_text(double number) { return std::to_string(std::llround(number)); }

std::string count_text(double count, const std::string& noun) {
  return fmt::format("{} {}{}", whole_text(count), noun, count == 1 ? "" : "s");
}

std::string shell_command(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text.append(text.empty() ? "" : " ").append(shell_word(word));
  return text;
}

std::string stopped_text(const std::string& command, const std::string& by, bool from_pipe) {
  return fmt::format("stopped {}with work left; nothing finished is lost. To go on{}:\n{}\n",
                     by.empty() ? "" : "by " + by + ", ",
                     from_pipe ? ", with the same sweep file in the pipe again" : "", command);
}

std::string without_time_limit(const std::string& command) {
  static const std::regex option(R"( --time-limit(=| )('[^']*'|[^ ]+))");
  return std::regex_replace(command, option, "");
}

std::string trial_text(const std::vector<Axis>& axes, const Trial& trial) {
  std::string text;
  for (const Axis& axis : axes) {
    const Key& key = *find_key(axis.key);
    const std::string value = value_text(key, trial);
    if (std::ranges::count(axis.values, value))
      text += fmt::format("{}{}={}", text.empty() ? "" : " ", column_name(key), value);
  }
  return text;
}

std::string trial_text(const std::vector<std::string>& keys, const Trial& trial) {
  std::vector<Axis> axes;
  for (const std::string& name : keys)
    if (const Key* key = find_key(name)) axes.push_back({name, {value_text(*key, trial)}});
  return trial_text(axes, trial);
}

}  // namespace ksweep
