#include "run/held_file.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <sstream>
#include <utility>

#include "base/atomic_file.h"
#include "base/errors.h"
#include "base/host.h"
#include "base/process.h"

namespace ksweep {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

constexpr auto silence_of_the_dead = 15min;  // a living run rewrites its status every few seconds

std::string boot_id() {
  std::string id;
  std::ifstream("/proc/sys/kernel/random/boot_id") >> id;
  return id;
}

/// Returns one line for people and one for programs.
std::string own_text() {
  return fmt::format("{}\n{} {} {} {}\n", this_owner(), host_name(), ::getpid(), process_start(::getpid()),
                     boot_id());
}

std::string first_line(const std::string& text) { return text.substr(0, text.find('\n')); }

/// Returns the file system's current time, whose clock may be another machine's.
fs::file_time_type time_in(const fs::path& folder) {
  const fs::path probe = folder / fmt::format("clock{}{}.{}", temporary_mark, host_name(), ::getpid());
  std::ofstream(probe) << "now";
  std::error_code none;
  const auto time = fs::last_write_time(probe, none);
  fs::remove(probe, none);
  return time;
}

bool something_stirs_beside(const fs::path& path) {
  const auto now = time_in(path.parent_path());
  std::error_code none;
  for (const auto& entry : fs::directory_iterator(path.parent_path(), none)) {
    const std::string name = entry.path().filename();
    if ((name.starts_with("status") || entry.path() == path) &&
        entry.last_write_time(none) > now - silence_of_the_dead)
      return true;
  }
  return false;
}

/// text: content of a lock file.  A file that its owner has not yet filled counts as held.
bool may_live(const fs::path& path, const std::string& text) {
  std::istringstream facts(text.substr(std::min(text.find('\n'), text.size() - 1) + 1));
  std::string host, boot;
  long pid = 0;
  long long start = 0;
  if (text.empty() || !(facts >> host >> pid >> start >> boot)) return something_stirs_beside(path);
  if (host != host_name()) return something_stirs_beside(path);
  return boot == boot_id() && process_lives(pid) && process_start(pid) == start;
}

bool create(const fs::path& path) {
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  if (file < 0 && errno == EEXIST) return false;
  const std::string text = own_text();
  const bool good = file >= 0 && ::write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size());
  const int reason = errno;
  if (file >= 0) ::close(file);
  if (good) return true;
  if (file >= 0) ::unlink(path.c_str());
  throw UserError(
      "{}: cannot be made ({}): two runs in one folder could not be told apart. Choose a folder you may "
      "write with --output.",
      path.string(), std::strerror(reason));
}

/// Removes the file of a dead owner.  If another process has just replaced it, its new file is restored.
void remove_stale(const fs::path& path, const std::string& text) {
  const fs::path aside = fmt::format("{}{}{}.{}", path.string(), temporary_mark, host_name(), ::getpid());
  if (::rename(path.c_str(), aside.c_str()) != 0) return;
  const bool ours = read_file(aside) == text;
  if (!ours) (void)!::link(aside.c_str(), path.c_str());
  ::unlink(aside.c_str());
  if (ours)
    std::fprintf(stderr, "ksweep: %s: taken over from a run that has ended without a word (%s)\n",
                 path.c_str(), first_line(text).c_str());
}

std::string text_of(const fs::path& path) {
  try {
    return read_file(path, 4096);
  } catch (const UserError&) {
    return "";
  }
}

}  // namespace

std::string this_owner() {
  return fmt::format("host {}, process {}, since {}", host_name(), ::getpid(), iso_time(unix_time_s()));
}

void refuse_taken(const fs::path& folder, const std::string& owner) {
  throw UserError(
      "{}: another run is at work here ({}): both would train the same trials. Wait for it, stop it, choose "
      "another --output, or give each its --shard.",
      folder.string(), owner);
}

HeldFile::HeldFile(fs::path path) : path_(std::move(path)) {
  for (int attempt = 0; attempt < 3; ++attempt) {
    if (create(path_)) return;
    const std::string text = text_of(path_);
    if (may_live(path_, text)) refuse_taken(path_.parent_path(), first_line(text));
    remove_stale(path_, text);
  }
  refuse_taken(path_.parent_path(), first_line(text_of(path_)));
}

HeldFile::HeldFile(HeldFile&& other) noexcept : path_(std::exchange(other.path_, {})) {}

HeldFile::~HeldFile() {
  if (!path_.empty()) ::unlink(path_.c_str());
}

bool is_held(const fs::path& path) { return fs::exists(path) && may_live(path, text_of(path)); }

}  // namespace ksweep
