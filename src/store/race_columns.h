#pragma once

#include <hdf5.h>

#include <optional>
#include <string_view>

#include "store/netcdf4.h"
#include "store/sweep_record.h"

namespace ksweep {

/// Writes what sweep.h5 says of a race: root attributes, and one column for each fact on the dimension race_setting.
void add_race(Netcdf4File& file, const RaceRecord& race);

/// Reads it; nothing if the file has no race.  Throws h5::Error if it names a trial or a setting that is not there.
std::optional<RaceRecord> read_race(hid_t file, std::size_t n_trials);

/// Returns whether a root attribute belongs to the race.
inline bool is_of_race(std::string_view attribute) { return attribute.starts_with("race_"); }

/// Returns the name of what ended a race: "one left"; a race that goes on is "going on".
std::string end_text(const RaceRecord& race);

}  // namespace ksweep
