#include "base/control_groups.h"

#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <map>
#include <optional>
#include <sstream>
#include <vector>

#include "base/errors.h"
#include "base/host.h"

namespace ksweep {
namespace {

namespace fs = std::filesystem;

/// A mounted tree of control groups.  Source of its line: proc(5), /proc/pid/mountinfo.
struct Mount {
  std::string root;  ///< the group that is seen at `point`
  fs::path point;
  bool is_version_2 = false;
  std::string controllers;  ///< of version 1, with commas around each
};

/// Decodes mountinfo's escapes: blanks and the like are a backslash and three octal digits.
std::string unescaped(const std::string& text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i)
    if (text[i] == '\\' && i + 3 < text.size()) {
      plain += static_cast<char>(std::stoi("0" + text.substr(i + 1, 3), nullptr, 8));
      i += 3;
    } else {
      plain += text[i];
    }
  return plain;
}

std::optional<Mount> mount_of(const std::string& line) {
  const auto separator = line.find(" - ");
  if (separator == line.npos) return std::nullopt;
  std::istringstream front(line.substr(0, separator)), back(line.substr(separator + 3));
  std::string skipped, root, point, type, options;
  front >> skipped >> skipped >> skipped >> root >> point;
  back >> type >> skipped >> options;
  if (type != "cgroup" && type != "cgroup2") return std::nullopt;
  return Mount{unescaped(root), unescaped(point), type == "cgroup2", "," + options + ","};
}

std::vector<Mount> mounts_in(const fs::path& root) {
  std::ifstream file(root / "proc/self/mountinfo");
  std::vector<Mount> mounts;
  for (std::string line; std::getline(file, line);)
    if (auto mount = mount_of(line)) mounts.push_back(std::move(*mount));
  return mounts;
}

/// Returns the process's group for each controller of version 1, and under "" its group of version 2.
std::map<std::string, std::string> groups_in(const fs::path& root) {
  std::ifstream file(root / "proc/self/cgroup");
  std::map<std::string, std::string> groups;
  for (std::string line; std::getline(file, line);) {
    const auto first = line.find(':'), second = line.find(':', first + 1);
    if (first == line.npos || second == line.npos) continue;
    std::istringstream controllers(line.substr(first + 1, second - first - 1));
    const std::string group = line.substr(second + 1);
    if (second == first + 1) groups[""] = group;
    for (std::string name; std::getline(controllers, name, ',');) groups[name] = group;
  }
  return groups;
}

/// Returns the folders of a group and of its parents, as far as this mount shows them.
std::vector<fs::path> chain(const fs::path& root, const Mount& mount, const std::string& group) {
  const fs::path top = root / mount.point.relative_path();
  fs::path below = fs::path(group).lexically_relative(mount.root);
  // A container that sees only its own group may still get the host's name for it.
  if (below.empty() || *below.begin() == "..") below = ".";
  std::vector<fs::path> folders{top};
  for (const fs::path& name : below)
    if (name != "." && !name.empty()) folders.push_back(folders.back() / name);
  return folders;
}

void lower(Limit& limit, double amount, const fs::path& source) {
  if (amount > 0 && amount < limit.amount) limit = {amount, source.string()};
}

/// Returns the first number in a file; nothing for "max".
std::optional<double> number_in(const fs::path& path) {
  double number = 0;
  std::ifstream file(path);
  return file >> number ? std::optional(number) : std::nullopt;
}

void read_version_2(const fs::path& folder, GroupLimits& limits) {
  double quota = 0, period = 0;
  if (std::ifstream(folder / "cpu.max") >> quota >> period && period > 0)
    lower(limits.cpus, quota / period, folder / "cpu.max");
  for (const char* name : {"memory.max", "memory.high"})
    if (const auto bytes = number_in(folder / name)) lower(limits.memory_bytes, *bytes, folder / name);
}

void read_version_1(const fs::path& folder, const std::string& controller, GroupLimits& limits) {
  if (controller == "cpu") {
    const fs::path path = folder / "cpu.cfs_quota_us";
    const auto quota = number_in(path), period = number_in(folder / "cpu.cfs_period_us");
    if (quota && period && *period > 0) lower(limits.cpus, *quota / *period, path);  // -1: none
    return;
  }
  if (const auto bytes = number_in(folder / "memory.limit_in_bytes"))
    lower(limits.memory_bytes, *bytes, folder / "memory.limit_in_bytes");
  // Holds the limits of parent groups, too, which a container does not see.
  std::ifstream statistics(folder / "memory.stat");
  double bytes = 0;
  for (std::string name; statistics >> name >> bytes;)
    if (name == "hierarchical_memory_limit") lower(limits.memory_bytes, bytes, folder / "memory.stat");
}

/// What --memory allows.
Limit& memory_of_user() {
  static Limit limit;
  return limit;
}

}  // namespace

GroupLimits group_limits(const fs::path& root) {
  GroupLimits limits;
  const auto groups = groups_in(root);
  for (const Mount& mount : mounts_in(root))
    for (const std::string controller : {"", "cpu", "memory"}) {
      const auto group = groups.find(controller);
      const bool is_of_it =
          controller.empty()
              ? mount.is_version_2
              : !mount.is_version_2 && mount.controllers.find("," + controller + ",") != std::string::npos;
      if (group == groups.end() || !is_of_it) continue;
      for (const fs::path& folder : chain(root, mount, group->second))
        if (mount.is_version_2)
          read_version_2(folder, limits);
        else
          read_version_1(folder, controller, limits);
    }
  return limits;
}

void allow_memory_given(std::optional<double> gigabytes) {
  if (gigabytes) memory_of_user() = {*gigabytes * 1e9, "--memory"};
}

Limit allowed_memory() {
  Limit limit = group_limits().memory_bytes;
  if (memory_of_user().amount <= limit.amount) limit = memory_of_user();
  const double machine = double(::sysconf(_SC_PHYS_PAGES)) * double(::sysconf(_SC_PAGE_SIZE));
  if (machine <= limit.amount) limit = {machine, "the machine"};
  return limit;
}

void require_memory(double bytes, const std::string& what) {
  const Limit allowed = allowed_memory();
  if (bytes <= allowed.amount) return;
  const auto megabytes = [](double amount) { return fmt::format("{} MB", std::llround(amount / 1e6)); };
  throw UserError(
      "{} take {} of memory, more than the {} that are allowed here ({}): the system would end the program. "
      "Use fewer, or ask for more memory.",
      what, megabytes(bytes), megabytes(allowed.amount), allowed.source);
}

int usable_cpus() {
  const double cpus = std::min(static_cast<double>(allowed_cpus().size()), group_limits().cpus.amount);
  return std::max(1, static_cast<int>(cpus));
}

}  // namespace ksweep
