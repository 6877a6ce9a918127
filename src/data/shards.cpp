#include "data/shards.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <tuple>

#include "base/errors.h"
#include "data/npy.h"
#include "data/positions.h"
#include "data/safetensors.h"
#include "data/shard_index.h"

namespace ksweep {
namespace {

namespace fs = std::filesystem;

/// Returns the format of a shard by its name; empty if it is none.
std::string format_of(const fs::path& path) {
  const std::string suffix = path.extension().string();
  if (suffix == ".hdf5") return ".h5";
  for (const char* known : {".safetensors", ".npy", ".npz", ".h5"})
    if (suffix == known) return suffix;
  return "";
}

void check_formats(const std::vector<SetPlace>& shards) {
  for (const SetPlace& shard : shards)
    if (format_of(shard.path) != format_of(shards[0].path))
      throw UserError(
          "{}: is of another format than {}: which of them are the samples is unclear. Keep shards of one format, or name "
          "them by a pattern: data.set = \"FOLDER/*{}\".",
          shard.path.string(), shards[0].path.string(), shards[0].path.extension().string());
}

/// Name and shape of a shard, and the shape of one of its samples.
struct Shape {
  std::string name;
  std::vector<std::size_t> dims, sample;
};

Shape shape_of(const std::string& name, const std::vector<std::size_t>& dims, bool positions) {
  const auto skip = std::min<std::size_t>(positions ? 2 : 1, dims.size());
  return {name, dims, {dims.begin() + static_cast<std::ptrdiff_t>(skip), dims.end()}};
}

/// Throws UserError unless samples of all shards have the shape of the first's, which is kept in `first`.
void check_shape(std::optional<Shape>& first, Shape shape) {
  if (!first) first = shape;
  if (shape.sample == first->sample) return;
  throw UserError(
      "{}: its size is {}, but that of {} is {}: all shards of a set must have samples of the same width. Give shards that "
      "belong together, one set in a folder.",
      shape.name, dims_text(shape.dims), first->name, dims_text(first->dims));
}

/// Where the samples of a shard lie, as far as its header alone says it.
std::optional<ShardArray> located(const SetPlace& shard) {
  const std::string format = format_of(shard.path);
  if (format == ".safetensors") return samples_of(read_safetensors_header(shard.path), shard.object);
  if (format == ".npy") return locate_npy(shard.path);
  return std::nullopt;
}

bool has_positions(const SetPlace& shard, const ShardArray& array, const std::string& skipped) {
  return array.dims.size() == 3 && (format_of(shard.path) == ".safetensors" || skipped != not_skipped);
}

/// Appends arrays of one kind; numbers of unlike types become `common`.
void append(RawArray& all, RawArray more, Element common) {
  if (all.element != more.element) {
    if (all.element == Element::text || more.element == Element::text)
      throw UserError("{}: holds {}, the shards before it the opposite: labels are all of one kind. Mend it.",
                      more.name, more.element == Element::text ? "texts" : "numbers");
    convert(all, common);
    convert(more, common);
  }
  all.dims[0] += more.dims[0];
  all.bytes.insert(all.bytes.end(), more.bytes.begin(), more.bytes.end());
}

void append_labels(Parts& all, Parts& shard) {
  if (all.train_labels.has_value() != shard.train_labels.has_value())
    throw UserError(
        "{}: its samples have {} labels, unlike those of the shards before it: accuracy could not be measured. Give labels "
        "for all shards or for none.",
        shard.train.name, shard.train_labels ? "" : "no");
  if (shard.train_labels) append(*all.train_labels, std::move(*shard.train_labels), Element::f64);
}

void check_alone(const Parts& shard) {
  if (shard.test)
    throw UserError(
        "{}: is one of several shards and holds a test part, {}: parts are not told apart in shards. Keep the training "
        "samples only; a sixth of them becomes the test part.",
        shard.train.name, shard.test->name);
  if (shard.train_labels &&
      count_elements(shard.train_labels->name, shard.train_labels->dims) != shard.train.dims[0])
    throw UserError(
        "{}: {} labels for the {} samples of this shard: which belong together is unknown. Give one for each.",
        shard.train_labels->name, dims_text(shard.train_labels->dims), shard.train.dims[0]);
}

/// Reads one shard, with its positions as samples and its numbers checked.
Parts read_one(const SetPlace& place, const std::string& skipped,
               const std::function<Parts(const SetPlace&)>& read, std::optional<Shape>& first) {
  Parts shard = read(place);
  const bool positions = has_positions(shard.train, skipped);
  check_shape(first, shape_of(shard.train.name, shard.train.dims, positions));
  if (const std::string done = flatten_positions(shard.train, skipped); !done.empty())
    shard.notes.push_back(place.path.filename().string() + ": " + done);
  if (!positions)
    check_finite(shard.train, [](std::size_t row) { return fmt::format("row {} (counted from 0)", row); });
  if (shard.train_labels)
    shard.train_labels->dims = {count_elements(shard.train_labels->name, shard.train_labels->dims)};
  check_alone(shard);
  return shard;
}

}  // namespace

bool in_natural_order(const std::string& one, const std::string& other) {
  const auto digits = [](const std::string& text, std::size_t at) {
    std::size_t end = at;
    while (end < text.size() && std::isdigit(static_cast<unsigned char>(text[end]))) ++end;
    return text.substr(at, end - at);
  };
  std::size_t i = 0, j = 0;
  while (i < one.size() && j < other.size()) {
    const std::string first = digits(one, i), second = digits(other, j);
    if (first.empty() || second.empty()) {
      if (one[i] != other[j]) return one[i] < other[j];
      ++i, ++j;
      continue;
    }
    const auto value = [](const std::string& run) {
      return run.substr(std::min(run.find_first_not_of('0'), run.size()));
    };
    const std::string a = value(first), b = value(second);
    if (a != b) return std::pair(a.size(), a) < std::pair(b.size(), b);
    i += first.size(), j += second.size();
  }
  if ((one.size() - i) != (other.size() - j)) return one.size() - i < other.size() - j;
  return one < other;  // "01" and "1"
}

ShardList shards_in(const fs::path& folder, const std::string& object) {
  ShardList list;
  std::vector<std::string> names;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder, error))
    if (const std::string name = entry.path().filename(); !name.starts_with('.')) names.push_back(name);
  std::ranges::sort(names, in_natural_order);
  const auto index =
      std::ranges::find_if(names, [](const auto& name) { return name.ends_with(".safetensors.index.json"); });
  if (index != names.end()) {
    list.shards = shards_of_index(folder / *index);
    std::ranges::sort(list.shards, [](const SetPlace& one, const SetPlace& other) {
      if (one.path != other.path) return in_natural_order(one.path.filename(), other.path.filename());
      return in_natural_order(one.object, other.object);
    });
  }
  for (const std::string& name : names) {
    const bool is_listed = std::ranges::any_of(
        list.shards, [&](const SetPlace& shard) { return shard.path.filename() == name; });
    if (index == names.end() && !format_of(name).empty())
      list.shards.push_back({folder / name, object});
    else if (!is_listed && (index == names.end() || name != *index))
      list.unused.push_back(name);
  }
  return list;
}

