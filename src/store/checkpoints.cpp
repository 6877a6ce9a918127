// Checkpoints: the states of unfinished trainings.
#include <fmt/core.h>
#include <sys/stat.h>

#include <iostream>

#include "base/atomic_file.h"
#include "base/errors.h"
#include "base/sha256.h"
#include "store/store.h"
#include "store/trial_file.h"

namespace ksweep {
namespace {

namespace fs = std::filesystem;
constexpr std::string_view kind = "checkpoint", ending = ".ckpt";
constexpr std::size_t id_digits = 16;

}  // namespace

fs::path Store::checkpoint_path(std::uint64_t training_id) const {
  const auto name = id_text(training_id);
  return folder_ / "checkpoints" / name.substr(0, 2) / (name + std::string(ending));
}

std::string Store::checkpoint_mark(std::uint64_t training_id) const {
  struct stat facts {};
  if (::stat(checkpoint_path(training_id).c_str(), &facts) != 0) return "none";
  // Every checkpoint is written as a new file.
  return fmt::format("{}.{}.{}", facts.st_ino, facts.st_mtim.tv_sec, facts.st_mtim.tv_nsec);
}

void Store::write_checkpoint(std::uint64_t training_id, const std::string& identity,
                             std::string_view state) const {
  const auto path = checkpoint_path(training_id);
  std::error_code ignored;  // if this fails, so does the write below, which throws
  fs::create_directories(path.parent_path(), ignored);
  write_file_atomically(path, seal(training_id, identity, state, kind).append(state));
}

std::optional<std::string> Store::read_checkpoint(std::uint64_t training_id,
                                                  const std::string& identity) const {
  const auto path = checkpoint_path(training_id);
  std::error_code ignored;
  if (!fs::exists(path, ignored)) return std::nullopt;
  try {
    std::string file = read_file(path);
    const Seal seal = check_seal(file, training_id, identity, kind);
    if (seal == Seal::right) return file.erase(0, seal_size);
    if (seal == Seal::foreign) return std::nullopt;
    std::cerr << "ksweep: " << path.string()
              << ": the checkpoint is damaged (its checksum is wrong); it is removed and the training begins "
                 "anew.\n";
    remove_checkpoint(training_id);
  } catch (const UserError& error) {
    std::cerr << "ksweep: " << error.what() << " The training begins anew.\n";
  }
  return std::nullopt;
}

void Store::remove_checkpoint(std::uint64_t training_id) const {
  std::error_code ignored;
  fs::remove(checkpoint_path(training_id), ignored);
}

void Store::remove_checkpoints_of(const std::set<std::uint64_t>& ended) const {
  remove_checkpoints_if([&](std::uint64_t training_id) { return ended.contains(training_id); });
}

void Store::remove_checkpoints_if(const std::function<bool(std::uint64_t training_id)>& unwanted) const {
  std::error_code ignored;
  const auto entries = [&](const fs::path& folder) {
    std::vector<fs::path> paths;
    for (fs::directory_iterator entry(folder, ignored), end; entry != end; entry.increment(ignored))
      paths.push_back(entry->path());
    return paths;
  };
  const auto all = folder_ / "checkpoints";
  for (const fs::path& folder : entries(all)) {
    for (const fs::path& file : entries(folder)) {
      // Includes files of killed saves, whose process number another process may have by now.
      const std::string name = file.filename().string();
      if (name.size() < id_digits + ending.size() || name.compare(id_digits, ending.size(), ending) != 0)
        continue;
      if (unwanted(std::strtoull(name.substr(0, id_digits).c_str(), nullptr, 16))) fs::remove(file, ignored);
    }
    if (fs::is_empty(folder, ignored)) fs::remove(folder, ignored);
  }
  if (fs::is_empty(all, ignored)) fs::remove(all, ignored);
}

}  // namespace ksweep
