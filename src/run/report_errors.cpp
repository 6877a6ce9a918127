#include "run/report_errors.h"

#include <fmt/core.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <fstream>
#include <string>
#include <thread>

#include "base/build_info.h"
#include "base/fault.h"
#include "run/launch.h"
#include "schedule/environment.h"

namespace ksweep {
namespace {

/// When a rank ends with a code other than 0, Open MPI's mpirun ends the others at once, and it may end itself before
/// it has read what that rank has printed.
constexpr std::chrono::milliseconds time_to_be_read{200};

/// Writes the code to a file that the supervisor reads.  mpirun does not pass it on when ranks may outlive
/// others, and for codes other than 0 mpirun and PMIx print errors.
bool passed_to_supervisor(ExitCode code) {
  const char* path = std::getenv(refusal_variable);
  if (!path) return false;
  std::ofstream file(path, is_first_rank() ? std::ios::trunc : std::ios::app);
  if (is_first_rank()) file << static_cast<int>(code) << std::endl;
  return file.good();
}

int report(const std::string& message, ExitCode code) {
  if (is_first_rank())
    std::fprintf(stderr, "%s\n", message.c_str());
  else  // A rank that ends in error makes mpirun end the others: leave the first one time to report.
    std::this_thread::sleep_for(std::chrono::seconds(1));
  return passed_to_supervisor(code) ? 0 : static_cast<int>(code);
}

std::string message_of(const Fault& fault) {
  if (fault.code != ExitCode::our_mistake) return fault.text;
  const BuildInfo& build = build_info();
  return fmt::format(
      "internal error: {}\nThis is a mistake in ksweep, not in what you gave it. Finished trials are safe. "
      "Please report it with the command, the sweep file, the last lines of the log and this one:\nksweep "
      "{}, commit {}, {}",
      fault.text, build.version, build.commit, build.compiler);
}

int code_of(const std::function<int()>& work) {
  try {
    return work();
  } catch (...) {
    const Fault fault = fault_of(std::current_exception());
    return report(message_of(fault), fault.code);
  }
}

}  // namespace

bool is_first_rank() {
  for (const char* name : {"OMPI_COMM_WORLD_RANK", "PMIX_RANK", "PMI_RANK", "SLURM_PROCID"})
    if (const char* rank = std::getenv(name)) return std::string(rank) == "0";
  return true;
}

int report_errors(const std::function<int()>& work) {
  const int code = code_of(work);
  if (code != 0 && is_first_rank() && launcher(::getenv) == Launcher::mpirun)
    std::this_thread::sleep_for(time_to_be_read);
  return code;
}

}  // namespace ksweep
