#include "sweep/report_names.h"

#include <fmt/core.h>

#include <algorithm>
#include <map>
#include <string_view>
#include <vector>

#include "base/errors.h"
#include "base/suggest.h"
#include "core/trial_keys.h"
#include "sweep/quoting.h"

namespace ksweep {
namespace {

constexpr std::size_t longest_name = 40;  // letters; more leave no room for the figure

std::size_t n_letters(std::string_view text) {
  return static_cast<std::size_t>(
      std::ranges::count_if(text, [](char byte) { return (byte & 0xC0) != 0x80; }));
}

/// Whether results call a key by its bare name (src/store/FORMAT.md); others have their section before it.
bool is_stored_bare(const Key& key) { return key.section == "model" || key.section == "train"; }

/// Returns the full name of a key that is given with or without its section; without, keys of models and their training
/// go before others of the same name.
std::string full_name_of(const Entry& entry, const std::string& given) {
  if (find_key(given)) return given;
  std::vector<std::string> found, known;
  for (const Key& key : trial_keys()) {
    if (key.name == given && is_stored_bare(key)) return key.full_name();
    if (key.name == given) found.push_back(key.full_name());
    known.push_back(key.full_name());
    known.push_back(key.name);
  }
  if (found.size() == 1) return found.front();
  if (found.size() > 1)
    throw UserError(
        "{}: report.names: {} may be {}: which key is named is unclear. Write it with its section.",
        entry.where, given, joined(found));
  const std::string near = nearest(given, known);
  throw UserError("{}: report.names: {} is no key of a sweep: its name would be used nowhere. {}",
                  entry.where, given,
                  near.empty() ? "`ksweep plan --keys` lists all keys." : "Did you mean " + near + "?");
}

void check_name(const Entry& entry, const std::string& key, const std::string& name) {
  if (name.empty())
    throw UserError("{}: report.names: {} has no name. Write {}: NAME, or leave it out.", entry.where, key,
                    key);
  if (n_letters(name) > longest_name)
    throw UserError(
        "{}: report.names: \"{}\" has {} letters, more than {}: figures would be all legend. Shorten it.",
        entry.where, name, n_letters(name), longest_name);
}

/// Throws UserError for a name that another key has that keeps its own.
void refuse_names_of_others(const Entry& entry, const std::map<std::string, std::string>& key_of_name) {
  const auto is_named = [&](const std::string& key) {
    return std::ranges::any_of(key_of_name, [&](const auto& each) { return each.second == key; });
  };
  for (const Key& other : trial_keys())
    if (const auto found = key_of_name.find(other.name);
        found != key_of_name.end() && is_stored_bare(other) && !is_named(other.full_name()))
      throw UserError(
          "{}: report.names: {} would be called {}, as {} is: nobody could tell them apart. Rename one.",
          entry.where, found->second, found->first, other.full_name());
}

}  // namespace

std::string parse_report_names(const Entry& entry) {
  std::map<std::string, std::string> key_of_name;
  std::vector<std::string> keys;
  std::string text;
  for (const std::string& part : split_at(unquoted(entry.value, entry.where), ';')) {
    const std::size_t colon = part.find(':');
    if (colon == part.npos)
      throw UserError(
          "{}: report.names: \"{}\" is not KEY: NAME, so that nothing tells what is named. Write for example names = hidden: "
          "latents; alpha: α.",
          entry.where, part);
    const std::string key = full_name_of(entry, trimmed(part.substr(0, colon))),
                      name = trimmed(part.substr(colon + 1));
    check_name(entry, key, name);
    if (std::ranges::count(keys, key))
      throw UserError("{}: report.names: {} is named twice: only one name could be used. Leave one out.",
                      entry.where, key);
    if (const auto [other, is_new] = key_of_name.emplace(name, key); !is_new)
      throw UserError(
          "{}: report.names: {} and {} are both called {}: nobody could tell them apart. Rename one.",
          entry.where, other->second, key, name);
    keys.push_back(key);
    text += fmt::format("{}{}: {}", text.empty() ? "" : "; ", key, name);
  }
  refuse_names_of_others(entry, key_of_name);
  return text;
}

}  // namespace ksweep
