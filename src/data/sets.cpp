#include "data/sets.h"

#include <fmt/core.h>
#include <glob.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <optional>
#include <string_view>

#include "base/errors.h"
#include "base/suggest.h"

namespace ksweep {
namespace {

namespace fs = std::filesystem;

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

/// Sets that jobs/fetch-data can download.
constexpr std::array<std::string_view, 4> downloads{"mnist", "fashion", "cifar10", "norb"};

bool is_download(const std::string& set) { return std::ranges::count(downloads, set) > 0; }

bool exists(const fs::path& path) {
  std::error_code error;
  return fs::exists(path, error);
}

/// Returns the files that a pattern of the shell stands for.
std::vector<fs::path> matches(const std::string& pattern) {
  std::vector<fs::path> files;
  if (pattern.find_first_of("*?[") == std::string::npos) return files;
  glob_t found{};
  if (::glob(pattern.c_str(), 0, nullptr, &found) == 0)
    files.assign(found.gl_pathv, found.gl_pathv + found.gl_pathc);
  ::globfree(&found);
  return files;
}

std::optional<SetPlace> place_of(const std::string& path, const std::string& object) {
  if (exists(path)) return SetPlace{path, object};
  auto files = matches(path);
  if (files.empty()) return std::nullopt;
  return SetPlace{path, object, "", std::move(files)};
}

/// Splits "a/file.h5:/group" into the file, folder or pattern and the object in it, if there is such a file.
std::optional<SetPlace> place_at(const std::string& path) {
  if (auto place = place_of(path, "/")) return place;
  const auto colon = path.rfind(':');
  if (colon == std::string::npos || colon + 1 == path.size()) return std::nullopt;
  return place_of(path.substr(0, colon), path.substr(colon + 1));
}

bool same_file(const fs::path& one, const fs::path& other) {
  std::error_code error;
  return one.lexically_normal() == other.lexically_normal() || fs::equivalent(one, other, error);
}

[[noreturn]] void not_found(const std::string& set, const std::vector<fs::path>& searched) {
  static const std::array<std::string, 6> names{"digits",  "superposition", "mnist",
                                                "fashion", "cifar10",       "norb"};
  std::string message = fmt::format("data.set = {}: there is no such data set. Searched:", set);
  for (const auto& place : searched) message += "\n  " + place.string();
  if (is_download(set))
    throw UserError(
        "{}\nThe trials need it. Download it with:\n  jobs/fetch-data {}\nor name the folder that holds {}/ "
        "with --data-dir or KSWEEP_DATA.",
        message, set, set);
  const std::string meant = nearest(set, names);
  throw UserError(
      "{}\nThe trials need it. {}Give digits or superposition (built in), mnist, fashion, cifar10, norb, or the path of IDX, "
      "NPY, NPZ, HDF5, MATLAB 7.3 or safetensors files, or of a folder of them.",
      message, meant.empty() ? "" : "Did you mean " + meant + "? ");
}

}  // namespace

std::vector<fs::path> data_folders(const fs::path& data_dir) {
  std::vector<fs::path> folders;
  if (!data_dir.empty()) folders.push_back(data_dir);
  if (const auto named = environment("KSWEEP_DATA"); !named.empty()) folders.emplace_back(named);
  if (const auto cache = environment("XDG_CACHE_HOME"); !cache.empty())
    folders.push_back(fs::path(cache) / "ksweep");
  else if (const auto home = environment("HOME"); !home.empty())
    folders.push_back(fs::path(home) / ".cache" / "ksweep");
  return folders;
}

SetPlace find_set(const std::string& set, const fs::path& data_dir, const fs::path& sweep_folder) {
  std::vector<fs::path> places;
  const bool relative = !fs::path(set).is_absolute(), is_path = !is_download(set);
  if (is_path) places.emplace_back(set);
  if (is_path && relative && !sweep_folder.empty()) places.push_back(sweep_folder / set);
  if (relative)
    for (const auto& folder : data_folders(data_dir)) places.push_back(folder / set);
  std::optional<SetPlace> first;
  for (const auto& place : places) {
    auto found = place_at(place.string());
    if (!found) continue;
    if (!first) {
      first = std::move(found);
      if (!is_path) break;
    } else if (!same_file(first->path, found->path)) {
      first->passed_over = found->path.string();
      break;
    }
  }
  if (!first) not_found(set, places);
  return *first;
}

}  // namespace ksweep
