#include "cli/errors.h"

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <fstream>
#include <new>
#include <string>
#include <thread>

#include "core/build_info.h"
#include "core/errors.h"
#include "schedule/launch.h"

namespace ksweep {
namespace {

/// Whether this process is the first of those that one launcher started.  MPI may not be running yet, or any
/// more.
bool is_first_rank() {
  for (const char* name : {"OMPI_COMM_WORLD_RANK", "PMIX_RANK", "PMI_RANK", "SLURM_PROCID"})
    if (const char* rank = std::getenv(name)) return std::string(rank) == "0";
  return true;
}

int report(const std::string& message, ExitCode code) {
  if (is_first_rank()) {
    std::fprintf(stderr, "%s\n", message.c_str());
    // mpirun does not pass the code on where it lets ranks outlive others.
    if (const char* file = std::getenv(refusal_variable)) std::ofstream(file) << static_cast<int>(code) << '\n';
  } else {
    // A rank that ends in error makes mpirun end the others: leave the first one time to speak.
    std::this_thread::sleep_for(std::chrono::seconds(1));
  }
  return static_cast<int>(code);
}

int report_our_mistake(const std::string& what) {
  const BuildInfo& build = build_info();
  return report("internal error: " + what +
                    "\nThis is a mistake in ksweep, not in what you gave it. Finished trials are safe. "
                    "Please report it with the command, the sweep file and: version " +
                    build.version + ", commit " + build.commit + ", " + build.compiler + ".",
                ExitCode::usage);
}

}  // namespace

int report_errors(const std::function<int()>& work) {
  try {
    return work();
  } catch (const UserError& error) {
    return report(error.what(), ExitCode::usage);
  } catch (const EnvironmentError& error) {
    return report(error.what(), ExitCode::environment);
  } catch (const std::bad_alloc&) {
    return report(
        "memory is exhausted: the work cannot go on. Use fewer ranks per node, smaller nets or data.train; "
        "`ksweep plan` tells what a rank needs.",
        ExitCode::environment);
  } catch (const std::exception& error) {
    return report_our_mistake(error.what());
  } catch (...) {
    return report_our_mistake("an exception of no known kind");
  }
}

}  // namespace ksweep
