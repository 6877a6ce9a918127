#pragma once

#include <string>
#include <vector>

/// How values are written in a sweep file.  A value, or one of a list or of a condition, that begins with `"` ends with the next
/// `"`; in between nothing has a meaning, and `""` stands for one `"`.  A `"` elsewhere is a letter like any other.
namespace ksweep {

/// Without blanks at both ends.
std::string trimmed(const std::string& text);

/// Parts between separators that stand outside of quotes, trimmed, quotes and all.
std::vector<std::string> split_at(const std::string& text, char separator);

/// Position of the first `#` outside of quotes, or npos.
std::size_t find_comment(const std::string& value);

bool is_quoted(const std::string& part);

/// What a part says: itself, or what stands between its quotes.  Throws UserError if a quote is not closed or closed too early.
std::string unquoted(const std::string& part, const std::string& where);

/// A text as a part that says it: in quotes if it must be.
std::string quoted(const std::string& text);

}  // namespace ksweep
