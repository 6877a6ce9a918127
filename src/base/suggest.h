#pragma once

#include <span>
#include <string>
#include <string_view>

namespace ksweep {

/// The candidate with the fewest single-character edits to `word` (a swap of neighbours is one), if it is near
/// enough to be a typing error (at most a third of its length); empty otherwise.
std::string nearest(std::string_view word, std::span<const std::string> candidates);

/// The words with commas between, as a message lists what there is to choose from.
std::string joined(std::span<const std::string> words);

}  // namespace ksweep
