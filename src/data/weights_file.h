#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "core/weights.h"

namespace ksweep {

/// Where relative paths of model.start_from are looked up after the working directory: the sweep file's folder, and those of data
/// sets.
struct WeightPlaces {
  std::filesystem::path sweep_folder = {}, data_dir = {};
};

/// An autoencoder from files that `ksweep weights` or another program wrote:
///   z = activation(encoder (x - visible_bias) + hidden_bias); reconstruction = decoder' z + visible_bias.
struct WeightsFile {
  std::filesystem::path path;  ///< of its arrays
  AutoencoderWeights
      weights;          ///< with a decoder, and with thresholds if the file has them; all numbers finite
  std::string content;  ///< of StartingFile
  std::optional<std::string> activation,
      decoder_activation;           ///< as sweep files name them; none: the file does not say
  std::optional<int> k;             ///< of the k largest of each sample
  std::vector<std::string> unused;  ///< names of arrays that no autoencoder has
};

/// Reads the file or folder that a value of model.start_from names, in any format of `ksweep weights` (cli/weight_formats.cpp); the
/// names of its arrays tell which.  Numbers of 16 and 64 bits become float32.
///
/// Throws UserError that names the file if it is not found or damaged, lacks an array, has shapes that do not belong together or a
/// number that is not finite, says that it encodes in another way, or is not that of the value's content.
WeightsFile read_weights_file(const std::string& value, const WeightPlaces& places);

}  // namespace ksweep
