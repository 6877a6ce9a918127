#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "core/trial_result.h"

namespace ksweep {

/// What a reader of a trial file wants of it.
enum class Detail { numbers, with_filters, everything };

/// The bytes of a trial's file: a block of text that seals what follows, then an HDF5 file (FORMAT.md).
std::string encode_trial(const TrialResult& result);

/// trials/ab/ab…ef.h5: the id in the name of a trial's file; nothing if it is no such name.
std::optional<std::uint64_t> id_in_name(const std::filesystem::path& file);

/// HDF5 looks for its signature at 0, 512, 1024, …, so that this much text may stand in front.
inline constexpr std::size_t seal_size = 512;
/// The block of text that belongs in front of a file's content.  kind: a word for what the file holds.
std::string seal(std::uint64_t id, const std::string& identity, std::string_view body,
                 std::string_view kind = "trial");

/// What the seal of a file says.
enum class Seal {
  right,    ///< whole, and the trial asked for
  foreign,  ///< whole, but another trial
  broken,   ///< cut short, changed, or no file of this kind
};
Seal check_seal(std::string_view file, std::uint64_t id, const std::string& identity,
                std::string_view kind = "trial");

/// Ends the name of what belongs to one of several layers, which count from 0 here and from 1 in the file.
inline std::string layer_suffix(std::size_t layer) { return "_" + std::to_string(layer + 1); }

/// The record in a file whose seal is right.  Throws std::runtime_error if it is not readable after all.
TrialResult decode_trial(std::string_view file, Detail detail);

}  // namespace ksweep
