#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "data/dataset.h"

namespace ksweep {

/// Throws UserError if the folder holds one of these files: they would be replaced.
void check_no_such_files(const std::filesystem::path& folder, const std::vector<std::string>& names);

/// Makes the folder of an export, unless it is there.  Throws UserError.
void make_export_folder(const std::filesystem::path& folder);

/// Where the classes' names stand.
inline constexpr const char* classes_file = "classes.json";

/// Writes the classes' names as a JSON list, in the order of their numbers, if they differ from these.
void write_classes(const std::filesystem::path& folder, const Dataset& dataset);

}  // namespace ksweep
