#include "run/open_run.h"

#include <fmt/core.h>

#include <cstdlib>
#include <sstream>

#include "core/trial_keys.h"
#include "run/added_k.h"
#include "run/launch.h"
#include "run/race.h"
#include "run/require_threads.h"
#include "run/signals.h"
#include "run/starting_weights.h"
#include "run/stop_cause.h"
#include "schedule/collect.h"
#include "sweep/read_sweep.h"

namespace ksweep {
namespace {

// Files that MPI, libraries and results need.
constexpr int files_of_a_rank = 16;

const std::atomic<bool>& catch_signals() {
  const std::atomic<bool>& stop_requested = catch_stop_signals();
  note_senders();
  return stop_requested;
}

/// Joins the other ranks.
MpiSession join_ranks() {
  require_open_files(files_of_a_rank);
  int argc = 0;
  char** argv = nullptr;
  return MpiSession(argc, argv);
}

/// Reads the sweep file once for all ranks and, in the supervisor, for all starts of them: the file may
/// change or be a pipe.
Sweep common_sweep(const MpiSession& session, const RunOptions& options) {
  const bool is_first = session.rank() == 0;
  std::string text;
  together(session.world(), [&] {
    if (!is_first) return;
    const char* given = std::getenv(attempt_variable) ? std::getenv(sweep_variable) : nullptr;
    text = given ? given : read_sweep_text(options.sweep);
  });
  text = first_text(session.world(), text);
  Sweep sweep;
  together(session.world(), [&] {
    sweep = read_sweep(options.sweep, options.overrides, text);
    check_race_options(sweep, options);
  });
  if (is_first)
    for (const std::string& note : sweep.notes) fmt::print(stderr, "ksweep: {}\n", note);
  return sweep;
}

ThreadPlan common_threads(const MpiSession& session, const RunOptions& options) {
  const auto lookup = [](const char* name) -> const char* { return std::getenv(name); };
  ThreadPlan threads = check_threads(session.world(), thread_request(options.threads, lookup));
  if (session.rank() == 0 && !threads.warning.empty()) fmt::print(stderr, "ksweep: {}\n", threads.warning);
  together(session.world(), [&] { require_threads(threads.threads); });
  return threads;
}

/// Prints how the samples were transformed, and what looks wrong with them.
void describe_data(const Sweep& sweep, const RunData& data) {
  for (const auto& [name, set] : data.sets())
    if (set.scale != 1)
      fmt::print(stderr, "ksweep: {}: samples are divided by {}\n", name, shortest_text(set.scale));
  for (const std::string& note : data.notes(sweep)) fmt::print(stderr, "ksweep: {}\n", note);
}

}  // namespace

OpenRun::OpenRun(const RunOptions& options)
    : options_(options),
      stop_requested_(catch_signals()),
      session_(join_ranks()),
      sweep_(common_sweep(session_, options)),
      threads_(common_threads(session_, options)),
      data_(session_.world(), sweep_, options.data_dir) {
  if (is_first()) describe_data(sweep_, data_);
  settle_starts();
}

bool OpenRun::add_values_of_k(bool with_failed) {
  std::vector<std::uint32_t> list;
  together(world(), [&] {
    if (!is_first()) return;
    Sweep grown = sweep_;
    for (const AddedK& added : ksweep::add_values_of_k(grown, facts(), Store(options_.output),
                                                       options_.budget_core_hours, with_failed))
      list.insert(list.end(), {added.like, added.k});
    sweep_.race = grown.race;
  });
  list = list_of_first(world(), list);
  together(world(), [&] {
    for (std::size_t i = 0; i < list.size(); i += 2) add_value_of_k(sweep_, {list[i], list[i + 1]});
  });
  return !list.empty();
}

void OpenRun::settle_starts() {
  const auto dataset_of = [&](const Trial& trial) -> const Dataset& { return data_.of(trial); };
  const auto settle = [&] { return ksweep::settle_starts(sweep_, weight_places(), dataset_of); };
  std::string values;
  together(world(), [&] {
    if (!is_first()) return;
    for (const std::string& note : settle()) fmt::print(stderr, "ksweep: {}\n", note);
    for (const Trial& trial : sweep_.trials) values.append(trial.start_from).append("\n");
  });
  std::istringstream lines(first_text(world(), values));
  for (Trial& trial : sweep_.trials) std::getline(lines, trial.start_from);
  together(world(), [&] {
    if (!is_first()) settle();  // what the first rank found must be here, too
  });
}

}  // namespace ksweep
