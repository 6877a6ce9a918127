#include "base/bytes_text.h"

#include <fmt/core.h>

namespace ksweep {

std::string bytes_text(double bytes) {
  if (bytes < 999.5e6) return fmt::format("{:.{}f} MB", bytes / 1e6, bytes < 9.95e6 ? 1 : 0);
  return fmt::format("{:.1f} GB", bytes / 1e9);
}

}  // namespace ksweep
