#include "cli/provenance.h"

#include <cstdlib>

#include "core/atomic_file.h"
#include "core/build_info.h"
#include "core/host.h"
#include "schedule/collect.h"
#include "schedule/environment.h"
#include "store/sweep_file.h"

namespace ksweep {
namespace {

std::string shell_word(const std::string& word) {
  const bool plain = !word.empty() && word.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                                              "_-+=./,:@%") == std::string::npos;
  if (plain) return word;
  std::string text = "'";
  for (const char c : word) text += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return text + "'";
}

std::string slurm_job() {
  const char* job = std::getenv("SLURM_JOB_ID");
  if (!job) return "";
  const char* restarts = std::getenv("SLURM_RESTART_COUNT");
  return std::string(job) + (restarts ? ", restart " + std::string(restarts) : "");
}

}  // namespace

std::string command_text(int n_ranks) {
  std::string text;
  const Launcher how = launcher([](const char* name) -> const char* { return std::getenv(name); });
  if (how == Launcher::mpirun) text = "mpirun -n " + std::to_string(n_ranks) + " ";
  if (how == Launcher::srun) text = "srun --mpi=pmix -n " + std::to_string(n_ranks) + " ";
  std::string words = read_file("/proc/self/cmdline"), word;
  for (const char c : words) {
    if (c != '\0') {
      word += c;
      continue;
    }
    text += shell_word(word) + " ";
    word.clear();
  }
  if (!text.empty()) text.pop_back();
  return text;
}

std::vector<std::pair<std::string, std::string>> provenance(const Sweep& sweep, const RunData& data, const RunFacts& facts) {
  const BuildInfo& build = build_info();
  std::string overrides, hashes, sources;
  for (const std::string& text : sweep.overrides) overrides += (overrides.empty() ? "" : "\n") + text;
  for (const auto& [name, set] : data.sets()) {
    hashes += (hashes.empty() ? "" : "\n") + name + " " + set.content_hash;
    sources += (sources.empty() ? "" : "\n") + name + ": " + set.source;
  }
  return {{"title", sweep.title},
          {"generator", "ksweep"},
          {"version", build.version},
          {"commit", build.commit},
          {"command", command_text(facts.n_ranks)},
          {"sweep_text", sweep.text},
          {"overrides", overrides},
          {"data_hash", hashes},
          {"data_source", sources},
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
