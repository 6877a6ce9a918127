#pragma once

#include <string>
#include <utility>
#include <vector>

namespace ksweep {

/// The launcher of ranks, as far as it matters here.
struct Mpirun {
  /// It lets the other ranks live when one is lost, if told so: Open MPI 4.  (5 has ULFM for that, off by default and
  /// not for all networks.)
  bool keeps_survivors = false;
  bool is_open_mpi = false;
};

/// Asks `mpirun --version`.  Throws EnvironmentError if there is none.
Mpirun find_mpirun();

/// Environment variables by which a supervisor tells the ranks about itself.
inline constexpr const char* attempt_variable = "KSWEEP_ATTEMPT";    ///< name of this start of the ranks
inline constexpr const char* survivors_variable = "KSWEEP_OUTLIVE";  ///< set: ranks outlive lost ones
inline constexpr const char* refusal_variable = "KSWEEP_REFUSAL";    ///< file for the exit code of a refusal
inline constexpr const char* command_variable = "KSWEEP_COMMAND";    ///< the command that goes on
inline constexpr const char* stopped_by_variable =
    "KSWEEP_STOPPED_BY";  ///< file that tells what stopped the supervisor
inline constexpr const char* terminal_variable =
    "KSWEEP_TERMINAL";                                         ///< columns of the terminal that they write to
inline constexpr const char* sweep_variable = "KSWEEP_SWEEP";  ///< text of the sweep file, read once

/// Changes to the environment that let `mpirun` start ranks on this machine where its defaults would not: for root (a
/// container's, as a rule), without ssh, and without HOME for a user whom the system does not know.  folders: where it and
/// its ranks put their temporary and shared files; empty: where it likes.
std::vector<std::pair<std::string, std::string>> launch_environment(const std::string& temporary_folder,
                                                                    const std::string& shared_folder);

/// A HOME for a user whom the system does not know and whose environment has none: libpmix would crash.
void provide_home();

/// The words that start `program` on so many ranks.  placement: options of mpirun; empty: none is tied to a core, and
/// outside of a batch job more ranks than cores are the program's own affair.
std::vector<std::string> launch_words(const Mpirun& mpirun, int n_ranks,
                                      const std::vector<std::string>& placement,
                                      const std::vector<std::string>& program);

}  // namespace ksweep
