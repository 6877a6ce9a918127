#include "simulated_field.h"

#include <cmath>

#include "race/race_family.h"

namespace ksweep {

double Draws::exponential() { return -portable_log(1 - random_.uniform()) - 1; }

double Draws::lognormal() {
  const double e = portable_exp(1);
  return (portable_exp(normal()) - std::sqrt(e)) / std::sqrt((e - 1) * e);
}

double Draws::heavy() {
  const double a = normal(), b = normal(), c = normal();
  return normal() / std::sqrt(a * a + b * b + c * c);
}

// Skewed to the right: some trainings go badly; to the left: some go very well.
const std::vector<Law> laws = {
    {"normal", &Draws::normal},
    {"skewed right (exponential)", &Draws::exponential},
    {"skewed left (exponential)", [](Draws& draws) { return -draws.exponential(); }},
    {"very skewed right (lognormal, σ = 1)", &Draws::lognormal},
    {"very skewed left (lognormal, σ = 1)", [](Draws& draws) { return -draws.lognormal(); }},
    {"heavy-tailed (t, 3 degrees)", &Draws::heavy},
};

const std::vector<Family> families = {
    {"all equal", [](std::size_t) { return 0.0; }},
    {"two equal leaders",
     [](std::size_t setting) { return setting < 2 ? 0.0 : step_of_slope * static_cast<double>(setting); }},
    {"a slope", [](std::size_t setting) { return step_of_slope * static_cast<double>(setting); }},
    {"one far leader", [](std::size_t setting) { return setting == 0 ? 0.0 : 5.0; }},
};

Field made_field(const Family& family, const Law& law, std::size_t n_settings, bool best_scatters_most) {
  Field field{{}, std::vector<double>(n_settings, 1.0), 1, {}};
  for (std::size_t setting = 0; setting < n_settings; ++setting) field.means.push_back(family.mean(setting));
  field.draw = [means = field.means, draw = law.draw, best_scatters_most](Draws& draws) {
    std::vector<double> values;
    const double common = draws.normal();
    for (std::size_t setting = 0; setting < means.size(); ++setting)
      values.push_back(means[setting] + common + scatter_of(setting, best_scatters_most) * draw(draws));
    return values;
  };
  return field;
}

}  // namespace ksweep
