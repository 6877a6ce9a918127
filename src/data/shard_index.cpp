#include "data/shard_index.h"

#include <algorithm>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>

#include "base/errors.h"
#include "data/safetensors.h"

namespace ksweep {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void refuse(const fs::path& index, const std::string& what) {
  throw UserError(
      "{}: {}: which files hold the samples is unclear. Mend the index, or remove it to read all files beside it.",
      index.string(), what);
}

std::map<std::string, std::string> weight_map_of(const fs::path& index) {
  constexpr std::uintmax_t largest = 100 << 20;
  std::error_code error;
  if (fs::file_size(index, error) > largest || error) refuse(index, "is too large or cannot be read");
  std::ifstream file(index);
  const auto ignore_deep = [&](int depth, nlohmann::json::parse_event_t, nlohmann::json&) {
    return depth < 8;
  };
  const auto text = nlohmann::json::parse(file, ignore_deep, false);
  std::map<std::string, std::string> files;
  if (!text.is_object() || !text.contains("weight_map") || !text["weight_map"].is_object())
    refuse(index, "is no JSON with a weight_map");
  for (const auto& [name, of_file] : text["weight_map"].items()) {
    if (!of_file.is_string() || fs::path(of_file.get<std::string>()).filename() != of_file.get<std::string>())
      refuse(index, "its weight_map names no file in this folder for " + printable(name));
    files[name] = of_file;
  }
  return files;
}

}  // namespace

std::vector<SetPlace> shards_of_index(const fs::path& index) {
  std::map<std::string, std::vector<std::string>> names_in;  // by file: of two or three dimensions
  std::map<std::string, std::vector<Tensor>> tensors_in;
  std::vector<SetPlace> shards;
  for (const auto& [name, of_file] : weight_map_of(index)) {
    const fs::path path = index.parent_path() / of_file;
    if (!fs::exists(path)) refuse(index, "names " + printable(of_file) + ", which is not there");
    if (!tensors_in.contains(of_file)) {
      tensors_in[of_file] = read_safetensors_header(path);
      names_in[of_file] = sample_names(tensors_in[of_file]);
    }
    if (std::ranges::find(tensors_in[of_file], name, &Tensor::name) == tensors_in[of_file].end())
      refuse(index, "names " + printable(name) + " in " + printable(of_file) + ", which does not hold it");
    if (std::ranges::count(names_in[of_file], name)) shards.push_back({path, name});
  }
  if (shards.empty()) refuse(index, "names no array of two or three dimensions");
  return shards;
}

}  // namespace ksweep
