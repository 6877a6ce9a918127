#include "sweep/quoting.h"

#include <string_view>

#include "base/errors.h"

namespace ksweep {
namespace {

constexpr char quote = '"';
constexpr std::string_view blanks = " \t\r\n";

bool is_blank(char letter) { return blanks.find(letter) != blanks.npos; }

/// Whether a new part begins after this letter.
bool ends_part(char letter) { return letter == ',' || letter == '&' || letter == '='; }

/// Returns the position after the quote that closes the one at `open`; npos if there is none.
std::size_t behind_quotes(const std::string& text, std::size_t open) {
  for (std::size_t close = text.find(quote, open + 1); close != text.npos;
       close = text.find(quote, close + 2))
    if (close + 1 == text.size() || text[close + 1] != quote) return close + 1;
  return text.npos;
}

/// Returns the position of the first `letter` outside quotes from `from` on, where a part begins; npos if
/// there is none.
std::size_t find_outside(const std::string& text, char letter, std::size_t from) {
  bool at_begin = true;
  for (std::size_t i = from; i < text.size();) {
    if (at_begin && text[i] == quote) {
      i = behind_quotes(text, i);
      at_begin = false;
      continue;
    }
    if (text[i] == letter) return i;
    at_begin = ends_part(text[i]) || (at_begin && is_blank(text[i]));
    ++i;
  }
  return text.npos;
}

}  // namespace

std::string trimmed(const std::string& text) {
  const auto begin = text.find_first_not_of(blanks);
  if (begin == std::string::npos) return "";
  return text.substr(begin, text.find_last_not_of(blanks) - begin + 1);
}

std::vector<std::string> split_at(const std::string& text, char separator) {
  std::vector<std::string> parts;
  for (std::size_t begin = 0;;) {
    const std::size_t end = find_outside(text, separator, begin);
    parts.push_back(trimmed(text.substr(begin, end - begin)));
    if (end == text.npos) return parts;
    begin = end + 1;
  }
}

std::size_t find_comment(const std::string& value) { return find_outside(value, '#', 0); }

bool is_quoted(const std::string& part) { return part.starts_with(quote); }

std::string unquoted(const std::string& part, const std::string& where) {
  if (!is_quoted(part)) return part;
  const std::size_t end = behind_quotes(part, 0);
  if (end == part.npos)
    throw UserError(
        "{}: {} opens a quote that nothing closes: where the value ends is unclear. Write \" behind it.",
        where, part);
  if (end != part.size())
    throw UserError(
        "{}: {} goes on behind its closing quote: it is unclear what was meant. Put all of it into quotes, "
        "and write a quote within them twice: {}.",
        where, part, quoted(part));
  std::string text;
  for (std::size_t i = 1; i + 1 < end; ++i) {
    text += part[i];
    if (part[i] == quote) ++i;
  }
  return text;
}

std::string quoted(const std::string& text) {
  const bool plain = !text.empty() && text.find_first_of(",&#\"") == text.npos && text == trimmed(text);
  if (plain) return text;
  std::string part(1, quote);
  for (const char letter : text) part.append(letter == quote ? 2 : 1, letter);
  return part + quote;
}

}  // namespace ksweep
