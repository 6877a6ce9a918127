#pragma once

#include <string>

namespace ksweep {

inline constexpr const char* superposition_name = "superposition";  ///< in data.set

/// The keys of [data] that concern the generator `superposition`, with their defaults.
struct SuperpositionRecipe {
  int n_features = 1024, n_inputs = 64;
  double true_l0 = 10, frequency_exponent = 0.5, noise = 0;
  bool operator==(const SuperpositionRecipe&) const = default;
};

/// Returns "1024 features, L0 10, exponent 0.5, noise 0 in 64 dimensions".
std::string recipe_text(const SuperpositionRecipe& recipe);

}  // namespace ksweep
