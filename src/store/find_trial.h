#pragma once

#include <filesystem>
#include <string>

#include "core/trial_result.h"

namespace ksweep {

/// Reads the record of a trial, with its weights if they are stored, from a results folder.  id: its 16 hexadecimal digits, or so
/// many of the first ones that no other trial begins with them.  The file is decoded in a child process, since it may come from an
/// untrusted source.  Throws UserError: for no or several trials of this id, naming near ones, and for a damaged record.
TrialResult find_trial(const std::filesystem::path& folder, const std::string& id);

/// Throws UserError if the record has no weights.  purpose: what they are needed for, as in "there is nothing to export".
void require_weights(const TrialResult& record, const std::filesystem::path& folder, const char* purpose);

}  // namespace ksweep
