#include "base/suggest.h"

#include <algorithm>
#include <numeric>
#include <utility>
#include <vector>

namespace ksweep {
namespace {

/// Returns the number of single-character edits from `from` to `to`; swapping neighbours is one (optimal
/// string alignment).
std::size_t edits(std::string_view from, std::string_view to) {
  std::vector<std::size_t> two_ago, previous, row(to.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= from.size(); ++i) {
    two_ago = std::exchange(previous, std::exchange(row, std::vector<std::size_t>(to.size() + 1, i)));
    for (std::size_t j = 1; j <= to.size(); ++j) {
      row[j] = std::min({previous[j] + 1, row[j - 1] + 1, previous[j - 1] + (from[i - 1] != to[j - 1])});
      if (i > 1 && j > 1 && from[i - 1] == to[j - 2] && from[i - 2] == to[j - 1])
        row[j] = std::min(row[j], two_ago[j - 2] + 1);
    }
  }
  return row.back();
}

}  // namespace

std::string nearest(std::string_view word, std::span<const std::string> candidates) {
  std::string best;
  std::size_t fewest = std::max<std::size_t>(1, word.size() / 3) + 1;
  for (const std::string& candidate : candidates)
    if (const std::size_t count = edits(word, candidate); count < fewest) {
      fewest = count;
      best = candidate;
    }
  return best;
}

std::string joined(std::span<const std::string> words) {
  std::string all;
  for (const auto& word : words) all += (all.empty() ? "" : ", ") + word;
  return all;
}

}  // namespace ksweep
