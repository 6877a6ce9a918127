// Pairs of trainings that differ in the seed alone: DIR/pairs/ab/ab…ef.h5, sealed like trials.
#include <fmt/core.h>

#include <iostream>

#include "base/atomic_file.h"
#include "base/errors.h"
#include "base/sha256.h"
#include "store/h5.h"
#include "store/store.h"
#include "store/trial_file.h"

namespace ksweep {
namespace {

namespace fs = std::filesystem;
constexpr std::string_view kind = pair_kind;

std::string encode(const SeedPair& pair) {
  const auto file = h5::create_file();
  h5::write_fixed_text(file, "first_training", id_text(pair.first));
  h5::write_fixed_text(file, "second_training", id_text(pair.second));
  const std::vector<double> numbers{pair.mcc, pair.upper, pair.by_chance};
  h5::write_dataset(file, "mcc", {numbers.size()}, numbers.data(), h5::Layout::compact);
  const auto put = [&](const char* name, const std::vector<float>& cosines) {
    h5::write_dataset(file, name, {cosines.size()}, cosines.data(), h5::Layout::contiguous);
  };
  put("cosine_of_first", pair.cosine_of_first);
  put("cosine_of_second", pair.cosine_of_second);
  return h5::image_of(file);
}

template <class T>
std::vector<T> values_of(hid_t file, const char* name) {
  const auto set = h5::find_dataset(file, name);
  if (!set) throw std::runtime_error(fmt::format("{} is missing", name));
  return h5::read_values<T>(*set, h5::shape_of(*set, 1));
}

SeedPair decode(std::string_view body, std::uint64_t id) {
  const auto file = h5::open_image(body);
  const auto numbers = values_of<double>(file, "mcc");
  if (numbers.size() != 3) throw std::runtime_error("mcc has another length than 3");
  return {.id = id,
          .first = first_64_bits(h5::read_text(file, "first_training")),
          .second = first_64_bits(h5::read_text(file, "second_training")),
          .mcc = numbers[0],
          .upper = numbers[1],
          .by_chance = numbers[2],
          .cosine_of_first = values_of<float>(file, "cosine_of_first"),
          .cosine_of_second = values_of<float>(file, "cosine_of_second")};
}

}  // namespace

fs::path Store::pair_path(std::uint64_t id) const {
  const auto name = id_text(id);
  return folder_ / "pairs" / name.substr(0, 2) / (name + ".h5");
}

void Store::write_pair(const SeedPair& pair, const std::string& identity) const {
  const auto path = pair_path(pair.id);
  std::error_code ignored;  // if this fails, so does the write below, which throws
  fs::create_directories(path.parent_path(), ignored);
  const std::string body = encode(pair);
  write_file_atomically(path, seal(pair.id, identity, body, kind) + body);
}

bool Store::has_pair(std::uint64_t id, const std::string& identity) const {
  std::error_code ignored;
  return fs::is_regular_file(pair_path(id), ignored) &&
         check_seal(read_file(pair_path(id)), id, identity, kind) == Seal::right;
}

std::optional<SeedPair> Store::read_pair(std::uint64_t id, const std::string& identity) const {
  const auto path = pair_path(id);
  std::error_code ignored;
  if (!fs::is_regular_file(path, ignored)) return std::nullopt;
  try {
    const std::string file = read_file(path);
    if (check_seal(file, id, identity, kind) == Seal::right)
      return decode(std::string_view(file).substr(seal_size), id);
    std::cerr << "ksweep: " << path.string()
              << ": the file is damaged or another pair's, and counts as absent.\n";
  } catch (const std::exception& fault) {
    std::cerr << "ksweep: " << path.string() << ": cannot be read (" << fault.what()
              << "), and counts as absent.\n";
  }
  return std::nullopt;
}

void Store::keep_pairs_of(const std::set<std::uint64_t>& trainings) const {
  const auto is_wanted = [&](const fs::path& path, std::uint64_t id) {
    try {
      const std::string file = read_file(path);
      if (!is_intact(file, kind)) return false;
      const SeedPair pair = decode(std::string_view(file).substr(seal_size), id);
      return trainings.contains(pair.first) && trainings.contains(pair.second);
    } catch (const std::exception&) {
      return false;
    }
  };
  std::error_code none;
  std::vector<fs::path> unwanted;
  for (fs::recursive_directory_iterator entry(folder_ / "pairs", none), end; !none && entry != end;
       entry.increment(none))
    if (const auto id = id_in_name(entry->path()); id && !is_wanted(entry->path(), *id))
      unwanted.push_back(entry->path());
  for (const fs::path& path : unwanted) {
    fs::remove(path, none);
    if (fs::is_empty(path.parent_path(), none)) fs::remove(path.parent_path(), none);
  }
}

}  // namespace ksweep
