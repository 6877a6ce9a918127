#pragma once

#include <span>
#include <string>
#include <vector>

namespace ksweep {

/// A key of the sweep file that is none of a trial's.
struct FileKey {
  std::string name;  ///< full name, "grid.zip"
  std::string form;  ///< how its value is written
  std::string help;  ///< one line
  bool repeatable;   ///< may stand several times in one file
};
std::span<const FileKey> file_keys();

/// One assignment of a sweep file or of --set.
struct Entry {
  std::string key;  ///< full name, known
  std::string
      value;  ///< as written (see quoting.h), without surrounding blanks and comment; not empty unless it empties a
              ///< repeatable key
  std::string where;  ///< "jobs/mnist.cfg:7" or "--set"
};

/// The assignments of a sweep file in the order in which they stand there, with `overrides`
/// ("section.key=values") in place of what they override or at the end.  A repeatable key is overridden as a
/// whole, by nothing if the override's value is empty.  `name`: what messages call the file.  Throws
/// UserError.
std::vector<Entry> read_entries(const std::string& text, const std::string& name,
                                const std::vector<std::string>& overrides);

/// Throws UserError that tells where, that there is no such key, and the nearest that there is.
[[noreturn]] void refuse_unknown_key(const std::string& where, const std::string& key);

/// Without the mark that some editors begin UTF-8 with.
std::string without_byte_order_mark(const std::string& text);

}  // namespace ksweep
