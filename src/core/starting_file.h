#pragma once

#include <string>

namespace ksweep {

/// A value of model.start_from: the path as written, and once the file has been read "@" and what its weights are recognised by.
struct StartingFile {
  std::string path;  ///< "none": the trial starts from random weights
  std::string
      content;  ///< first_64_bits() of weights_sha256() of all that is read from it, as id_text(); empty: not read yet

  std::string text() const { return content.empty() ? path : path + "@" + content; }
};

StartingFile starting_file(const std::string& value);

inline bool starts_from_file(const std::string& value) { return value != "none"; }

}  // namespace ksweep
