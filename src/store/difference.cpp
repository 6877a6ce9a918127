#include "store/difference.h"

#include <fmt/core.h>

#include <algorithm>
#include <bit>
#include <cmath>

#include "core/trial_keys.h"
#include "store/columns.h"

namespace ksweep {
namespace {

bool same_number(double a, double b) {
  return (std::isnan(a) && std::isnan(b)) ||
         std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b);
}

std::string number_text(double value) { return std::isnan(value) ? "not measured" : shortest_text(value); }

double element(const std::vector<double>& values, std::size_t i) {
  return i < values.size() ? values[i] : not_measured;
}

std::optional<Difference> differing_text(const TrialResult& a, const TrialResult& b) {
  if (const auto one = identity(a.trial), other = identity(b.trial); one != other)
    return Difference{"specification", one, other};
  if (a.status != b.status) return Difference{"status", status_name(a.status), status_name(b.status)};
  return std::nullopt;
}

std::optional<Difference> differing_scalar(const TrialResult& a, const TrialResult& b) {
  for (const auto& quantity : scalar_quantities()) {
    const double one = a.*quantity.member, other = b.*quantity.member;
    if (quantity.reproducible && !same_number(one, other))
      return Difference{quantity.name, number_text(one), number_text(other)};
  }
  return std::nullopt;
}

std::optional<Difference> differing_vector(const TrialResult& a, const TrialResult& b) {
  for (const auto& quantity : vector_quantities()) {
    const auto &one = a.*quantity.member, &other = b.*quantity.member;
    for (std::size_t i = 0; i < std::max(one.size(), other.size()); ++i)
      if (!same_number(element(one, i), element(other, i)))
        return Difference{fmt::format("{}[{}]", quantity.name, i), number_text(element(one, i)),
                          number_text(element(other, i))};
  }
  return std::nullopt;
}

std::optional<Difference> differing_rest(const TrialResult& a, const TrialResult& b) {
  const auto &one = a.test_confusion, &other = b.test_confusion;
  if (one.size() != other.size())
    return Difference{"size of test_confusion", std::to_string(one.size()), std::to_string(other.size())};
  if (const auto [i, j] = std::ranges::mismatch(one, other); i != one.end())
    return Difference{fmt::format("test_confusion[{}]", i - one.begin()), std::to_string(*i),
                      std::to_string(*j)};
  if (a.weights_sha256 != b.weights_sha256)
    return Difference{"weights_sha256", a.weights_sha256, b.weights_sha256};
  return std::nullopt;
}

}  // namespace

std::optional<Difference> first_difference(const TrialResult& a, const TrialResult& b) {
  for (const auto compare : {differing_text, differing_scalar, differing_vector, differing_rest})
    if (auto difference = compare(a, b)) return difference;
  return std::nullopt;
}

}  // namespace ksweep
