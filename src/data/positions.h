#pragma once

#include <string>
#include <vector>

#include "data/raw_array.h"

namespace ksweep {

/// Value of data.skip_positions that says nothing.
inline constexpr const char* not_skipped = "none";

/// Returns the positions of a text like "0" or "0,1"; none for `not_skipped`.  Throws UserError that begins with the key for
/// anything else, and for one that comes twice.
std::vector<std::size_t> skipped_positions(const std::string& text);

/// Returns the positions 0 … count - 1 of an array, called `name` in messages, that are not skipped.  Throws UserError that
/// begins with the key if positions to skip are not there, or are all.
std::vector<std::size_t> kept_positions(const std::string& name, std::size_t count,
                                        const std::string& skipped);

/// Says that the positions of an array of this size ("2 x 3 x 4") are samples.
std::string positions_note(const std::string& size, const std::string& skipped);

/// Whether positions of this array are samples of their own: it says so (safetensors), or the user does by skipping some.
bool has_positions(const RawArray& samples, const std::string& skipped);

/// Makes positions of an array (n, positions, m) to samples of their own, (n * kept, m), in the order of the file, without the
/// skipped ones; any other array stays as it is.  Returns what was done, for Dataset::notes; empty: nothing.  Throws UserError
/// that names the document and the position for a kept number that is infinite or NaN, and that begins with the key if
/// positions to skip are not there, or are all.
/// The text is positions_note(shape, skipped).  first_document: number of the array's first document, for messages.
std::string flatten_positions(RawArray& samples, const std::string& skipped, std::size_t first_document = 0);

}  // namespace ksweep
