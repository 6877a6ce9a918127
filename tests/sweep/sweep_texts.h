#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "refusal.h"
#include "sweep/read_sweep.h"

namespace ksweep {

/// Reads a sweep from text, as if from the file x.cfg in the current folder.
inline Sweep sweep_of(const std::string& text, const std::vector<std::string>& overrides = {}) {
  const auto home = std::filesystem::current_path();
  const auto folder = std::filesystem::path(::testing::TempDir()) / ("sweep" + std::to_string(::getpid()));
  std::filesystem::create_directories(folder);
  std::filesystem::current_path(folder);
  std::ofstream("x.cfg") << text;
  struct Return {
    std::filesystem::path home, folder;
    ~Return() {
      std::filesystem::current_path(home);
      std::filesystem::remove_all(folder);
    }
  } back{home, folder};
  return read_sweep("x.cfg", overrides);
}

inline std::string refusal_of(const std::string& text, const std::vector<std::string>& overrides = {}) {
  return refusal([&] { sweep_of(text, overrides); });
}

}  // namespace ksweep
