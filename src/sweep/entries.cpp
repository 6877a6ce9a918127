#include "sweep/entries.h"

#include <algorithm>
#include <boost/program_options/options_description.hpp>
#include <boost/program_options/parsers.hpp>
#include <cassert>
#include <optional>
#include <sstream>

#include "core/errors.h"
#include "core/suggest.h"
#include "core/trial_keys.h"

namespace ksweep {
namespace {

namespace po = boost::program_options;

std::vector<std::string> known_keys() {
  std::vector<std::string> names;
  for (const Key& key : trial_keys()) names.push_back(key.full_name());
  for (const FileKey& key : file_keys()) names.push_back(key.name);
  return names;
}

bool is_known(const std::string& key) { return std::ranges::count(known_keys(), key) > 0; }

bool is_repeatable(const std::string& key) {
  return std::ranges::any_of(file_keys(), [&](const FileKey& k) { return k.name == key && k.repeatable; });
}

std::vector<std::string> known_sections() {
  std::vector<std::string> sections;
  for (const std::string& key : known_keys())
    if (const auto dot = key.find('.'); dot != std::string::npos)
      if (std::string section = key.substr(0, dot); !std::ranges::count(sections, section))
        sections.push_back(std::move(section));
  return sections;
}

std::string bare(const std::string& key) { return key.substr(key.find('.') + 1); }

/// A key of the same name in another section is nearer than any typing error.
std::string nearest_key(const std::string& key) {
  const auto known = known_keys();
  for (const std::string& candidate : known)
    if (bare(candidate) == bare(key)) return candidate;
  if (const std::string found = nearest(key, known); !found.empty()) return found;
  std::vector<std::string> bare_names;
  for (const std::string& candidate : known) bare_names.push_back(bare(candidate));
  const auto found = std::ranges::find(bare_names, nearest(bare(key), bare_names));
  return found == bare_names.end() ? "" : known[static_cast<std::size_t>(found - bare_names.begin())];
}

void check_section(const std::string& where, const std::string& section) {
  const auto known = known_sections();
  if (std::ranges::count(known, section)) return;
  const std::string near = nearest(section, known);
  throw UserError(where + ": [" + section + "] is no section of a sweep file: its keys would do nothing. " +
                  (near.empty() ? "Sections are " + joined(known) + "." : "Did you mean [" + near + "]?"));
}

std::string place(const std::string& name, std::size_t line) { return name + ":" + std::to_string(line); }

/// Where each assignment stands, in file order.  Program_options, which reads them, keeps no line numbers.
std::vector<std::string> places_of_assignments(const std::string& text, const std::string& name) {
  std::vector<std::string> places;
  std::istringstream lines(text);
  std::size_t number = 0;
  for (std::string line; std::getline(lines, line);) {
    const std::string where = place(name, ++number);
    line = trimmed(line.substr(0, line.find('#')));
    if (line.empty()) continue;
    if (line.front() == '[' && line.back() == ']')
      check_section(where, line.substr(1, line.size() - 2));
    else if (line.find('=') != std::string::npos)
      places.push_back(where);
    else
      throw UserError(where + ": \"" + line.substr(0, 40) +
                      "\" is neither [section] nor key = value: it would " +
                      "be lost. Write it as key = value, or begin the line with # if it is a comment.");
  }
  return places;
}

po::options_description known_options() {
  po::options_description options;
  for (const std::string& key : known_keys()) options.add_options()(key.c_str(), "");
  return options;
}

void refuse_second(const Entry& first, const Entry& second) {
  throw UserError(second.where + ": " + second.key + " is given twice, first at " + first.where +
                  ": only one could count. Put all its values on one line, separated by commas.");
}

void add_once(std::vector<Entry>& entries, Entry entry) {
  const auto same = std::ranges::find(entries, entry.key, &Entry::key);
  if (same != entries.end() && !is_repeatable(entry.key)) refuse_second(*same, entry);
  entries.push_back(std::move(entry));
}

void refuse_empty(const Entry& entry) {
  throw UserError(entry.where + ": " + entry.key + " has no value: an axis needs one or more. Write " +
                  entry.key + " = value, or remove the line to use the default.");
}

std::vector<Entry> entries_of_file(const std::string& text, const std::string& name) {
  if (text.find('\0') != std::string::npos)
    throw UserError(
        name +
        ": is no text: a sweep file is text with lines like k = 10, 25. Give a file like those in jobs/.");
  const auto places = places_of_assignments(text, name);
  std::istringstream stream(text);
  const auto parsed = po::parse_config_file(stream, known_options(), true).options;
  assert(parsed.size() == places.size());

  std::vector<Entry> entries;
  for (std::size_t i = 0; i < parsed.size(); ++i) {
    if (parsed[i].unregistered) refuse_unknown_key(places[i], parsed[i].string_key);
    Entry entry{parsed[i].string_key, parsed[i].value.at(0), places[i]};
    if (entry.value.empty()) refuse_empty(entry);
    add_once(entries, std::move(entry));
  }
  return entries;
}

Entry entry_of_override(const std::string& argument) {
  const auto equals = argument.find('=');
  if (equals == std::string::npos)
    throw UserError("--set " + argument +
                    ": has no =: there is nothing to set. Write --set section.key=values.");
  Entry entry{trimmed(argument.substr(0, equals)), trimmed(argument.substr(equals + 1)), "--set"};
  if (!is_known(entry.key)) refuse_unknown_key("--set", entry.key);
  if (entry.value.empty() && !is_repeatable(entry.key)) refuse_empty(entry);
  return entry;
}

void replace_or_add(std::vector<Entry>& entries, std::vector<Entry> changes) {
  for (Entry& change : changes) {
    const auto same = std::ranges::find(entries, change.key, &Entry::key);
    if (same != entries.end() && !is_repeatable(change.key))
      *same = std::move(change);
    else if (!change.value.empty())
      entries.push_back(std::move(change));
  }
}

}  // namespace

std::span<const FileKey> file_keys() {
  static const std::vector<FileKey> keys{
      {"title", "text", "one line that says what the sweep asks; heads the report", false},
      {"results.save", "nothing or weights",
       "weights: keep each trial's learned weights, of all layers, in its file", false},
      {"grid.zip", "keys, as in model.k, model.hidden",
       "axes that advance together instead of being multiplied; one line per group", true},
      {"grid.exclude", "conditions, as in model.k=70 & model.hidden=100",
       "leaves out the trials for which all of these hold; one line per rule", true},
  };
  return keys;
}

std::vector<Entry> read_entries(const std::string& text, const std::string& name,
                                const std::vector<std::string>& overrides) {
  static constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
  const bool marked = text.starts_with(byte_order_mark);
  auto entries = entries_of_file(marked ? text.substr(byte_order_mark.size()) : text, name);

  std::vector<Entry> changes;
  for (const std::string& argument : overrides) add_once(changes, entry_of_override(argument));
  std::erase_if(entries, [&](const Entry& entry) {
    return is_repeatable(entry.key) && std::ranges::count(changes, entry.key, &Entry::key);
  });
  replace_or_add(entries, std::move(changes));
  return entries;
}

void refuse_unknown_key(const std::string& where, const std::string& key) {
  const std::string near = nearest_key(key);
  throw UserError(where + ": " + key + " is no key of a sweep file: it would do nothing. " +
                  (near.empty() ? "`ksweep plan --keys` lists all keys." : "Did you mean " + near + "?"));
}

std::string trimmed(const std::string& text) {
  const auto begin = text.find_first_not_of(" \t\r\n");
  if (begin == std::string::npos) return "";
  return text.substr(begin, text.find_last_not_of(" \t\r\n") - begin + 1);
}

std::vector<std::string> split_at(const std::string& text, char separator) {
  std::vector<std::string> parts;
  std::istringstream stream(text);
  for (std::string part; std::getline(stream, part, separator);) parts.push_back(trimmed(part));
  if (text.empty() || text.back() == separator) parts.emplace_back();
  return parts;
}

}  // namespace ksweep
