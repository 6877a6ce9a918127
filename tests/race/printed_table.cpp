#include "printed_table.h"

#include <fmt/core.h>

namespace ksweep {

void print_line(const std::vector<std::string>& cells) {
  for (const std::string& cell : cells) fmt::print("| {} ", cell);
  fmt::print("|\n");
}

void print_head(const std::vector<std::string>& cells) {
  print_line(cells);
  print_line(std::vector<std::string>(cells.size(), "---"));
}

/// Halves up; shares of 2,000 races have them.
std::string percent(double share) { return fmt::format("{:.1f}", 100 * share + 1e-9); }
std::string rounded_percent(double share) { return fmt::format("{:.0f}", 100 * share); }
std::string two_shares(double one, double other) {
  return rounded_percent(one) + " / " + rounded_percent(other);
}
std::string two_decimals(double value) { return fmt::format("{:.2f}", value); }

}  // namespace ksweep
