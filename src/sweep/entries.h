#pragma once

#include <span>
#include <string>
#include <vector>

namespace ksweep {

/// A key of the sweep file that is not a key of a trial.
struct FileKey {
  std::string name;  ///< full name, "grid.zip"
  std::string form;  ///< syntax of its value
  std::string help;  ///< one line
  bool repeatable;   ///< may occur several times in one file
};
std::span<const FileKey> file_keys();

/// One assignment of a sweep file or of --set.
struct Entry {
  std::string key;    ///< full name, known
  std::string value;  ///< as written (quoting.h), without comment; empty only to clear a repeatable key
  std::string where;  ///< "jobs/mnist.cfg:7" or "--set"
};

/// Returns the assignments of a sweep file in file order, with `overrides` ("section.key=values") in place of
/// what they override, or at the end.  An override replaces all values of a repeatable key and removes them
/// if its own value is empty.  `name`: the file's name in messages.  Throws UserError.
std::vector<Entry> read_entries(const std::string& text, const std::string& name,
                                const std::vector<std::string>& overrides);

/// Throws UserError that names the place, the unknown key and the most similar known one.
[[noreturn]] void refuse_unknown_key(const std::string& where, const std::string& key);

/// Returns the text without the byte order mark with which some editors begin UTF-8.
std::string without_byte_order_mark(const std::string& text);

}  // namespace ksweep
