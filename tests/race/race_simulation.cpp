// How often the best setting leaves a race, what its answer loses, and which share of the full grid's trainings and core-hours
// a race takes: 2,000 simulated races a number, judged by the code that judges real ones.
//
//   race_simulation methods            compares methods, of which docs/racing.md chooses one
//   race_simulation races [LAW ...]    the chosen method, for all laws of the values over seeds or some
//   race_simulation published FILE     the chosen method, for settings of published sweeps: FILE is published_values.txt
//   race_simulation tolerances FILE    the chosen method with a tolerance
//   race_simulation refined [LAW ...]  races to which values of k are added
//
// prints the tables of docs/racing.md.

#include <fmt/core.h>

#include <algorithm>
#include <exception>
#include <functional>
#include <iterator>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "base/distributions.h"
#include "group_sequential.h"
#include "printed_table.h"
#include "published_fields.h"
#include "race/critical_value.h"
#include "refined_table.h"
#include "simulated_field.h"
#include "simulated_races.h"

namespace ksweep {
namespace {

constexpr Looks looks{4, 20};
constexpr double total_error = 0.05;
const std::vector<std::size_t> numbers_of_settings = {2, 5, 10, 40}, lengths_of_list = {looks.last, 40, 80};

RaceRules rules_with(double tolerance, std::size_t n_seeds = looks.last) {
  RaceRules rules;
  rules.start = looks.first;
  rules.n_seeds = n_seeds;
  rules.error = total_error;
  rules.tolerance = tolerance;
  return rules;
}

/// The critical values of the race itself.
CriticalValue chosen_method(std::size_t n_settings) {
  const double error = total_error / static_cast<double>(n_settings - 1);
  return [error](std::size_t n) { return critical_value(error, n); };
}

/// The larger numbers of the two ways to scatter, under each method.
std::vector<Outcome> simulate_worse(std::size_t n_settings, const Family& family, const Law& law,
                                    const std::vector<CriticalValue>& methods, double tolerance = 0) {
  auto worse = simulate(made_field(family, law, n_settings, true), rules_with(tolerance), methods);
  const auto other = simulate(made_field(family, law, n_settings, false), rules_with(tolerance), methods);
  for (std::size_t i = 0; i < worse.size(); ++i) worse[i] = worse_of(worse[i], other[i]);
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
      const auto outcomes = simulate_worse(n_settings, family, law, critical);
      for (std::size_t i = 0; i < methods.size(); ++i) {
        most[i] = std::max(most[i], outcomes[i].best_left);
        if (&law == &laws.front()) trainings[i].push_back(rounded_percent(outcomes[i].trainings));
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

/// One row a law and number of settings: for each family, how often the best leaves, and the trainings.  Then one row a law: for
/// each family, the largest loss.
void print_races(const std::vector<Law>& chosen) {
  std::vector<std::string> of_families;
  for (const Family& family : families) of_families.push_back(family.name);
  const auto headed = [&](std::vector<std::string> heads) {
    heads.insert(heads.end(), of_families.begin(), of_families.end());
    return heads;
  };
  print_head(headed({"values over seeds", "settings"}));
  std::vector<std::vector<std::string>> lines_of_losses;
  for (const Law& law : chosen) {
    std::vector<double> losses(families.size());
    for (const std::size_t n_settings : numbers_of_settings) {
      std::vector<std::string> cells = {law.name, std::to_string(n_settings)};
      for (std::size_t i = 0; i < families.size(); ++i) {
        const Outcome outcome = simulate_worse(n_settings, families[i], law, {chosen_method(n_settings)})[0];
        cells.push_back(fmt::format("{} / {}", percent(outcome.best_left),
                                    two_shares(outcome.trainings, outcome.trainings_as_precise)));
        losses[i] = std::max(losses[i], outcome.loss);
      }
      print_line(cells);
    }
    lines_of_losses.push_back({law.name});
    for (const double loss : losses) lines_of_losses.back().push_back(two_decimals(loss));
  }
  fmt::print("\n");
  print_head(headed({"values over seeds"}));
  for (const auto& line : lines_of_losses) print_line(line);
}

/// What races of settings of a published sweep come to with each way to draw values: normal, residuals, whole seeds.
std::vector<Outcome> simulate_published(const PublishedSweep& sweep, std::size_t n_seeds) {
  std::vector<Outcome> outcomes;
  for (const DrawnFrom from : {DrawnFrom::normals, DrawnFrom::residuals, DrawnFrom::seeds}) {
    const Field field = published_field(sweep, from);
    outcomes.push_back(simulate(field, rules_with(0, n_seeds), {chosen_method(field.size())})[0]);
  }
  return outcomes;
}

/// One row a published sweep: how often the best leaves with each way to draw values, and the largest of each other number.
void print_published(const std::vector<PublishedSweep>& sweeps) {
  std::vector<std::string> heads = {"settings of",     "settings", "seeds",    "correlation",
                                    "the best leaves", "loss",     "trainings"};
  for (const std::size_t n_seeds : lengths_of_list)
    heads.push_back(fmt::format("core-hours, {} seeds", n_seeds));
  print_head(heads);
  for (const PublishedSweep& sweep : sweeps) {
    std::vector<std::string> cells = {sweep.name, std::to_string(sweep.settings.size()),
                                      std::to_string(sweep.n_seeds()), two_decimals(correlation(sweep))};
    for (const std::size_t n_seeds : lengths_of_list) {
      const auto outcomes = simulate_published(sweep, n_seeds);
      const Outcome worst = worse_of(outcomes[0], worse_of(outcomes[1], outcomes[2]));
      if (n_seeds == looks.last) {
        cells.push_back(fmt::format("{} / {} / {}", percent(outcomes[0].best_left),
                                    percent(outcomes[1].best_left), percent(outcomes[2].best_left)));
        cells.push_back(two_decimals(worst.loss));
        cells.push_back(two_shares(worst.trainings, worst.trainings_as_precise));
      }
      cells.push_back(two_shares(worst.hours, worst.hours_as_precise));
    }
    print_line(cells);
  }
}

/// One row a family of 10 made-up settings or a published sweep, with normal values; one column a tolerance.
void print_tolerances(const std::vector<PublishedSweep>& sweeps) {
  constexpr std::size_t n_settings = 10;
  const std::vector<double> tolerances = {0, 0.5, 1, 2};
  std::vector<std::string> heads = {"settings"};
  for (const double tolerance : tolerances) heads.push_back(fmt::format("tolerance {:g}", tolerance));
  print_head(heads);
  const auto print_row = [&](const std::string& name,
                             const std::function<Outcome(double tolerance)>& outcome_with) {
    std::vector<std::string> cells = {name};
    for (const double tolerance : tolerances) {
      const Outcome outcome = outcome_with(tolerance);
      cells.push_back(fmt::format("{} / {} / {}", percent(outcome.best_left), two_decimals(outcome.loss),
                                  two_shares(outcome.hours, outcome.hours_as_precise)));
    }
    print_line(cells);
  };
  for (const Family& family : families)
    print_row(fmt::format("{} {}", n_settings, family.name), [&](double tolerance) {
      return simulate_worse(n_settings, family, laws.front(), {chosen_method(n_settings)}, tolerance)[0];
    });
  for (const PublishedSweep& sweep : sweeps) {
    const Field field = published_field(sweep, DrawnFrom::normals);
    print_row(sweep.name, [&](double tolerance) {
      return simulate(field, rules_with(tolerance * field.scatter), {chosen_method(field.size())})[0];
    });
  }
}

constexpr const char* usage =
    "Say what to print: race_simulation methods, races [LAW ...], published FILE, tolerances FILE or refined [LAW ...]; "
    "FILE is tests/race/published_values.txt.\n";

/// Returns the laws of these names, or all.
std::vector<Law> laws_named(const std::vector<std::string>& names) {
  for (const std::string& name : names)
    if (std::none_of(laws.begin(), laws.end(), [&](const Law& law) { return law.name == name; })) {
      std::string message = fmt::format("There is no law '{}'. The laws:", name);
      for (const Law& law : laws) message += "\n  " + law.name;
      throw std::invalid_argument(message);
    }
  std::vector<Law> chosen;
  std::copy_if(laws.begin(), laws.end(), std::back_inserter(chosen), [&](const Law& law) {
    return names.empty() || std::find(names.begin(), names.end(), law.name) != names.end();
  });
  return chosen;
}

int print_tables(const std::string& which, const std::vector<std::string>& words) {
  if (which == "races") {
    print_races(laws_named(words));
  } else if (which == "refined") {
    print_refined(laws_named(words));
  } else if (which == "methods" && words.empty()) {
    print_methods();
  } else if (which == "published" && words.size() == 1) {
    print_published(read_published(words[0]));
  } else if (which == "tolerances" && words.size() == 1) {
    print_tolerances(read_published(words[0]));
  } else {
    fmt::print(stderr, usage);
    return 2;
  }
  return 0;
}

}  // namespace
}  // namespace ksweep

int main(int argc, char** argv) {
  const std::vector<std::string> words(argv + 1, argv + argc);
  try {
    return ksweep::print_tables(words.empty() ? "" : words[0],
                                {words.begin() + std::min<long>(1, argc - 1), words.end()});
  } catch (const std::exception& error) {
    fmt::print(stderr, "{}\n", error.what());
    return 2;
  }
}
