#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace ksweep {

/// Sizes of hidden layers as a sweep file writes them: "30-10" is {30, 10}, "none" is {}.  Nothing if it is neither.
std::optional<std::vector<int>> parse_layer_sizes(const std::string& text);

/// The other way round.
std::string layer_sizes_text(std::span<const int> sizes);

/// The same as parse_layer_sizes() of a text that is known to be right.
std::vector<int> layer_sizes(const std::string& text);

/// Of all layers, inputs and outputs among them.
std::vector<int> layer_sizes(const std::string& hidden, int n_inputs, int n_outputs);

/// Of an autoencoder: inputs, these hidden layers, and mirrored back to the inputs.
std::vector<int> mirrored_layer_sizes(const std::string& hidden, int n_inputs);

}  // namespace ksweep
