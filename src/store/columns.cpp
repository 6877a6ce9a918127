#include "store/columns.h"

#include <fmt/core.h>

#include <algorithm>
#include <cassert>
#include <charconv>
#include <stdexcept>
#include <string_view>
#include <unordered_map>

namespace ksweep {
namespace {

const Key* stored_key(std::string_view full_name) {
  static const auto by_name = [] {
    std::unordered_map<std::string, const Key*> map;
    for (const Key& key : trial_keys()) map.emplace(key.full_name(), &key);
    return map;
  }();
  const auto found = by_name.find(std::string(full_name));
  return found == by_name.end() ? nullptr : found->second;
}

/// Accepts more than set_from_text(): a baseline without hidden units has k = 0, which users cannot set.
bool set_stored(const Key& key, Trial& trial, std::string_view text) {
  if (key.is_text() || key.kind == Key::Kind::choice) return !set_from_text(key, trial, std::string(text));
  double value = 0;
  const char* end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc{} || rest != end || !(value >= std::min(0.0, key.lowest) && value <= key.highest))
    return false;
  key.set(trial, value);
  return true;
}

void set_from_line(Trial& trial, std::string_view line) {
  const auto middle = line.find(" = ");
  if (middle == line.npos) throw std::runtime_error(fmt::format("a specification has the line '{}'", line));
  const Key* key = stored_key(line.substr(0, middle));
  if (key && !set_stored(*key, trial, line.substr(middle + 3)))
    throw std::runtime_error(fmt::format("a specification has the impossible value '{}'", line));
}

}  // namespace

std::string column_name(const Key& key) {
  if (key.section == "probe" && (key.name == "l2" || key.name == "c" || key.name == "neighbours"))
    return "probe_" + key.name + "_requested";  // probe_l2 is the strength used
  const bool bare = key.section == "model" || key.section == "train";
  return bare ? key.name : key.section + "_" + key.name;
}

const char* status_name(Status status) {
  switch (status) {
    case Status::missing:
      return "missing";
    case Status::done:
      return "done";
    case Status::failed:
      return "failed";
  }
  assert(false);
  return "";
}

std::size_t measured_length(const std::vector<double>& values) {
  std::size_t length = values.size();
  while (length > 0 && std::isnan(values[length - 1])) --length;
  return length;
}

Trial trial_from_specification(const std::string& lines) {
  static const Trial before_later_keys = first_default_trial();
  Trial trial = before_later_keys;
  std::string_view rest = lines;
  while (!rest.empty()) {
    const auto end = rest.find('\n');
    if (const auto line = rest.substr(0, end); !line.empty()) set_from_line(trial, line);
    rest.remove_prefix(end == rest.npos ? rest.size() : end + 1);
  }
  return without_foreign_keys(trial);
}

}  // namespace ksweep
