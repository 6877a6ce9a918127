#include "run/provenance.h"

#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>

#include "base/build_info.h"
#include "base/host.h"
#include "core/trial_keys.h"
#include "run/foreign_folder.h"
#include "run/launch.h"
#include "run/text.h"
#include "schedule/collect.h"
#include "schedule/environment.h"
#include "store/sweep_file.h"

namespace ksweep {
namespace {

/// Returns the command line that a process was started with; empty if it is not known.
std::vector<std::string> words_of_process(const std::string& process) {
  std::ifstream file("/proc/" + process + "/cmdline", std::ios::binary);
  std::vector<std::string> words;
  for (std::string word; std::getline(file, word, '\0');) words.push_back(word);
  return words;
}

/// Returns the labels in one line, each preceded by a tab.
std::string class_columns(const std::vector<std::string>& names) {
  std::string columns;
  for (std::string name : names) {
    std::ranges::replace_if(
        name, [](char letter) { return letter == '\t' || letter == '\n'; }, ' ');
    columns += "\t" + name;
  }
  return columns;
}

std::string slurm_job() {
  const char* job = std::getenv("SLURM_JOB_ID");
  if (!job) return "";
  const char* restarts = std::getenv("SLURM_RESTART_COUNT");
  return std::string(job) + (restarts ? ", restart " + std::string(restarts) : "");
}

}  // namespace

std::string command_text(int n_ranks) {
  if (const char* supervised = std::getenv(command_variable)) return supervised;
  const Launcher how = launcher([](const char* name) -> const char* { return std::getenv(name); });
  const auto mine = words_of_process("self"), parents = words_of_process(std::to_string(::getppid()));
  // Includes mpirun's own options, such as hosts and binding, if it runs on this node.
  if (how == Launcher::mpirun && parents.size() > mine.size() &&
      std::equal(mine.rbegin(), mine.rend(), parents.rbegin()))
    return shell_command(parents);
  const std::string command = shell_command(mine), n = std::to_string(n_ranks);
  if (how == Launcher::mpirun) return fmt::format("mpirun -n {} {}", n, command);
  if (how == Launcher::srun) return fmt::format("srun --mpi=pmix -n {} {}", n, command);
  return command;
}

std::vector<std::pair<std::string, std::string>> provenance(const Sweep& sweep, const RunData& data,
                                                            const RunFacts& facts) {
  const BuildInfo& build = build_info();
  std::string overrides, hashes, sources, scales, labels, notes;
  for (const std::string& text : sweep.overrides) overrides += (overrides.empty() ? "" : "\n") + text;
  for (const auto& [name, set] : data.sets()) {
    hashes += fmt::format("{}{} {}", hashes.empty() ? "" : "\n", name, set.content_hash);
    sources += fmt::format("{}{}: {}", sources.empty() ? "" : "\n", name, set.source);
    scales += fmt::format("{}{} {}", scales.empty() ? "" : "\n", name, shortest_text(set.scale));
    if (!set.class_names.empty())
      labels += (labels.empty() ? "" : "\n") + name + class_columns(set.class_names);
  }
  for (const std::string& note : data.notes(sweep)) notes += (notes.empty() ? "" : "\n") + note;
  return {{"title", sweep.title},
          {"generator", "ksweep"},
          {"version", build.version},
          {"commit", build.commit},
          {"command", command_text(facts.n_ranks)},
          {sweep_place_attribute, sweep.file.string()},
          {"sweep_text", sweep.text},
          {"overrides", overrides},
          {report_metric_attribute, sweep.report_metric},
          {report_names_attribute, sweep.report_names},
          {"data_hash", hashes},
          {"data_source", sources},
          {"data_scale", scales},
          {"class_labels", labels},
          {"data_notes", notes},
          {"compiler", build.compiler},
          {"compiler_flags", build.flags},
          {"cpu", cpu_model()},
          {"instruction_set", facts.isa},
          {"ranks", std::to_string(facts.n_ranks)},
          {"threads", std::to_string(facts.n_threads)},
          {"hosts", facts.hosts},
          {"mpi_library", mpi_library()},
          {"hdf5_library", hdf5_version()},
          {"slurm_job", slurm_job()},
          {"created", iso_time(unix_time_s())}};
}

}  // namespace ksweep
