#include "run/launch.h"

#include <pwd.h>
#include <unistd.h>

#include <cstdlib>

#include "base/errors.h"
#include "base/process.h"

namespace ksweep {
namespace {

// mpirun forwards SIGTERM to the ranks after this time, and kills them after twice this time: they need time
// to save their state, and users expect the end within 10 s.
constexpr const char* seconds_to_stop = "4";

/// mpirun requires one of them even where it does not use it.
bool has_remote_shell() { return !output_of("command -v ssh rsh 2>/dev/null").empty(); }

}  // namespace

void provide_home() {
  if (!std::getenv("HOME") && !::getpwuid(::geteuid())) ::setenv("HOME", "/", 0);
}

std::vector<std::pair<std::string, std::string>> launch_environment(const std::string& temporary_folder,
                                                                    const std::string& shared_folder) {
  std::vector<std::pair<std::string, std::string>> changes;
  const auto set = [&](const char* name, const std::string& value) {
    if (!std::getenv(name)) changes.emplace_back(name, value);
  };
  if (::geteuid() == 0) {
    set("OMPI_ALLOW_RUN_AS_ROOT", "1");
    set("OMPI_ALLOW_RUN_AS_ROOT_CONFIRM", "1");
  }
  if (temporary_folder.empty()) return changes;
  set("OMPI_MCA_orte_tmpdir_base", temporary_folder);
  if (!shared_folder.empty())
    for (const char* name : {"OMPI_MCA_btl_vader_backing_directory", "OMPI_MCA_osc_sm_backing_directory"})
      set(name, shared_folder);
  if (!std::getenv("SLURM_JOB_ID") && !std::getenv("OMPI_MCA_plm_rsh_agent") && !has_remote_shell())
    set("OMPI_MCA_plm", "isolated");
  return changes;
}

Mpirun find_mpirun() {
  const std::string text = output_of("mpirun --version 2>/dev/null");
  if (text.empty())
    throw EnvironmentError(
        "mpirun is not in PATH, so ranks cannot be started. Install or load the MPI that ksweep was built "
        "with, or leave out --ranks to use this process alone.");
  const bool is_open_mpi = text.find("Open MPI") != text.npos || text.find("OpenRTE") != text.npos;
  return {is_open_mpi && text.find(") 4.") != text.npos, is_open_mpi};
}

std::vector<std::string> launch_words(const Mpirun& mpirun, int n_ranks,
                                      const std::vector<std::string>& placement,
                                      const std::vector<std::string>& program) {
  std::vector<std::string> words{"mpirun", "-n", std::to_string(n_ranks)};
  const auto add = [&](const std::vector<std::string>& more) {
    words.insert(words.end(), more.begin(), more.end());
  };
  if (mpirun.keeps_survivors)
    add({"--enable-recovery", "--mca", "odls_base_sigkill_timeout", seconds_to_stop});
  if (mpirun.is_open_mpi)
    for (const char* name : {attempt_variable, survivors_variable, refusal_variable, command_variable,
                             sweep_variable, terminal_variable, stopped_by_variable, last_words_variable})
      add({"-x", name});
  if (!placement.empty())
    add(placement);
  else if (mpirun.is_open_mpi)
    add({"--bind-to", "none"});
  if (placement.empty() && mpirun.is_open_mpi && !std::getenv("SLURM_JOB_ID")) add({"--oversubscribe"});
  add(program);
  return words;
}

}  // namespace ksweep
