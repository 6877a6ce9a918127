#include "sweep/entries.h"

#include <fmt/core.h>

#include <algorithm>
#include <cctype>
#include <optional>
#include <sstream>
#include <string_view>

#include "base/errors.h"
#include "base/suggest.h"
#include "base/utf8.h"
#include "core/metrics.h"
#include "core/trial_keys.h"
#include "sweep/quoting.h"

namespace ksweep {
namespace {

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

/// Names of keys in other programs and papers, in small letters and without dashes and underscores.
constexpr std::pair<const char*, const char*> synonyms[] = {
    {"lr", "train.learning_rate"},
    {"eta", "train.learning_rate"},
    {"stepsize", "train.learning_rate"},
    {"scheduler", "train.learning_rate_schedule"},
    {"lrschedule", "train.learning_rate_schedule"},
    {"batchsize", "train.batch"},
    {"bs", "train.batch"},
    {"wd", "train.weight_decay"},
    {"optim", "train.optimizer"},
    {"topk", "model.k"},
    {"l0", "model.k"},
    {"units", "model.hidden"},
    {"width", "model.hidden"},
    {"latents", "model.hidden"},
    {"latentdim", "model.hidden"},
    {"dictsize", "model.hidden"},
    {"dsae", "model.hidden"},
    {"model", "model.kind"},
    {"architecture", "model.kind"},
    {"l1", "model.sparsity_weight"},
    {"l1coefficient", "model.sparsity_weight"},
    {"lambda", "model.sparsity_weight"},
    {"beta", "model.sparsity_weight"},
    {"rho", "model.sparsity_target"},
    {"auxk", "model.aux_units"},
    {"auxkalpha", "model.aux_weight"},
    {"noise", "model.input_noise"},
    {"path", "data.set"},
    {"dataset", "data.set"},
    {"nval", "data.validation"},
};

std::string plain(const std::string& name) {
  std::string text;
  for (const char letter : name)
    if (letter != '-' && letter != '_')
      text += static_cast<char>(std::tolower(static_cast<unsigned char>(letter)));
  return text;
}

/// Returns a key of the same name in another section or a synonym, else the key with the most similar
/// spelling.
std::string nearest_key(const std::string& key) {
  const auto known = known_keys();
  for (const std::string& candidate : known)
    if (plain(bare(candidate)) == plain(bare(key))) return candidate;
  for (const auto& [synonym, meant] : synonyms)
    if (plain(bare(key)) == synonym) return meant;
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
  throw UserError(
      "{}: [{}] is no section of a sweep file: its keys would do nothing. {}", where, section,
      near.empty() ? "Sections are " + joined(known) + "." : fmt::format("Did you mean [{}]?", near));
}

std::string place(const std::string& name, std::size_t line) { return fmt::format("{}:{}", name, line); }

void refuse_second(const Entry& first, const Entry& second) {
  throw UserError(
      "{}: {} is given twice, first at {}: only one could count. Put all its values on one line, separated "
      "by commas.",
      second.where, second.key, first.where);
}

void add_once(std::vector<Entry>& entries, Entry entry) {
  const auto same = std::ranges::find(entries, entry.key, &Entry::key);
  if (same != entries.end() && !is_repeatable(entry.key)) refuse_second(*same, entry);
  entries.push_back(std::move(entry));
}

void refuse_empty(const Entry& entry) {
  throw UserError(
      "{}: {} has no value: an axis needs one or more. Write {} = value, or remove the line to use the "
      "default.",
      entry.where, entry.key, entry.key);
}

/// Whether values of a key are names or sentences, which may contain #.
bool takes_text(const std::string& key) {
  const Key* of_trial = find_key(key);
  return of_trial ? of_trial->kind == Key::Kind::text
                  : key == "title" || key == "grid.exclude" || key == "report.names";
}

bool is_blank(char letter) { return letter == ' ' || letter == '\t'; }

/// Removes a comment, which begins with `#`.  In a text, # might be part of the value unless it has blanks on
/// both sides; then this throws UserError.
std::string without_comment(const std::string& where, const std::string& key, const std::string& value) {
  const std::size_t mark = find_comment(value);
  if (mark == value.npos) return trimmed(value);
  const bool apart =
      (mark == 0 || is_blank(value[mark - 1])) && (mark + 1 == value.size() || is_blank(value[mark + 1]));
  if (takes_text(key) && !apart)
    throw UserError(
        "{}: {} = {} may end before the # or hold it: a comment would be lost, or a part of the value. Write "
        "the value in quotes, {}, or put a blank on both sides of a # that begins a comment.",
        where, key, trimmed(value), quoted(trimmed(value)));
  return trimmed(value.substr(0, mark));
}

/// Throws UserError for a control character.
void check_letters(const std::string& where, const std::string& line) {
  const auto is_control = [](char letter) {
    return (letter >= '\0' && letter < ' ' && letter != '\t') || letter == '\x7F';
  };
  const auto found = std::ranges::find_if(line, is_control);
  if (found == line.end()) return;
  throw UserError("{}: byte {} is the control character {}: no value holds one. Take it out{}", where,
                  found - line.begin() + 1, escaped_byte(*found),
                  *found == '\r' ? "; if it ends lines, as on old Macs: tr '\\r' '\\n' < OLD > NEW." : ".");
}

void check_utf8(const std::string& where, const std::string& line, const std::string& cure) {
  if (const auto foreign = first_foreign_byte(line))
    throw UserError(
        "{}: byte {} ({} in \"{}\") is not UTF-8: it would be stored where nothing could read it. {}", where,
        *foreign + 1, escaped_byte(line[*foreign]), as_utf8(line.substr(0, 60)), cure);
}

/// Reads a sweep file line by line.
class FileReader {
 public:
  explicit FileReader(const std::string& name) : name_(name) {}