void shorten_notes(std::vector<std::string>& notes) {
  constexpr std::size_t most = 3;
  if (notes.size() <= most) return;
  const std::size_t n_more = notes.size() - most;
  notes.resize(most);
  notes.push_back(fmt::format("{} more shards alike", n_more));
}

std::optional<std::vector<ShardArray>> located_shards(const ShardList& list, const std::string& skipped) {
  check_formats(list.shards);
  std::vector<ShardArray> arrays;
  std::optional<Shape> first;
  bool all = true;
  for (const SetPlace& shard : list.shards) {
    const auto array = located(shard);
    if (array) {
      const bool positions = has_positions(shard, *array, skipped);
      check_shape(first, shape_of(array->name, array->dims, positions));
      all = all && (positions || array->dims.size() == 2);
      arrays.push_back(*array);
    }
    all = all && array;
  }
  return all ? std::optional(std::move(arrays)) : std::nullopt;
}

std::string shards_note(const ShardList& list, std::size_t n_samples) {
  const auto name = [](const SetPlace& shard) {
    return shard.path.filename().string() + (shard.object == "/" ? "" : ":" + printable(shard.object));
  };
  if (list.shards.size() == 1)
    return fmt::format("1 shard: {}; {} samples in all", name(list.shards.front()), n_samples);
  return fmt::format("{} shards in this order: {} … {}; {} samples in all", list.shards.size(),
                     name(list.shards.front()), name(list.shards.back()), n_samples);
}

Parts read_shards(const std::string& where, const ShardList& list, const std::string& skipped,
                  const std::function<Parts(const SetPlace&)>& read) {
  located_shards(list, skipped);  // tells faults of all headers before any numbers are read
  std::optional<Shape> first;
  std::optional<Parts> all;
  const auto is_listed = [&](const std::string& name, const fs::path& file) {
    return std::ranges::any_of(
        list.shards, [&](const SetPlace& shard) { return shard.path == file && shard.object == name; });
  };
  for (const SetPlace& place : list.shards) {
    Parts shard = read_one(place, skipped, read, first);
    std::erase_if(shard.unused, [&](const std::string& name) { return is_listed(name, place.path); });
    if (!all) {
      all = std::move(shard);
      continue;
    }
    append_labels(*all, shard);
    append(all->train, std::move(shard.train), Element::f32);
    all->notes.insert(all->notes.end(), shard.notes.begin(), shard.notes.end());
    for (auto& name : shard.unused)
      if (!std::ranges::count(all->unused, name)) all->unused.push_back(std::move(name));
  }
  all->n_shards = list.shards.size();
  all->train.name = where;
  if (all->train_labels) all->train_labels->name = where + ": labels";
  all->unused.insert(all->unused.end(), list.unused.begin(), list.unused.end());
  shorten_notes(all->notes);
  all->notes.insert(all->notes.begin(), shards_note(list, all->train.dims[0]));
  return std::move(*all);
}

}  // namespace ksweep
