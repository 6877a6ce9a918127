#include "store/status_file.h"

#include <fmt/core.h>

#include <algorithm>
#include <boost/property_tree/json_parser.hpp>
#include <boost/property_tree/ptree.hpp>
#include <cmath>
#include <sstream>
#include <utility>

#include "base/atomic_file.h"
#include "base/errors.h"
#include "base/utf8.h"
#include "core/trial_keys.h"

namespace ksweep {
namespace {

namespace pt = boost::property_tree;

constexpr std::pair<const char*, std::string SweepStatus::*> texts[] = {
    {"title", &SweepStatus::title}, {"state", &SweepStatus::state},
    {"shard", &SweepStatus::shard}, {"attempt", &SweepStatus::attempt},
    {"host", &SweepStatus::host},   {"best_trial", &SweepStatus::best_trial},
    {"notes", &SweepStatus::notes}, {"best_metric", &SweepStatus::best_metric},
    {"race", &SweepStatus::race},
};

constexpr std::pair<const char*, double SweepStatus::*> numbers[] = {
    {"pid", &SweepStatus::pid},
    {"pid_start", &SweepStatus::pid_start},
    {"ranks_lost", &SweepStatus::ranks_lost},
    {"exit_code", &SweepStatus::exit_code},
    {"n_trials", &SweepStatus::n_trials},
    {"n_done", &SweepStatus::n_done},
    {"n_failed", &SweepStatus::n_failed},
    {"n_not_needed", &SweepStatus::n_not_needed},
    {"n_running", &SweepStatus::n_running},
    {"best_accuracy", &SweepStatus::best_accuracy},
    {"best", &SweepStatus::best},
    {"trials_per_s", &SweepStatus::trials_per_s},
    {"left_s", &SweepStatus::left_s},
    {"started_unix_s", &SweepStatus::started_unix_s},
    {"updated_unix_s", &SweepStatus::updated_unix_s},
};

/// Returns whether the field was added after the first version of the format.
bool is_optional(std::string_view name) {
  constexpr std::string_view added[] = {"shard",       "notes", "attempt", "ranks_lost",  "exit_code",
                                        "best_metric", "best",  "race",    "n_not_needed"};
  return std::ranges::count(added, name) > 0;
}

}  // namespace

std::string json_quoted(const std::string& text) {
  return '"' + pt::json_parser::create_escapes(as_utf8(text)) + '"';
}

namespace {

/// Does not use write_json, which would quote the numbers.
std::string json_text(const SweepStatus& status) {
  std::string json;
  const auto add = [&](const char* name, const std::string& value) {
    json += fmt::format("{}  \"{}\": {}", json.empty() ? "{\n" : ",\n", name, value);
  };
  for (const auto& [name, text] : texts) add(name, json_quoted(status.*text));
  for (const auto& [name, number] : numbers)
    add(name, std::isfinite(status.*number) ? shortest_text(status.*number) : "null");
  add("running", status.running);
  return json + "\n}\n";
}

constexpr std::size_t most_bytes = 1 << 16, most_brackets = 1000;
constexpr double largest_number = 1e15;  // converts to any integer

/// Rejects deeply nested JSON: the parser recurses at each bracket and would overflow its stack.
void check_depth(const std::string& json) {
  const auto n_brackets =
      std::ranges::count_if(json, [](char letter) { return letter == '[' || letter == '{'; });
  if (static_cast<std::size_t>(n_brackets) > most_brackets) throw pt::ptree_error("too deep");
}

double checked_number(double number) {
  if (!(std::abs(number) <= largest_number)) throw pt::ptree_error("an impossible number");
  return number;
}

SweepStatus status_of(const std::string& json) {
  check_depth(json);
  std::istringstream stream(json);
  pt::ptree tree;
  pt::read_json(stream, tree);
  SweepStatus status;
  for (const auto& [name, text] : texts)
    if (tree.count(name) || !is_optional(name)) status.*text = tree.get<std::string>(name);
  for (const auto& [name, number] : numbers) {
    if (!tree.count(name) && is_optional(name)) continue;
    const bool unknown = tree.get<std::string>(name) == "null";
    status.*number =
        unknown ? std::numeric_limits<double>::quiet_NaN() : checked_number(tree.get<double>(name));
  }
  return status;
}

}  // namespace

std::filesystem::path status_path(const std::filesystem::path& folder, const std::string& suffix) {
  return folder / ("status" + suffix + ".json");
}

std::vector<std::filesystem::path> status_paths(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> paths;
  std::error_code none;
  for (const auto& entry : std::filesystem::directory_iterator(folder, none)) {
    const std::string name = entry.path().filename().string();
    if (name.starts_with("status") && name.ends_with(".json")) paths.push_back(entry.path());
  }
  if (paths.empty())
    throw UserError(
        "{}: is not there: no sweep has been run into this folder. Give the folder that `ksweep run` was "
        "given as --output, results/NAME by default.",
        status_path(folder).string());
  std::ranges::sort(paths);
  return paths;
}

void write_status(const std::filesystem::path& path, const SweepStatus& status) {
  write_file_atomically(path, json_text(status));
}

SweepStatus read_status(const std::filesystem::path& path) {
  try {
    return status_of(read_file(path, most_bytes));
  } catch (const pt::ptree_error& error) {
    throw UserError(
        "{}: is no status of a sweep ({}): the state is unknown. Remove it; the next `ksweep run` writes it "
        "again and loses no result.",
        path.string(), error.what());
  }
}

}  // namespace ksweep
