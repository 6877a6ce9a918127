#include "store/crash_book.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <iostream>
#include <sstream>

#include "base/atomic_file.h"
#include "base/errors.h"
#include "base/sha256.h"

namespace ksweep {
namespace {

namespace fs = std::filesystem;

std::optional<std::uint64_t> id_from_text(const std::string& text) {
  std::uint64_t id = 0;
  const char* end = text.data() + text.size();
  const auto [stop, fault] = std::from_chars(text.data(), end, id, 16);
  if (fault != std::errc{} || stop != end) return std::nullopt;
  return id;
}

constexpr const char* active_name = "active-";

/// Returns the content of a file; empty if it is absent or unreadable.
std::string text_of(const fs::path& path) {
  try {
    return read_file(path, 1 << 24);
  } catch (const UserError&) {
    return "";
  }
}

}  // namespace

CrashBook::CrashBook(fs::path folder, ProgressOf progress_of)
    : folder_(std::move(folder)), progress_of_(std::move(progress_of)) {}

fs::path CrashBook::active_file(int rank) const { return folder_ / fmt::format("{}{}", active_name, rank); }

void CrashBook::open() {
  std::error_code error;
  fs::create_directories(folder_, error);
  if (error)
    throw UserError(
        "{}: the folder cannot be made ({}): what may have killed a run is noted there. Move away what "
        "stands in its place.",
        folder_.string(), error.message());
  entries_ = read();
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(folder_))
    if (entry.path().filename().string().starts_with(active_name)) files.push_back(entry.path());
  for (const fs::path& file : files) count_active(file);
  if (!files.empty()) write();
}

void CrashBook::begin(int rank, std::uint64_t training) const {
  // Not synced: the file survives the death of the process, and a power cut is not the trial's fault.
  const std::string text = id_text(training) + "\n";
  const int file =
      ::open(active_file(rank).c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_NONBLOCK | O_CLOEXEC, 0666);
  if (file < 0) return say_unnoted(active_file(rank), errno);
  if (::write(file, text.data(), text.size()) < 0) say_unnoted(active_file(rank), errno);
  ::close(file);
}

void CrashBook::say_unnoted(const fs::path& file, int reason) const {
  if (has_said_unnoted_) return;
  has_said_unnoted_ = true;
  std::cerr << fmt::format(
      "ksweep: {}: cannot be written ({}). Training goes on, but a trial that kills this rank again and again will not be "
      "known for it. Free some space, or allow writing there.\n",
      file.string(), std::strerror(reason));
}

void CrashBook::end(int rank) const {
  std::error_code none;
  fs::remove(active_file(rank), none);
}

void CrashBook::count_crash_of(int rank) {
  count_active(active_file(rank));
  write();
}

void CrashBook::count_active(const fs::path& file) {
  const std::string line = text_of(file), text = line.substr(0, line.find_first_of(" \n"));
  std::error_code none;
  fs::remove(file, none);
  const auto training = id_from_text(text);
  if (!training) return;
  Entry& entry = entries_[*training];
  const std::string progress = progress_of_(*training);
  entry.n_crashes = entry.progress == progress ? entry.n_crashes + 1 : 1;
  entry.progress = progress;
}

int CrashBook::n_crashes(std::uint64_t training) const {
  const auto found = entries_.find(training);
  return found == entries_.end() ? 0 : found->second.n_crashes;
}

void CrashBook::forget_all() {
  entries_.clear();
  write();
}

bool CrashBook::is_suspect(std::uint64_t training) const { return read().contains(training); }

std::map<std::uint64_t, CrashBook::Entry> CrashBook::read() const {
  std::map<std::uint64_t, Entry> entries;
  std::istringstream file(text_of(folder_ / "counts"));
  for (std::string line; std::getline(file, line);) {
    std::istringstream words(line);
    std::string id;
    Entry entry;
    if (!(words >> id >> entry.n_crashes)) continue;
    words >> entry.progress;
    if (const auto training = id_from_text(id)) entries[*training] = entry;
  }
  return entries;
}

void CrashBook::write() const {
  std::string text;
  for (const auto& [training, entry] : entries_)
    text += fmt::format("{} {} {}\n", id_text(training), entry.n_crashes, entry.progress);
  write_file_atomically(folder_ / "counts", text);
}

}  // namespace ksweep
