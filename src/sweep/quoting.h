#pragma once

#include <string>
#include <vector>

/// Quoting in sweep files.  A value, also in a list or a condition, that begins with `"` ends with the next
/// `"`; no letter in between is special, and `""` stands for one `"`.  Elsewhere `"` is an ordinary letter.
namespace ksweep {

/// Returns the text without blanks at both ends.
std::string trimmed(const std::string& text);

/// Splits at separators outside quotes; the parts are trimmed and keep their quotes.
std::vector<std::string> split_at(const std::string& text, char separator);

/// Returns the position of the first `#` outside quotes, or npos.
std::size_t find_comment(const std::string& value);

bool is_quoted(const std::string& part);

/// Returns a part without its quotes, if it has any.  Throws UserError if a quote is not closed or closed too
/// early.
std::string unquoted(const std::string& part, const std::string& where);

/// Returns the text as a part, in quotes if necessary.
std::string quoted(const std::string& text);

}  // namespace ksweep
