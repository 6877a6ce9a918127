#include "store/store.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cassert>
#include <iostream>

#include "base/atomic_file.h"
#include "base/errors.h"
#include "base/host.h"
#include "base/process.h"
#include "base/sha256.h"
#include "core/trial_keys.h"
#include "store/trial_file.h"

namespace ksweep {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void refuse(const fs::path& path, const std::string& why) {
  throw UserError(
      "{}: {}: the sweep's results have to go there. Choose a folder you may write with --output.",
      path.string(), why);
}

/// Returns the nearest existing part of a path, if it is not a folder.
std::string obstacle(fs::path path) {
  std::error_code ignored;
  while (!fs::exists(path, ignored) && path.has_parent_path() && path != path.parent_path())
    path = path.parent_path();
  return fs::exists(path, ignored) && !fs::is_directory(path, ignored) ? path.string() : "";
}

/// Syncs a folder, so that a new name in it survives a power cut if the file system supports that.  Ignores
/// failures.
void try_to_sync_folder(const fs::path& folder) {
  const int descriptor = ::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return;
  ::fsync(descriptor);
  ::close(descriptor);
}

void create_folders(const fs::path& path) {
  if (const auto file = obstacle(path); !file.empty()) refuse(path, file + " is not a folder");
  std::error_code error;
  fs::create_directories(path, error);
  if (error) refuse(path, fmt::format("the folder cannot be made ({})", error.message()));
  try_to_sync_folder(path.parent_path());
  try_to_sync_folder(path.parent_path().parent_path());
}

void prove_writable(const fs::path& folder) {
  const auto proof = folder / fmt::format("writable{}{}.{}", temporary_mark, host_name(), ::getpid());
  write_file_atomically(proof, std::string(1 << 16, '.'));
  std::error_code ignored;
  fs::remove(proof, ignored);
}

/// Returns whether a writer of this host that no longer runs left this file.
bool is_leftover(const std::string& name) {
  const auto mark = name.rfind(temporary_mark);
  const auto last_dot = name.rfind('.');
  if (mark == name.npos || last_dot < mark + temporary_mark.size()) return false;
  const auto host_at = mark + temporary_mark.size();
  if (name.substr(host_at, last_dot - host_at) != host_name()) return false;
  const auto process = std::strtol(name.c_str() + last_dot + 1, nullptr, 10);
  return process > 0 && !process_lives(process);
}

void remove_leftovers(const fs::path& folder) {
  std::error_code error;
  auto entry = fs::recursive_directory_iterator(folder, fs::directory_options::skip_permission_denied, error);
  for (; !error && entry != fs::recursive_directory_iterator(); entry.increment(error)) {
    std::error_code ignored;
    if (is_leftover(entry->path().filename().string())) fs::remove(entry->path(), ignored);
  }
}

void set_aside(const fs::path& path, const std::string& why) {
  const auto aside = path.parent_path().parent_path() / "damaged";
  std::error_code error;
  fs::create_directories(aside, error);
  fs::path place = aside / path.filename();
  for (int i = 2; fs::symlink_status(place).type() != fs::file_type::not_found; ++i)
    place = aside / fmt::format("{}.{}", path.filename().string(), i);
  fs::rename(path, place, error);
  std::cerr << "ksweep: " << path.string() << ": " << why << "; the trial counts as not done"
            << (error ? ".\n" : fmt::format(" and the file is kept in {}.\n", aside.string()));
}

fs::file_type type_of(const fs::path& path) {
  std::error_code error;
  const auto type = fs::status(path, error).type();
  // No file exists below a file.  Whoever writes there gets an error.
  return type == fs::file_type::none ? fs::file_type::not_found : type;
}

/// Returns the bytes of a trial's file if its seal is valid.  Otherwise moves the file aside and returns
/// nothing.
std::optional<std::string> trusted_bytes(const fs::path& path, std::uint64_t id,
                                         const std::string& identity) {
  const auto type = type_of(path);
  if (type == fs::file_type::not_found) return std::nullopt;
  if (type != fs::file_type::regular) {
    set_aside(path, "there is no file, but a folder, a pipe or a device of this name");
    return std::nullopt;
  }
  auto bytes = read_file(path);
  const Seal seal = check_seal(bytes, id, identity);
  if (seal == Seal::right) return std::optional(std::move(bytes));
  set_aside(path, seal == Seal::broken ? "the file is damaged (its checksum is wrong)"
                                       : "the file holds another trial's record");
  return std::nullopt;
}

}  // namespace

Store::Store(fs::path folder) : folder_(std::move(folder)) {}

void Store::prepare() const {
  create_folders(folder_ / "trials");
  prove_writable(folder_ / "trials");
  remove_leftovers(folder_);
}

fs::path Store::trial_path(std::uint64_t id) const {
  const auto name = id_text(id);
  return folder_ / "trials" / name.substr(0, 2) / (name + ".h5");
}

std::optional<TrialResult> Store::read(std::uint64_t id, const std::string& identity, Detail detail) const {
  const auto path = trial_path(id);
  const auto bytes = trusted_bytes(path, id, identity);
  if (!bytes) return std::nullopt;
  try {
    return decode_trial(*bytes, detail);
  } catch (const std::exception& fault) {
    set_aside(path, fmt::format("the record cannot be read ({})", fault.what()));
    return std::nullopt;
  }
}

std::vector<TrialResult> Store::others(const std::set<std::uint64_t>& ids) const {
  std::vector<TrialResult> found;
  std::error_code error;
  for (fs::recursive_directory_iterator entry(folder_ / "trials", error), end; !error && entry != end;
       entry.increment(error)) {
    const auto id = id_in_name(entry->path());
    if (!id || ids.contains(*id) || type_of(entry->path()) != fs::file_type::regular) continue;
    try {
      const std::string bytes = read_file(entry->path());
      if (check_seal(bytes, *id, "") == Seal::broken) continue;
      TrialResult result = decode_trial(bytes, Detail::numbers);
      if (check_seal(bytes, *id, identity(result.trial)) == Seal::right) found.push_back(std::move(result));
    } catch (const std::exception&) {
      continue;  // `ksweep verify` reports it
    }
  }
  std::ranges::sort(found, {}, &TrialResult::id);
  return found;
}

bool Store::has(std::uint64_t id, const std::string& identity) const {
  const auto path = trial_path(id);
  return type_of(path) == fs::file_type::regular && check_seal(read_file(path), id, identity) == Seal::right;
}

void Store::write(const TrialResult& result) const {
  assert(result.status != Status::missing);
  const auto path = trial_path(result.id);
  if (::mkdir(path.parent_path().c_str(), 0777) == 0) try_to_sync_folder(path.parent_path().parent_path());
  write_file_atomically(path, encode_trial(result));
}

}  // namespace ksweep
