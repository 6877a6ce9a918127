#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "core/trial_result.h"

namespace ksweep {

/// How much of a trial file to read.
enum class Detail { numbers, with_filters, everything };

/// Returns the bytes of a trial file: a seal, then an HDF5 file (FORMAT.md).
std::string encode_trial(const TrialResult& result);

/// Returns the id in the name of a trial file, trials/ab/ab…ef.h5; nothing if the name is of another form.
std::optional<std::uint64_t> id_in_name(const std::filesystem::path& file);

/// Size of the seal.  Since HDF5 looks for its signature at 0, 512, 1024, …, a file may begin with it.
inline constexpr std::size_t seal_size = 512;
/// Returns the seal: the text in front of a file's content that identifies and checks it.  kind: the kind of
/// file.
std::string seal(std::uint64_t id, const std::string& identity, std::string_view body,
                 std::string_view kind = "trial");

/// The kind of file that holds a pair of seeds.
inline constexpr std::string_view pair_kind = "pair";

/// Whether a file is intact and of this kind, whatever it is of.
bool is_intact(std::string_view file, std::string_view kind);

/// The result of checking a file's seal.
enum class Seal {
  right,    ///< intact, of the requested trial
  foreign,  ///< intact, but of another trial
  broken,   ///< truncated, changed, or no file of this kind
};
Seal check_seal(std::string_view file, std::uint64_t id, const std::string& identity,
                std::string_view kind = "trial");

/// Returns the suffix for names of one layer's data.  Layers count from 0 here and from 1 in the file.
inline std::string layer_suffix(std::size_t layer) { return "_" + std::to_string(layer + 1); }

/// Returns the record in a file with a valid seal.  Throws std::runtime_error if it is still unreadable.
TrialResult decode_trial(std::string_view file, Detail detail);

}  // namespace ksweep
