// How often the best setting leaves a race, and which share of the full grid's trainings a race takes: 2,000 simulated
// races a number, judged by the code that judges real ones.
//
//   race_simulation methods            compares methods, of which docs/racing.md chooses one
//   race_simulation races [LAW ...]    the chosen method, for all laws of the values over seeds or some
//
// prints the tables of docs/racing.md.  Smaller values are better; the first setting is the best.

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "base/distributions.h"
#include "base/portable_math.h"
#include "cli/race_family.h"
#include "group_sequential.h"
#include "race/critical_value.h"
#include "race/judge_race.h"

namespace ksweep {
namespace {

constexpr int n_races = 2000;
constexpr Looks looks{4, 20};
constexpr double total_error = 0.05;
const std::vector<std::size_t> numbers_of_settings = {2, 5, 10, 40};

/// Draws of values over seeds, mean 0 and standard deviation 1.
class Draws {
 public:
  explicit Draws(std::uint64_t seed) : random_(seed, Purpose::split), normals_(random_) {}
  double normal() { return normals_.next(); }
  double exponential() { return -portable_log(1 - random_.uniform()) - 1; }
  double lognormal() {
    const double e = portable_exp(1);
    return (portable_exp(normal()) - std::sqrt(e)) / std::sqrt((e - 1) * e);
  }
  double heavy() {
    const double a = normal(), b = normal(), c = normal();
    return normal() / std::sqrt(a * a + b * b + c * c);
  }

