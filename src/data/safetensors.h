#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "data/assemble.h"
#include "data/shard_array.h"

namespace ksweep {

/// An array of a safetensors file and its name there.
struct Tensor {
  std::string name;
  ShardArray array;
};

/// Whether a file, by its first nine bytes or its name, is meant to be one of safetensors.
bool is_safetensors(const std::filesystem::path& path, const std::string& first_bytes);

/// Reads the header of a safetensors file: 8 bytes little-endian length of a JSON text {"name": {"dtype": "F32", "shape":
/// [..], "data_offsets": [begin, end]}, "__metadata__": {..}}, that text, and the numbers, little-endian in C order; offsets
/// count from the end of the text.  Returns the arrays in the order of their offsets.
///
/// Throws UserError unless all of it fits together: the length and the file's size; each array's bytes and its shape;
/// offsets that cover the file without gaps or overlaps; no name or key twice.
/// Source: github.com/huggingface/safetensors, README, "Format".
std::vector<Tensor> read_safetensors_header(const std::filesystem::path& path);

/// Returns the names of the arrays that can be samples: of two or three dimensions.
std::vector<std::string> sample_names(const std::vector<Tensor>& tensors);

/// Returns the array that read_safetensors() takes for the samples; none if that takes more than its shape to tell.
std::optional<ShardArray> samples_of(const std::vector<Tensor>& tensors, const std::string& object);

/// Reads the parts of a safetensors file.  object: the array of samples; "/": the only one of two or three dimensions, or that
/// with a usual name (array_names.h).  Labels may be beside it.
Parts read_safetensors(const std::filesystem::path& path, const std::string& object);

}  // namespace ksweep
