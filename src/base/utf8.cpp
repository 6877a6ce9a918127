#include "base/utf8.h"

#include <algorithm>
#include <cstdint>
#include <iterator>

namespace ksweep {
namespace {

/// A range of first bytes, how many bytes follow, and the range of the second one.
struct Form {
  std::uint8_t first, last;
  std::size_t n_following;
  std::uint8_t second_from, second_to;
};

constexpr Form forms[] = {
    {0x00, 0x7F, 0, 0, 0},       {0xC2, 0xDF, 1, 0x80, 0xBF}, {0xE0, 0xE0, 2, 0xA0, 0xBF},
    {0xE1, 0xEC, 2, 0x80, 0xBF}, {0xED, 0xED, 2, 0x80, 0x9F}, {0xEE, 0xEF, 2, 0x80, 0xBF},
    {0xF0, 0xF0, 3, 0x90, 0xBF}, {0xF1, 0xF3, 3, 0x80, 0xBF}, {0xF4, 0xF4, 3, 0x80, 0x8F},
};

std::uint8_t number(char byte) { return static_cast<std::uint8_t>(byte); }

/// Returns the number of bytes of the first character of `text`, which is not empty; 0 if it is not valid
/// UTF-8.
std::size_t length_of_character(std::string_view text) {
  const std::uint8_t first = number(text[0]);
  const auto form =
      std::ranges::find_if(forms, [&](const Form& f) { return f.first <= first && first <= f.last; });
  if (form == std::end(forms) || text.size() <= form->n_following) return 0;
  for (std::size_t i = 1; i <= form->n_following; ++i) {
    const std::uint8_t from = i == 1 ? form->second_from : 0x80, to = i == 1 ? form->second_to : 0xBF;
    if (number(text[i]) < from || number(text[i]) > to) return 0;
  }
  return form->n_following + 1;
}

}  // namespace

std::optional<std::size_t> first_foreign_byte(std::string_view text) {
  for (std::size_t position = 0; position < text.size();) {
    const std::size_t length = length_of_character(text.substr(position));
    if (length == 0) return position;
    position += length;
  }
  return std::nullopt;
}

std::string escaped_byte(char byte) {
  constexpr char digits[] = "0123456789abcdef";
  return {'\\', 'x', digits[number(byte) >> 4], digits[number(byte) & 15]};
}

std::string as_utf8(std::string_view text) {
  std::string valid;
  while (const auto foreign = first_foreign_byte(text)) {
    valid.append(text.substr(0, *foreign)).append(escaped_byte(text[*foreign]));
    text.remove_prefix(*foreign + 1);
  }
  return valid.append(text);
}

}  // namespace ksweep