 private:
  RandomStream random_;
  PortableNormals normals_;
};

struct Law {
  std::string name;
  std::function<double(Draws&)> draw;
};
// Skewed to the right: some trainings go badly; to the left: some go very well.
const std::vector<Law> laws = {
    {"normal", &Draws::normal},
    {"skewed right (exponential)", &Draws::exponential},
    {"skewed left (exponential)", [](Draws& draws) { return -draws.exponential(); }},
    {"very skewed right (lognormal, σ = 1)", &Draws::lognormal},
    {"very skewed left (lognormal, σ = 1)", [](Draws& draws) { return -draws.lognormal(); }},
    {"heavy-tailed (t, 3 degrees)", &Draws::heavy},
};

struct Family {
  std::string name;
  std::function<double(std::size_t)> mean;
};
const std::vector<Family> families = {
    {"all equal", [](std::size_t) { return 0.0; }},
    {"two equal leaders",
     [](std::size_t setting) { return setting < 2 ? 0.0 : step_of_slope * static_cast<double>(setting); }},
    {"a slope", [](std::size_t setting) { return step_of_slope * static_cast<double>(setting); }},
    {"one far leader", [](std::size_t setting) { return setting == 0 ? 0.0 : 5.0; }},
};

struct Case {
  std::size_t n_settings;
  const Family& family;
  const Law& law;
  bool best_scatters_most;
};

/// Values of all settings over all seeds; what all have in common in a seed, the pairing removes.
RaceMetric draw_race(const Case& from, std::uint64_t seed) {
  Draws draws(seed);
  RaceMetric metric(from.n_settings);
  for (std::size_t round = 0; round < looks.last; ++round) {
    const double common = draws.normal();
    for (std::size_t setting = 0; setting < from.n_settings; ++setting)
      metric[setting].push_back(from.family.mean(setting) + common +
                                scatter_of(setting, from.best_scatters_most) * from.law.draw(draws));
  }
  return metric;
}

struct Outcome {
  double best_left = 0, trainings = 0;  // shares
};

double trainings_of(const RaceState& state) {
  double sum = static_cast<double>(state.in_race.size() * state.n_rounds);
  for (const Departure& departure : state.left) sum += static_cast<double>(departure.n_seeds);
  return sum;
}

/// Returns what the races of one case come to under each method's critical values.
std::vector<Outcome> simulate(const Case& from, const std::vector<CriticalValue>& methods) {
  RaceRules rules;
  rules.start = looks.first;
  rules.n_seeds = looks.last;
  std::vector<Outcome> outcomes(methods.size());
  for (int race = 0; race < n_races; ++race) {
    const RaceMetric metric = draw_race(from, static_cast<std::uint64_t>(race));
    for (std::size_t i = 0; i < methods.size(); ++i) {
      const RaceState state = judge_race(metric, rules, methods[i]);
      const bool left = std::any_of(state.left.begin(), state.left.end(),
                                    [](const Departure& d) { return d.setting == 0; });
      outcomes[i].best_left += left ? 1.0 / n_races : 0;
      outcomes[i].trainings +=
          trainings_of(state) / static_cast<double>(from.n_settings * looks.last) / n_races;
    }
  }
  return outcomes;
}

/// The larger number of the two ways to scatter, under each method.
std::vector<Outcome> worse_of(std::size_t n_settings, const Family& family, const Law& law,
                              const std::vector<CriticalValue>& methods) {
  auto worse = simulate({n_settings, family, law, true}, methods);
  const auto other = simulate({n_settings, family, law, false}, methods);
  for (std::size_t i = 0; i < worse.size(); ++i) {
    worse[i].best_left = std::max(worse[i].best_left, other[i].best_left);
    worse[i].trainings = std::max(worse[i].trainings, other[i].trainings);
  }
  return worse;
}

/// Each look gets its share of the error, whatever the others do (Bonferroni).
double bonferroni_value(double error, std::size_t n) {
  const double before = n == looks.first ? 0 : spent(error, n - 1, looks.last);
  return student_t_quantile(static_cast<double>(n - 1), spent(error, n, looks.last) - before);
}

CriticalValue from_table(std::vector<double> values) {
  return [values = std::move(values)](std::size_t n) { return values.at(n - looks.first); };
}

struct Method {
  std::string name;
  std::function<CriticalValue(double error)> critical_value;
};
const std::vector<Method> methods = {
    {"no correction for looks: t",
     [](double error) {
       return [error](std::size_t n) { return student_t_quantile(static_cast<double>(n - 1), error); };
     }},
    {"t martingale, precision 0.1 (the race's)",
     [](double error) { return [error](std::size_t n) { return critical_value(error, n); }; }},
    {"t martingale, precision 0.01",
     [](double error) { return [error](std::size_t n) { return critical_value(error, n, 0.01); }; }},
    {"t martingale, precision 1",
     [](double error) { return [error](std::size_t n) { return critical_value(error, n, 1); }; }},
    {"group-sequential t, Bonferroni, ρ = 2",
     [](double error) { return [error](std::size_t n) { return bonferroni_value(error, n); }; }},
    {"group-sequential t, exact, ρ = 1",
     [](double error) { return from_table(group_sequential_values(error, looks, 1)); }},
    {"group-sequential t, exact, ρ = 2",
     [](double error) { return from_table(group_sequential_values(error, looks, 2)); }},
    {"group-sequential t, exact, ρ = 3",
     [](double error) { return from_table(group_sequential_values(error, looks, 3)); }},
};

void print_line(const std::vector<std::string>& cells) {
  for (const std::string& cell : cells) fmt::print("| {} ", cell);
  fmt::print("|\n");
}

void print_head(const std::vector<std::string>& cells) {
  print_line(cells);
  print_line(std::vector<std::string>(cells.size(), "---"));
}

std::string percent(double share) { return fmt::format("{:.1f}", 100 * share); }

/// One row a method, with 10 settings: the family in which the best leaves most often, of each law; and the trainings
/// of families with normal values.
void print_methods() {
  constexpr std::size_t n_settings = 10;
  std::vector<std::string> heads = {"method"};
  std::vector<CriticalValue> critical;
  std::vector<std::vector<std::string>> lines;
  for (const Method& method : methods) {
    lines.push_back({method.name});
    critical.push_back(method.critical_value(total_error / (n_settings - 1)));
  }
  std::vector<std::vector<std::string>> trainings(methods.size());
  for (const Law& law : laws) {
    std::vector<double> most(methods.size());
    for (const Family& family : families) {
      const auto outcomes = worse_of(n_settings, family, law, critical);
      for (std::size_t i = 0; i < methods.size(); ++i) {
        most[i] = std::max(most[i], outcomes[i].best_left);
        if (&law == &laws.front()) trainings[i].push_back(fmt::format("{:.0f}", 100 * outcomes[i].trainings));
      }
    }
    heads.push_back(law.name);
    for (std::size_t i = 0; i < methods.size(); ++i) lines[i].push_back(percent(most[i]));
  }
  for (const Family& family : families) heads.push_back("trainings, " + family.name);
  print_head(heads);
  for (std::size_t i = 0; i < methods.size(); ++i) {
    lines[i].insert(lines[i].end(), trainings[i].begin(), trainings[i].end());
    print_line(lines[i]);
  }
}

/// One row a law and number of settings: for each family, how often the best leaves, and the trainings.
void print_races(const std::vector<std::string>& names) {
  std::vector<std::string> heads = {"values over seeds", "settings"};
  for (const Family& family : families) heads.push_back(family.name);
  print_head(heads);
  for (const Law& law : laws) {
    if (!names.empty() && std::find(names.begin(), names.end(), law.name) == names.end()) continue;
    for (const std::size_t n_settings : numbers_of_settings) {
      std::vector<std::string> cells = {law.name, std::to_string(n_settings)};
      const double error = total_error / static_cast<double>(n_settings - 1);
      const CriticalValue critical = [error](std::size_t n) { return critical_value(error, n); };
      for (const Family& family : families) {
        const Outcome outcome = worse_of(n_settings, family, law, {critical})[0];
        cells.push_back(fmt::format("{} / {:.0f}", percent(outcome.best_left), 100 * outcome.trainings));
      }
      print_line(cells);
    }
  }
}

}  // namespace
}  // namespace ksweep

int main(int argc, char** argv) {
  using namespace ksweep;
  const std::vector<std::string> words(argv + 1, argv + argc);
  const bool races = !words.empty() && words[0] == "races",
             all = words == std::vector<std::string>{"methods"};
  if (!races && !all) {
    fmt::print(stderr, "Say what to print: race_simulation methods, or race_simulation races [LAW ...]\n");
    return 2;
  }
  for (std::size_t i = 1; i < words.size(); ++i)
    if (std::none_of(laws.begin(), laws.end(), [&](const Law& law) { return law.name == words[i]; })) {
      fmt::print(stderr, "There is no law '{}'. The laws:\n", words[i]);
      for (const Law& law : laws) fmt::print(stderr, "  {}\n", law.name);
      return 2;
    }
  if (all)
    print_methods();
  else
    print_races({words.begin() + 1, words.end()});
}
