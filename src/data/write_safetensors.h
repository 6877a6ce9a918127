#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "base/atomic_file.h"

namespace ksweep {

/// An array that is yet to be written.
struct NewTensor {
  std::string name;
  std::string dtype;  ///< F32 or I32: four bytes a number
  std::vector<std::size_t> shape;
  std::function<void(const TakeBytes&)> make;  ///< passes all its numbers on, in C order, piece by piece
};

/// Writes a file of safetensors with these arrays, in this order, without keeping them in memory; safetensors.h says what one
/// looks like.  notes: its __metadata__.  Throws UserError as write_file_atomically() does.
void write_safetensors(const std::filesystem::path& path, std::span<const NewTensor> tensors,
                       const std::map<std::string, std::string>& notes);

}  // namespace ksweep
