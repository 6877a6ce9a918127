#include "model/max_norm.h"

#include <array>
#include <cmath>
#include <cstddef>

namespace ksweep {
namespace {

/// Limits `lanes` units from `first` on.
void limit_units(Layer& layer, double max_norm, int first) {
  std::array<double, lanes> squares{};
  std::array<float, lanes> factors;
  const auto row = [&](int input) {
    return layer.weights.data() + std::ptrdiff_t{input} * layer.stride + first;
  };
  for (int input = 0; input < layer.n_inputs; ++input)
    for (std::size_t u = 0; u < lanes; ++u) squares[u] += static_cast<double>(row(input)[u]) * row(input)[u];
  bool any = false;
  for (std::size_t u = 0; u < lanes; ++u) {
    const double length = std::sqrt(squares[u]);
    any = any || length > max_norm;
    factors[u] = length > max_norm ? static_cast<float>(max_norm / length) : 1.0f;
  }
  if (!any) return;
  for (int input = 0; input < layer.n_inputs; ++input)
    for (std::size_t u = 0; u < lanes; ++u) row(input)[u] *= factors[u];
}

}  // namespace

void limit_incoming_weights(Layer& layer, double max_norm, const Team& team) {
#pragma omp parallel for num_threads(team.n_threads()) schedule(static)
  for (int group = 0; group < layer.stride / lanes; ++group) limit_units(layer, max_norm, group * lanes);
}

}  // namespace ksweep