  void read(std::size_t number, const std::string& bytes, std::vector<Entry>& entries) {
    const std::string where = place(name_, number), line = trimmed(bytes);
    check_utf8(where, bytes, "Save the file as UTF-8, for example: iconv -f latin1 -t utf-8 OLD > NEW.");
    // A comment may hold anything except line ends of old Macs, which would make the next lines part of it.
    if (line.empty() || (line.front() == '#' && line.find('\r') == line.npos)) return;
    check_letters(where, line);
    const std::size_t equals = line.find('='), comment = line.find('#');
    if (line.front() == '[' && trimmed(line.substr(0, comment)).back() == ']') {
      section_ = trimmed(line.substr(0, comment));
      section_ = section_.substr(1, section_.size() - 2);
      return check_section(where, section_);
    }
    if (equals == line.npos || comment < equals) refuse_line(where, trimmed(line.substr(0, comment)));
    add_once(entries, entry_of(where, line.substr(0, equals), line.substr(equals + 1)));
  }

 private:
  [[noreturn]] static void refuse_line(const std::string& where, const std::string& line) {
    throw UserError(
        "{}: \"{}\" is neither [section] nor key = value: it would be lost. Write it as key = value, or "
        "begin the line with # if it is a comment.",
        where, line.substr(0, 40));
  }

  Entry entry_of(const std::string& where, const std::string& key, const std::string& value) const {
    Entry entry{(section_.empty() ? "" : section_ + ".") + trimmed(key), "", where};
    if (!is_known(entry.key)) refuse_unknown_key(where, entry.key);
    entry.value = without_comment(where, entry.key, value);
    if (entry.value.empty()) refuse_empty(entry);
    return entry;
  }

  const std::string& name_;
  std::string section_;
};

/// Throws UserError for encodings other than UTF-8 in which an editor may have saved the file.
void check_encoding(const std::string& text, const std::string& name) {
  using namespace std::string_view_literals;
  constexpr std::pair<std::string_view, const char*> marks[] = {{"\xFF\xFE\0\0"sv, "utf-32"},
                                                                {"\0\0\xFE\xFF"sv, "utf-32"},
                                                                {"\xFF\xFE"sv, "utf-16"},
                                                                {"\xFE\xFF"sv, "utf-16"}};
  for (const auto& [mark, encoding] : marks)
    if (text.starts_with(mark))
      throw UserError(
          "{}: is text in {}: a sweep file is UTF-8. Save it as that, for example: iconv -f {} -t utf-8 OLD "
          "> NEW.",
          name, encoding, encoding);
  if (text.find('\0') != std::string::npos)
    throw UserError(
        "{}: is no text: a sweep file is text with lines like k = 10, 25. Give a file like those in jobs/.",
        name);
}

std::vector<Entry> entries_of_file(const std::string& text, const std::string& name) {
  check_encoding(text, name);
  std::vector<Entry> entries;
  FileReader reader(name);
  std::istringstream lines(text);
  std::size_t number = 0;
  for (std::string line; std::getline(lines, line);) reader.read(++number, line, entries);
  return entries;
}

Entry entry_of_override(const std::string& argument) {
  check_utf8("--set", argument, "Type it in a terminal that uses UTF-8, or rename what it names.");
  check_letters("--set", argument);
  const auto equals = argument.find('=');
  if (equals == std::string::npos)
    throw UserError("--set {}: has no =: there is nothing to set. Write --set section.key=values.", argument);
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
      {"results.consistency", "auto, yes or no",
       "yes: compare the decoders of all seeds of a setting in pairs (PW-MCC); auto: if the samples have no labels",
       false},
      {"report.metric", "one of " + metric_names(),
       "what settings are chosen and judged by in status and report; without it accuracy or, where there are no labels, fvu, the "
       "fraction of variance unexplained",
       false},
      {"report.names", "KEY: NAME, several separated by ;",
       "what the report calls keys in figures, tables and sentences, as in hidden: latents; alpha: α", false},
      {"grid.search", "all or race",
       "race: settings that are surely worse than the best get no more seeds; all: every trial is trained",
       false},
      {"grid.race_start", "a whole number from 2; 4 unless given",
       "race: seeds that each setting gets before the first may leave", false},
      {"grid.race_error", "a probability up to 0.5; 0.05 unless given",
       "race: at most this is the probability that the best setting leaves", false},
      {"grid.race_tolerance", "a number from 0; 0 unless given",
       "race: differences of the metric that do not matter: it ends when no settings left can differ by more",
       false},
      {"grid.race_refine", "yes or no; no unless given",
       "race: yes: adds values of k halfway between the leader's and its neighbours, once these have left",
       false},
      {"grid.zip", "keys, as in model.k, model.hidden",
       "axes that advance together instead of being multiplied; one line per group", true},
      {"grid.exclude", "conditions, as in model.k=70 & model.hidden=100",
       "leaves out the trials for which all of these hold; one line per rule", true},
  };
  return keys;
}

std::vector<Entry> read_entries(const std::string& text, const std::string& name,
                                const std::vector<std::string>& overrides) {
  auto entries = entries_of_file(without_byte_order_mark(text), name);

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
  throw UserError("{}: {} is no key of a sweep file: it would do nothing. {}", where, key,
                  near.empty() ? "`ksweep plan --keys` lists all keys." : "Did you mean " + near + "?");
}

std::string without_byte_order_mark(const std::string& text) {
  static constexpr std::string_view mark = "\xEF\xBB\xBF";
  return text.starts_with(mark) ? text.substr(mark.size()) : text;
}

}  // namespace ksweep
