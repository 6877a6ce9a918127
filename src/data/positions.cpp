#include "data/positions.h"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>
#include <sstream>

#include "base/errors.h"

namespace ksweep {
namespace {

[[noreturn]] void refuse_text(const std::string& text) {
  throw UserError(
      "data.skip_positions = {}: is no list of distinct positions, counted from 0: which ones to leave out is unclear. Give "
      "0, or \"0,1\" in quotes, or none.",
      printable(text));
}

}  // namespace

std::vector<std::size_t> kept_positions(const std::string& name, std::size_t count,
                                        const std::string& skipped) {
  const auto left_out = skipped_positions(skipped);
  const auto beyond = std::ranges::find_if(left_out, [&](std::size_t position) { return position >= count; });
  if (beyond != left_out.end())
    throw UserError(
        "data.skip_positions = {}: {} has {} positions, 0 to {}: there is no position {} to leave out. Lower it.",
        skipped, name, count, count - 1, *beyond);
  if (left_out.size() == count)
    throw UserError(
        "data.skip_positions = {}: these are all positions of {}, so that no sample is left. Keep some.",
        skipped, name);
  std::vector<std::size_t> kept;
  for (std::size_t position = 0; position < count; ++position)
    if (!std::ranges::count(left_out, position)) kept.push_back(position);
  return kept;
}

namespace {

/// Moves the kept positions to the front of the bytes and drops the rest.
void keep_positions(RawArray& samples, const std::vector<std::size_t>& kept) {
  const auto n_bytes = static_cast<std::ptrdiff_t>(samples.dims[2] * size_of(samples.element));
  const auto count = static_cast<std::ptrdiff_t>(samples.dims[1]);
  auto to = samples.bytes.begin();
  for (std::ptrdiff_t document = 0; document < static_cast<std::ptrdiff_t>(samples.dims[0]); ++document)
    for (const std::size_t position : kept) {
      const auto from =
          samples.bytes.begin() + (document * count + static_cast<std::ptrdiff_t>(position)) * n_bytes;
      if (to != from) std::copy(from, from + n_bytes, to);
      to += n_bytes;
    }
  samples.bytes.erase(to, samples.bytes.end());
}

}  // namespace

std::vector<std::size_t> skipped_positions(const std::string& text) {
  if (text == not_skipped) return {};
  std::vector<std::size_t> positions;
  std::istringstream words(text + ",");
  for (std::string word; std::getline(words, word, ',');) {
    word.erase(0, std::min(word.find_first_not_of(' '), word.size()));
    word.erase(word.find_last_not_of(' ') + 1);
    std::size_t position = 0;
    const auto [rest, error] = std::from_chars(word.data(), word.data() + word.size(), position);
    if (word.empty() || error != std::errc{} || rest != word.data() + word.size() ||
        std::ranges::count(positions, position))
      refuse_text(text);
    positions.push_back(position);
  }
  return positions;
}

bool has_positions(const RawArray& samples, const std::string& skipped) {
  return samples.dims.size() == 3 && (samples.positions || skipped != not_skipped);
}

std::string flatten_positions(RawArray& samples, const std::string& skipped, std::size_t first_document) {
  if (!has_positions(samples, skipped)) {
    if (skipped == not_skipped) return "";
    throw UserError(
        "data.skip_positions = {}: the size of {} is {}: only arrays of documents x positions x inputs have positions to "
        "leave out. Remove the key, or reshape the array.",
        skipped, samples.name, dims_text(samples.dims));
  }
  const auto kept = kept_positions(samples.name, samples.dims[1], skipped);
  const std::string shape = dims_text(samples.dims);
  keep_positions(samples, kept);
  samples.dims = {samples.dims[0] * kept.size(), samples.dims[2]};
  check_finite(samples, [&](std::size_t row) {
    return fmt::format("document {}, position {} (both counted from 0)", first_document + row / kept.size(),
                       kept[row % kept.size()]);
  });
  return positions_note(shape, skipped);
}

std::string positions_note(const std::string& size, const std::string& skipped) {
  return fmt::format(
      "taken as documents x positions x inputs: {}; every position is a sample{}", size,
      skipped == not_skipped ? " (data.skip_positions leaves some out)" : ", without position(s) " + skipped);
}

}  // namespace ksweep
