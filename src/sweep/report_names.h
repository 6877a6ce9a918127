#pragma once

#include <string>

#include "sweep/entries.h"

namespace ksweep {

/// Returns the names of keys that `report.names` gives, "model.hidden: latents; model.alpha: λ": keys with their sections,
/// in the order given.  Throws UserError for what is no key, for a key or a name that is given twice, and for names that
/// are empty or too long for a figure.
std::string parse_report_names(const Entry& entry);

}  // namespace ksweep
