#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "core/trial_result.h"
#include "train/fold_scaling.h"

namespace ksweep {

/// A layout of files in which other programs load an autoencoder.
struct WeightFormat;

/// Returns the names of the formats, as --format takes them.
std::vector<std::string> weight_format_names();

/// Returns the format of this name.  Throws UserError if there is none.
const WeightFormat& weight_format_named(const std::string& name);

/// Throws UserError if what the format makes of its files is not what the trial's encoder does.  where: names the record in messages.
void check_expressible(const WeightFormat& format, const std::string& where, const Trial& trial,
                       const FoldedAutoencoder& folded);

/// Writes the format's files into a folder.  sweep: the title of the sweep that the record is of.
void write_weight_files(const WeightFormat& format, const std::filesystem::path& folder,
                        const TrialResult& record, const FoldedAutoencoder& folded, const std::string& sweep);

/// Returns a line of Python that loads these files.
std::string loading_line(const WeightFormat& format, const std::filesystem::path& folder);

}  // namespace ksweep
