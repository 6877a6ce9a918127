#include "store/find_trial.h"

#include <algorithm>
#include <span>
#include <vector>

#include "base/atomic_file.h"
#include "base/errors.h"
#include "base/in_child.h"
#include "base/sha256.h"
#include "base/suggest.h"
#include "core/trial_keys.h"
#include "store/trial_file.h"

namespace ksweep {
namespace {

namespace fs = std::filesystem;

/// Returns the ids of all files in trials/, ascending.
std::vector<std::string> ids_in(const fs::path& folder) {
  std::vector<std::string> ids;
  std::error_code error;
  for (fs::recursive_directory_iterator entry(folder / "trials", error), end; !error && entry != end;
       entry.increment(error))
    if (const auto id = id_in_name(entry->path())) ids.push_back(id_text(*id));
  std::ranges::sort(ids);
  return ids;
}

[[noreturn]] void not_found(const fs::path& folder, const std::string& id,
                            const std::vector<std::string>& ids) {
  const std::string near = nearest(id, ids);
  throw UserError(
      "{0}: holds no trial {1}: which network is meant is unclear. {2}`ksweep export {0} --csv OUT` lists the ids.",
      folder.string(), id, near.empty() ? "" : "Did you mean " + near + "? ");
}

[[noreturn]] void ambiguous(const fs::path& folder, const std::string& id,
                            const std::vector<std::string>& matches) {
  constexpr std::size_t most_listed = 5;
  throw UserError(
      "{}: the ids of {} trials begin with {}: {}{}: which network is meant is unclear. Give more digits.",
      folder.string(), matches.size(), id,
      joined(std::span(matches).first(std::min(matches.size(), most_listed))),
      matches.size() > most_listed ? ", …" : "");
}

std::string full_id(const fs::path& folder, const std::string& id) {
  if (!fs::is_directory(folder / "trials"))
    throw UserError(
        "{}: holds no folder trials/: there are no networks in it. Give the --output of `ksweep run`.",
        folder.string());
  const std::vector<std::string> ids = ids_in(folder);
  std::vector<std::string> matches;
  std::ranges::copy_if(ids, std::back_inserter(matches),
                       [&](const std::string& each) { return each.starts_with(id); });
  if (matches.empty()) not_found(folder, id, ids);
  if (matches.size() > 1) ambiguous(folder, id, matches);
  return matches[0];
}

/// Returns the record in the bytes of a file.  Throws std::exception if it is unreadable.
TrialResult decoded(const std::string& bytes) {
  const auto rewrite = [&] {
    try {
      return encode_trial(decode_trial(bytes, Detail::everything));
    } catch (const std::exception& fault) {
      throw UserError(fault.what());
    }
  };
  return decode_trial(text_from_child(rewrite, reading_limits(static_cast<double>(bytes.size()))),
                      Detail::everything);
}

}  // namespace

TrialResult find_trial(const fs::path& folder, const std::string& id) {
  const std::string name = full_id(folder, id);
  const fs::path file = folder / "trials" / name.substr(0, 2) / (name + ".h5");
  const auto refuse = [&](const std::string& why) {
    throw UserError(
        "{}: {}: what it holds cannot be trusted. Run the sweep again, which puts the file aside and trains the trial anew.",
        file.string(), why);
  };
  const std::string bytes = read_file(file);
  const std::uint64_t number = first_64_bits(name);
  if (check_seal(bytes, number, "") == Seal::broken)
    refuse("its checksum is wrong: cut short, or changed since it was written");
  TrialResult record;
  try {
    record = decoded(bytes);
  } catch (const std::exception& fault) {
    refuse(std::string("it cannot be read (") + fault.what() + ")");
  }
  if (check_seal(bytes, number, identity(record.trial)) != Seal::right)
    refuse("it is the record of another trial");
  return record;
}

void require_weights(const TrialResult& record, const fs::path& folder, const char* purpose) {
  if (record.weights.empty())
    throw UserError(
        "{}: the weights of trial {} are not stored: there is nothing to {}. Train it again with "
        "`results.save = weights` (--set results.save=weights; trials of kind raw have no weights).",
        folder.string(), id_text(record.id), purpose);
}

}  // namespace ksweep
