#pragma once

#include <gtest/gtest.h>

#include <initializer_list>
#include <string>
#include <utility>

#include "core/trial_keys.h"

namespace ksweep {

/// Returns the default trial with these keys set, as a sweep file sets them.
inline Trial trial_with(std::initializer_list<std::pair<std::string, std::string>> values) {
  Trial trial = default_trial();
  for (const auto& [key, value] : values)
    EXPECT_EQ(set_from_text(*find_key(key), trial, value), std::nullopt) << key;
  return trial;
}

}  // namespace ksweep
