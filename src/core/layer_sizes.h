#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace ksweep {

/// Parses sizes of hidden layers as a sweep file writes them: "30-10" is {30, 10}, "none" is {}.  Returns
/// nothing for any other text.
std::optional<std::vector<int>> parse_layer_sizes(const std::string& text);

/// The inverse of parse_layer_sizes().
std::string layer_sizes_text(std::span<const int> sizes);

/// The same as parse_layer_sizes(), for a text that is known to be valid.
std::vector<int> layer_sizes(const std::string& text);

/// Returns the sizes of all layers, including inputs and outputs.
std::vector<int> layer_sizes(const std::string& hidden, int n_inputs, int n_outputs);

/// Returns the sizes of an autoencoder's layers: inputs, the hidden layers, and their mirror image down to
/// the inputs.
std::vector<int> mirrored_layer_sizes(const std::string& hidden, int n_inputs);

}  // namespace ksweep
