/// ksweep_benchmark facts | kernels ISA | step ISA THREADS FOLDER N key=value… | trial ISA THREADS key=value…
///                  | classifier ISA THREADS FOLDER
/// ISA "best": the best of this CPU.  N: steps whose losses are printed.  Keys are those of a sweep file.  Started by tests/benchmark/run.

#include <cstdio>
#include <stdexcept>
#include <string>
#include <vector>

#include "base/build_info.h"
#include "base/denormals.h"
#include "base/host.h"
#include "benchmark.h"
#include "core/trial_keys.h"
#include "kernels/isa.h"

using namespace ksweep;

namespace {

Trial trial_of(const std::vector<std::string>& settings) {
  Trial trial = default_trial();
  trial.rate_schedule = RateSchedule::constant;  // steps that are timed have no last one
  for (const std::string& setting : settings) {
    const std::size_t equals = setting.find('=');
    const Key* key = find_key(setting.substr(0, equals));
    if (!key || equals == std::string::npos) throw std::runtime_error(setting + ": no such key");
    if (const auto fault = set_from_text(*key, trial, setting.substr(equals + 1)))
      throw std::runtime_error(setting + ": " + *fault);
  }
  return trial;
}

const Kernels& chosen() { return fastest_alike(best_kernels().isa); }

void print_facts() {
  std::string isas, screening;
  for (const std::string& isa : all_isas()) {
    isas += (isas.empty() ? "\"" : ", \"") + isa + "\"";
    if (kernels_for(isa).screening) screening += (screening.empty() ? "\"" : ", \"") + isa + "\"";
  }
  std::printf(
      "{\"cpu\": \"%s\", \"isas\": [%s], \"screening_isas\": [%s], \"chosen_isa\": \"%s\", \"bits_of_chosen\": \"%s\", \"version\": \"%s\", \"commit\": "
      "\"%s\", \"compiler\": \"%s\", \"flags\": \"%s\"}\n",
      cpu_model().c_str(), isas.c_str(), screening.c_str(), chosen().isa, chosen().bits,
      build_info().version.c_str(), build_info().commit.c_str(), build_info().compiler.c_str(),
      build_info().flags.c_str());
}

void measure(const std::vector<std::string>& words) {
  const std::string& part = words.at(0);
  if (part == "facts") return print_facts();
  const Kernels& kernels = words.at(1) == "best" ? chosen() : kernels_for(words.at(1));
  if (part == "kernels") return benchmark::measure_kernels(kernels);
  const int n_threads = std::stoi(words.at(2));
  if (part == "classifier") return benchmark::serve_classifiers(kernels, n_threads, words.at(3));
  if (part == "step")
    return benchmark::serve_steps(trial_of({words.begin() + 5, words.end()}), kernels, n_threads, words.at(3),
                                  std::stoi(words.at(4)));
  if (part == "trial")
    return benchmark::serve_trials(trial_of({words.begin() + 3, words.end()}), kernels, n_threads);
  throw std::runtime_error("unknown part " + part);
}

}  // namespace

int main(int argc, char** argv) {
  flush_denormals();
  try {
    measure({argv + 1, argv + argc});
  } catch (const std::exception& error) {
    std::fprintf(stderr, "ksweep_benchmark: %s\n", error.what());
    return 1;
  }
}
