#include "core/starting_file.h"

namespace ksweep {

StartingFile starting_file(const std::string& value) {
  constexpr std::size_t n_digits = 16;
  const auto at = value.rfind('@');
  const bool has_content = at != std::string::npos && at > 0 && value.size() == at + 1 + n_digits &&
                           value.find_first_not_of("0123456789abcdef", at + 1) == std::string::npos;
  return has_content ? StartingFile{value.substr(0, at), value.substr(at + 1)} : StartingFile{value, ""};
}

}  // namespace ksweep
