#include "core/layer_sizes.h"

#include <fmt/core.h>

#include <charconv>

namespace ksweep {
namespace {

constexpr int most_units = 1000000;

}  // namespace

std::optional<std::vector<int>> parse_layer_sizes(const std::string& text) {
  std::vector<int> sizes;
  if (text == "none") return sizes;
  const char *next = text.data(), *const end = next + text.size();
  while (true) {
    int size = 0;
    const auto [rest, error] = std::from_chars(next, end, size);
    if (error != std::errc{} || size < 1 || size > most_units) return std::nullopt;
    sizes.push_back(size);
    if (rest == end) return sizes;
    if (*rest != '-') return std::nullopt;
    next = rest + 1;
  }
}

std::string layer_sizes_text(std::span<const int> sizes) {
  std::string text;
  for (const int size : sizes) text += fmt::format("{}{}", text.empty() ? "" : "-", size);
  return text.empty() ? "none" : text;
}

std::vector<int> layer_sizes(const std::string& text) { return parse_layer_sizes(text).value(); }

std::vector<int> layer_sizes(const std::string& hidden, int n_inputs, int n_outputs) {
  std::vector<int> sizes = layer_sizes(hidden);
  sizes.insert(sizes.begin(), n_inputs);
  sizes.push_back(n_outputs);
  return sizes;
}

std::vector<int> mirrored_layer_sizes(const std::string& hidden, int n_inputs) {
  std::vector<int> sizes = layer_sizes(hidden);
  sizes.insert(sizes.begin(), n_inputs);
  for (std::size_t i = sizes.size() - 1; i-- > 0;) sizes.push_back(sizes[i]);
  return sizes;
}

}  // namespace ksweep
