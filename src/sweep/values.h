#pragma once

#include <string>
#include <vector>

#include "core/trial_keys.h"
#include "sweep/entries.h"

namespace ksweep {

/// The most values that a key or a grid may have.  More are probably a typing error, and the limit keeps a
/// sweep file from filling the memory.
inline constexpr double most_trials = 1e5;

/// Returns the values of one key: lists `10, 25`, ranges `0..4` and `10..100:10`, geometric ranges
/// `1e-4..1e-1*10`, each as its shortest text, in the order written.  Throws UserError for an invalid or
/// repeated value.
std::vector<std::string> expand_values(const Key& key, const Entry& entry);

/// Returns the shortest text of one value of a key.  Throws UserError if it is invalid.
std::string canonical_value(const Key& key, const std::string& value, const std::string& where);

/// Describes the values that a key takes: "whole numbers from 1 to 1000000", "none, l1 or kl".
std::string allowed_values(const Key& key);

}  // namespace ksweep
