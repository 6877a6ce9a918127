#pragma once

#include <string>
#include <vector>

namespace ksweep {

/// Lines of tables in docs/racing.md.
void print_line(const std::vector<std::string>& cells);
void print_head(const std::vector<std::string>& cells);

/// With one decimal; without any.
std::string percent(double share);
std::string rounded_percent(double share);
std::string two_shares(double one, double other);
std::string two_decimals(double value);

}  // namespace ksweep
