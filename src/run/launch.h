#pragma once

#include <string>
#include <utility>
#include <vector>

namespace ksweep {

/// The properties of the launcher of ranks.
struct Mpirun {
  /// It can keep the other ranks alive when one is lost: Open MPI 4.  (Version 5 has ULFM for that, which is
  /// off by default and does not support all networks.)
  bool keeps_survivors = false;
  bool is_open_mpi = false;
};

/// Runs `mpirun --version`.  Throws EnvironmentError if there is none.
Mpirun find_mpirun();

/// Environment variables that a supervisor sets for its ranks.
inline constexpr const char* attempt_variable = "KSWEEP_ATTEMPT";    ///< name of this start of the ranks
inline constexpr const char* survivors_variable = "KSWEEP_OUTLIVE";  ///< set: ranks outlive lost ones
inline constexpr const char* refusal_variable = "KSWEEP_REFUSAL";    ///< file for the exit code of a refusal
inline constexpr const char* command_variable = "KSWEEP_COMMAND";    ///< the command that continues the run
inline constexpr const char* stopped_by_variable =
    "KSWEEP_STOPPED_BY";  ///< file that names what stopped the supervisor
inline constexpr const char* last_words_variable =
    "KSWEEP_LAST_WORDS";  ///< file for the final message, which the supervisor prints
inline constexpr const char* terminal_variable =
    "KSWEEP_TERMINAL";                                         ///< columns of the terminal that they write to
inline constexpr const char* sweep_variable = "KSWEEP_SWEEP";  ///< text of the sweep file, read once

/// Returns changes to the environment that let `mpirun` start ranks on this machine where its defaults would
/// fail: for root (usually in a container), without ssh, and without HOME for a user that the system does not
/// know.  folders: for temporary and shared files of mpirun and its ranks; empty: mpirun's defaults.
std::vector<std::pair<std::string, std::string>> launch_environment(const std::string& temporary_folder,
                                                                    const std::string& shared_folder);

/// Sets HOME for a user that the system does not know and whose environment has none: libpmix would crash.
void provide_home();

/// Returns the command line that starts `program` on so many ranks.  placement: options of mpirun; empty:
/// does not bind ranks to cores and, outside of a batch job, allows more ranks than cores.
std::vector<std::string> launch_words(const Mpirun& mpirun, int n_ranks,
                                      const std::vector<std::string>& placement,
                                      const std::vector<std::string>& program);

}  // namespace ksweep
