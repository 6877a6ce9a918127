#pragma once

#include <string>
#include <variant>
#include <vector>

#include "core/trial.h"
#include "core/weights.h"
#include "data/shard_array.h"
#include "data/superposition_recipe.h"

namespace ksweep {

/// What it takes to read a data set whose samples stay in files.
struct StoredSet {
  std::vector<ShardArray> arrays;
  std::string skipped_positions;
  TestPart test_part = TestPart::balanced;
  InputScaling scaling{1};
};

/// What it takes to make the samples of the generator `superposition` one by one.
struct GeneratedSet {
  SuperpositionRecipe recipe;
  InputScaling scaling{1};
};

using StreamedSet = std::variant<StoredSet, GeneratedSet>;

/// Return a set as text, to be sent to other ranks, and the set in such a text.
std::string description_of(const StreamedSet& set);
StreamedSet described_set(const std::string& description);

}  // namespace ksweep
