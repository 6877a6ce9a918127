#include "probe/mutual_information.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace ksweep {
namespace {

double entropy(const std::vector<double>& counts, double total) {
  double sum = 0;
  for (const double count : counts)
    if (count > 0) sum -= count / total * std::log(count / total);
  return sum;
}

}  // namespace

double normalised_mutual_information(std::span<const std::int32_t> counts, int n_columns) {
  const auto n = static_cast<std::size_t>(n_columns);
  std::vector<double> both(counts.begin(), counts.end()), rows(counts.size() / n), columns(n);
  double total = 0;
  for (std::size_t i = 0; i < both.size(); ++i) {
    rows[i / n] += both[i];
    columns[i % n] += both[i];
    total += both[i];
  }
  const double of_rows = entropy(rows, total), of_columns = entropy(columns, total);
  if (of_rows + of_columns == 0) return 1;
  return std::max(0.0, 2 * (of_rows + of_columns - entropy(both, total)) / (of_rows + of_columns));
}

}  // namespace ksweep
