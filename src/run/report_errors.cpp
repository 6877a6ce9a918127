#include "run/report_errors.h"

#include <sys/resource.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <fstream>
#include <new>
#include <string>
#include <thread>

#include "base/build_info.h"
#include "base/errors.h"
#include "run/launch.h"
#include "run/text.h"

namespace ksweep {
namespace {

/// A supervisor reads the code in a file.  mpirun does not pass it on where it lets ranks outlive others, and of another
/// code than 0 it and PMIx would complain.
bool told_supervisor(ExitCode code) {
  const char* path = std::getenv(refusal_variable);
  if (!path) return false;
  std::ofstream file(path, is_first_rank() ? std::ios::trunc : std::ios::app);
  if (is_first_rank()) file << static_cast<int>(code) << std::endl;
  return file.good();
}

int report(const std::string& message, ExitCode code) {
  if (is_first_rank())
    std::fprintf(stderr, "%s\n", message.c_str());
  else  // A rank that ends in error makes mpirun end the others: leave the first one time to speak.
    std::this_thread::sleep_for(std::chrono::seconds(1));
  return told_supervisor(code) ? 0 : static_cast<int>(code);
}

/// How much a process may have, where `ulimit -v` says so.
std::string address_space_text() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_AS, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return "";
  return " (a process may have " + bytes_text(static_cast<double>(limit.rlim_cur)) + " here: ulimit -v)";
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

bool is_first_rank() {
  for (const char* name : {"OMPI_COMM_WORLD_RANK", "PMIX_RANK", "PMI_RANK", "SLURM_PROCID"})
    if (const char* rank = std::getenv(name)) return std::string(rank) == "0";
  return true;
}

int report_errors(const std::function<int()>& work) {
  try {
    return work();
  } catch (const UserError& error) {
    return report(error.what(), ExitCode::usage);
  } catch (const EnvironmentError& error) {
    return report(error.what(), ExitCode::environment);
  } catch (const std::filesystem::filesystem_error& error) {
    return report(error.path1().string() + ": cannot be looked at (" + error.code().message() +
                      "): whether it is there and what it is remains unknown. Check the path.",
                  ExitCode::usage);
  } catch (const std::bad_alloc&) {
    return report("memory is exhausted" + address_space_text() +
                      ": the work cannot go on. Use fewer ranks per node, smaller nets or data.train; "
                      "`ksweep plan` tells what a rank needs.",
                  ExitCode::environment);
  } catch (const std::exception& error) {
    return report_our_mistake(error.what());
  } catch (...) {
    return report_our_mistake("an exception of no known kind");
  }
}

}  // namespace ksweep
