#include "data/sets.h"

#include <fmt/core.h>

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

/// Splits "a/file.h5:/group" into the file and the object in it, if there is such a file.
std::optional<SetPlace> place_at(const std::string& path) {
  if (exists(path)) return SetPlace{path};
  const auto colon = path.rfind(':');
  if (colon == std::string::npos || colon + 1 == path.size() || !exists(path.substr(0, colon)))
    return std::nullopt;
  return SetPlace{path.substr(0, colon), path.substr(colon + 1)};
}

bool same_file(const fs::path& one, const fs::path& other) {
  std::error_code error;
  return fs::equivalent(one, other, error);
}

[[noreturn]] void not_found(const std::string& set, const std::vector<fs::path>& searched) {
  static const std::array<std::string, 5> names{"digits", "mnist", "fashion", "cifar10", "norb"};
  std::string message = fmt::format("data.set = {}: there is no such data set. Searched:", set);
  for (const auto& place : searched) message += "\n  " + place.string();
  if (is_download(set))
    throw UserError(
        "{}\nThe trials need it. Download it with:\n  jobs/fetch-data {}\nor name the folder that holds {}/ "
        "with --data-dir or KSWEEP_DATA.",
        message, set, set);
  const std::string meant = nearest(set, names);
  throw UserError(
      "{}\nThe trials need it. {}Give digits (built in), mnist, fashion, cifar10, norb, or the path of IDX, "
      "NPY, NPZ, HDF5 or MATLAB 7.3 files.",
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
