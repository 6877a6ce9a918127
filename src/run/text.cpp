#include "run/text.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <regex>

#include "base/utf8.h"
#include "core/trial_keys.h"
#include "store/columns.h"

namespace ksweep {
namespace {

template <class... Values>
std::string formatted(const char* format, Values... values) {
  char text[64];
  std::snprintf(text, sizeof text, format, values...);
  return text;
}

bool is_control(char letter) { return (letter >= '\0' && letter < ' ') || letter == '\x7F'; }

/// $'caf\xe9': bytes that are no text, as bash, zsh and ksh read them.  So commands can be stored, and copied from a terminal.
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
  if (seconds < 9.95) return formatted("%.1f s", std::max(0.0, seconds));
  const auto total = std::llround(seconds);
  const long long minutes = total / 60, hours = minutes / 60, days = hours / 24;
  if (minutes == 0) return formatted("%lld s", total);
  if (hours == 0) return formatted("%lld min %lld s", minutes, total % 60);
  if (days == 0) return formatted("%lld h %lld min", hours, minutes % 60);
  return formatted("%lld d %lld h", days, hours % 24);
}

std::string bytes_text(double bytes) {
  if (bytes < 999.5e6) return formatted("%.*f MB", bytes < 9.95e6 ? 1 : 0, bytes / 1e6);
  return formatted("%.1f GB", bytes / 1e9);
}

std::string percent_text(double fraction) {
  return std::isfinite(fraction) ? formatted("%.2f %%", 100 * fraction) : "-";
}

std::string whole_text(double number) { return std::to_string(std::llround(number)); }

std::string count_text(double count, const std::string& noun) {
  return whole_text(count) + " " + noun + (count == 1 ? "" : "s");
}

std::string shell_command(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text.append(text.empty() ? "" : " ").append(shell_word(word));
  return text;
}

std::string stopped_text(const std::string& command, const std::string& by, bool from_pipe) {
  return "stopped " + (by.empty() ? "" : "by " + by + ", ") +
         "with work left; nothing finished is lost. To go on" +
         (from_pipe ? ", with the same sweep file in the pipe again" : "") + ":\n" + command + "\n";
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
      text += (text.empty() ? "" : " ") + column_name(key) + "=" + value;
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
