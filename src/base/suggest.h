#pragma once

#include <span>
#include <string>
#include <string_view>

namespace ksweep {

/// Returns the candidate with the fewest single-character edits to `word` (swapping neighbours is one), if it
/// is near enough to be a typing error (at most a third of its length); otherwise an empty text.
std::string nearest(std::string_view word, std::span<const std::string> candidates);

/// Joins words with commas, as messages list choices.
std::string joined(std::span<const std::string> words);

}  // namespace ksweep
