#pragma once

#include <string>
#include <vector>

#include "core/trial_keys.h"
#include "sweep/entries.h"

namespace ksweep {

/// No grid, and not all axes together, may have more values: beyond it, a slip of the keyboard is likelier than a wish,
/// and no sweep file can fill the memory.
inline constexpr double most_trials = 1e5;

/// The values of one key: lists `10, 25`, ranges `0..4` and `10..100:10`, geometric ranges `1e-4..1e-1*10`,
/// each as its shortest text, in the order written.  Throws UserError for what is no value of the key or is
/// there twice.
std::vector<std::string> expand_values(const Key& key, const Entry& entry);

/// The shortest text of one value of a key.  Throws UserError if it is none.
std::string canonical_value(const Key& key, const std::string& value, const std::string& where);

/// What values a key takes, for people: "whole numbers from 1 to 1000000", "none, l1 or kl".
std::string allowed_values(const Key& key);

}  // namespace ksweep
