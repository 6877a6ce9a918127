#include "base/process.h"

#include <fmt/core.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

namespace ksweep {
namespace {

/// Returns the fields of /proc/PID/stat after the process name, which may hold blanks and brackets; state is
/// the first.
std::istringstream facts_of(long pid) {
  std::ifstream file(fmt::format("/proc/{}/stat", pid));
  std::string line;
  std::getline(file, line);
  const auto name_end = line.rfind(')');
  return std::istringstream(name_end == line.npos ? "" : line.substr(name_end + 1));
}

/// Returns the first file of this name in the folders of PATH; empty if there is none.
std::filesystem::path found_by_path(const std::string& name) {
  const char* path = std::getenv("PATH");
  std::istringstream folders(path ? path : "");
  std::error_code none;
  for (std::string folder; std::getline(folders, folder, ':');) {
    const std::filesystem::path file = std::filesystem::path(folder) / name;
    if (std::filesystem::is_regular_file(file, none)) return file;
  }
  return {};
}

}  // namespace

bool process_lives(long pid) {
  char state = 0;
  return pid > 0 && facts_of(pid) >> state && state != 'Z' && state != 'X';
}

long parent_of(long pid) {
  std::string state;
  long parent = 0;
  facts_of(pid) >> state >> parent;
  return parent;
}

long long process_start(long pid) {
  if (pid <= 0) return 0;
  auto facts = facts_of(pid);
  std::string skipped;
  constexpr int fields_before_start = 19;  // proc(5): field 22 of the line, of which two are consumed
  for (int i = 0; i < fields_before_start; ++i) facts >> skipped;
  long long start = 0;
  facts >> start;
  return start;
}

std::string output_of(const std::string& command) {
  std::string text;
  std::FILE* pipe = ::popen(command.c_str(), "r");
  if (!pipe) return text;
  char part[256];
  while (const std::size_t n = std::fread(part, 1, sizeof part, pipe)) text.append(part, n);
  ::pclose(pipe);
  return text;
}

std::string program_word() {
  std::ifstream file("/proc/self/cmdline", std::ios::binary);
  std::string called;
  std::getline(file, called, '\0');
  const std::string name = std::filesystem::path(called).filename().string();
  std::error_code none;
  return std::filesystem::equivalent(found_by_path(name), "/proc/self/exe", none) ? name : called;
}

}  // namespace ksweep
