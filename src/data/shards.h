#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "data/assemble.h"
#include "data/sets.h"
#include "data/shard_array.h"

namespace ksweep {

/// Sorts names as people number them: runs of digits by their value, so that shard_10 comes after shard_9.
bool in_natural_order(const std::string& one, const std::string& other);

/// The shards of a set, in order, and what else lies beside them.
struct ShardList {
  std::vector<SetPlace> shards;  ///< each a file, and the array in it
  std::vector<std::string> unused;
};

/// Lists the shards in a folder: files called *.safetensors, *.npy, *.npz, *.h5 or *.hdf5, not hidden, in natural order.  If there
/// is an index (*.safetensors.index.json), the arrays in its weight_map, in natural order of file and name.  `object`: the
/// array in each file; "/": to be recognised.  Empty if there are none.  Throws UserError for an index that does not fit.
ShardList shards_in(const std::filesystem::path& folder, const std::string& object);

/// Returns where the samples of all shards lie, if they can be read from there one by one: uncompressed safetensors and
/// NPY in C order, matrices or documents with positions.  Checks all headers against each other and against their files.
/// Throws UserError as read_shards() does.
std::optional<std::vector<ShardArray>> located_shards(const ShardList& list, const std::string& skipped);

/// Keeps the first few of notes on single shards, and the number of the others.
void shorten_notes(std::vector<std::string>& notes);

/// Says which shards were found, and in which order.
std::string shards_note(const ShardList& list, std::size_t n_samples);

/// Reads shards one after another and joins their samples and labels: float and whole numbers may be mixed, samples become
/// float32 then.  Positions are flattened as data.skip_positions says (positions.h).  `where` names the set in messages, `read`
/// reads one file.
///
/// Throws UserError if formats or widths differ, naming two shards and their shapes; if only some have labels; for a header
/// that does not fit its file, before any shard's numbers are read; and for a number that is infinite or NaN, naming shard
/// and row.
Parts read_shards(const std::string& where, const ShardList& list, const std::string& skipped,
                  const std::function<Parts(const SetPlace&)>& read);

}  // namespace ksweep
