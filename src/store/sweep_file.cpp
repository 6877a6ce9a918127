#include "store/sweep_file.h"

#include <H5public.h>
#include <fmt/core.h>

#include <algorithm>
#include <iterator>
#include <set>

#include "base/atomic_file.h"
#include "base/errors.h"
#include "base/in_child.h"
#include "base/sha256.h"
#include "core/trial_keys.h"
#include "store/h5.h"
#include "store/sweep_image.h"

namespace ksweep {
namespace {

// One line of text after the end of the HDF5 file, which readers ignore.
constexpr std::string_view before_checksum = "\nksweep sweep sha256 ";
constexpr std::size_t trailer_size = before_checksum.size() + 64 + 1;

std::string trailer(std::string_view image) {
  return std::string(before_checksum) + sha256_hex(image) + "\n";
}

/// Returns the HDF5 file in front of the last line, if that line's checksum matches.
std::optional<std::string_view> trusted_image(const std::string& bytes) {
  const std::size_t size = bytes.size() < trailer_size ? 0 : bytes.size() - trailer_size;
  const auto image = std::string_view(bytes).substr(0, size);
  if (std::string_view(bytes).substr(size) != trailer(image)) return std::nullopt;
  return image;
}

/// Returns the same sweep as this program would write it, decoded in a child process.  The checksum only
/// detects accidental damage: a malicious file can have a valid one and make libhdf5 crash, hang or exhaust
/// the memory.
std::string clean_image(std::string_view image) {
  const auto rewrite = [&] {
    try {
      return encode_sweep(decode_sweep(image));
    } catch (const std::runtime_error& error) {
      throw UserError(error.what());
    }
  };
  return text_from_child(rewrite, reading_limits(static_cast<double>(image.size())));
}

[[noreturn]] void refuse(const std::filesystem::path& path, const std::string& why) {
  throw UserError(
      "{}: {}: its numbers cannot be trusted. Give the sweep.h5 of a results folder; `ksweep run` with the "
      "same sweep file and --output writes it anew from trials/.",
      path.string(), why);
}

}  // namespace

std::string sweep_file_bytes(const SweepRecord& record) {
  std::string bytes = encode_sweep(record);
  bytes += trailer(bytes);
  return bytes;
}

void write_sweep_file(const std::filesystem::path& path, const SweepRecord& record) {
  write_file_atomically(path, sweep_file_bytes(record));
}

SweepRecord with_others(SweepRecord record) {
  if (record.others.empty()) return record;
  std::ranges::move(record.others, std::back_inserter(record.trials));
  record.others.clear();
  for (const Key& key : trial_keys()) {
    std::set<std::string> values;
    for (const TrialResult& result : record.trials)
      if (concerns(key, result.trial.kind)) values.insert(value_text(key, result.trial));
    if (values.size() > 1 && !std::ranges::count(record.axes, key.full_name()))
      record.axes.push_back(key.full_name());
  }
  return record;
}

SweepRecord read_sweep_file(const std::filesystem::path& path) {
  const std::string bytes = read_file(path);
  const auto image = trusted_image(bytes);
  if (!image) refuse(path, "is not a sweep file of ksweep, or was cut short or changed since it was written");
  try {
    return decode_sweep(clean_image(*image));
  } catch (const std::exception& fault) {
    refuse(path, fmt::format("cannot be read as a sweep ({})", fault.what()));
  }
}

std::optional<std::string> sweep_attribute(const std::filesystem::path& path, const std::string& name) {
  if (!std::filesystem::exists(path)) return std::nullopt;
  const std::string bytes = read_file(path);
  const auto image = trusted_image(bytes);
  if (!image) return std::nullopt;
  const auto read = [&] {
    const auto file = h5::open_image(*image);
    return h5::has_attribute(file, name.c_str()) ? "+" + h5::read_text(file, name.c_str()) : "";
  };
  try {
    const std::string found = text_from_child(read, reading_limits(static_cast<double>(image->size())));
    return found.empty() ? std::nullopt : std::optional(found.substr(1));
  } catch (const std::exception&) {
    return std::nullopt;
  }
}

std::string hdf5_version() {
  unsigned major = 0, minor = 0, release = 0;
  H5get_libversion(&major, &minor, &release);
  return fmt::format("{}.{}.{}", major, minor, release);
}

}  // namespace ksweep
