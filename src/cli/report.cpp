#include "cli/report.h"

#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <vector>

#include "base/errors.h"

namespace ksweep {
namespace {

namespace fs = std::filesystem;

// Relative to the folder of `ksweep`: in an installation, and in build/ and build/PRESET/ of the source tree.
constexpr const char* places[] = {KSWEEP_SHARE_FROM_BIN "/analysis/report", "../analysis/report",
                                  "../../analysis/report"};

/// Replaces this process; returns only if that fails.
void become(const std::vector<std::string>& words) {
  std::vector<char*> pointers;
  for (const std::string& word : words) pointers.push_back(const_cast<char*>(word.c_str()));
  pointers.push_back(nullptr);
  ::execvp(pointers.front(), pointers.data());
}

}  // namespace

fs::path report_program(const fs::path& ksweep) {
  std::string tried;
  for (const char* place : places) {
    const fs::path path = (ksweep.parent_path() / place).lexically_normal();
    std::error_code none;
    if (fs::is_regular_file(path, none)) return path;
    tried.append(tried.empty() ? "" : ", ").append(path.string());
  }
  throw EnvironmentError(
      "the program that writes reports is missing, so none can be written; tried: {}. Install all of ksweep "
      "with `cmake --install`, or start analysis/report of its sources.",
      tried);
}

std::string report_python(const char* chosen) {
  if (chosen && *chosen) return chosen;
  constexpr const char* of_system = "/usr/bin/python3";
  return ::access(of_system, X_OK) == 0 ? of_system : "python3";
}

int report_command(const Arguments& arguments) {
  const std::string python = report_python(std::getenv("KSWEEP_PYTHON"));
  std::vector<std::string> words{python, report_program(fs::read_symlink("/proc/self/exe")).string()};
  words.insert(words.end(), arguments.begin(), arguments.end());
  become(words);
  throw EnvironmentError(
      "{}: cannot be started ({}): reports are written in Python. Install Python 3 (Debian: apt-get install "
      "python3), or name one in the variable KSWEEP_PYTHON.",
      python, std::strerror(errno));
}

}  // namespace ksweep
