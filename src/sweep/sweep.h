#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "core/trial.h"

namespace ksweep {

/// A key of the sweep file that was given several values, as written after expansion of ranges.
struct Axis {
  std::string key;  ///< full name, "model.k"
  std::vector<std::string> values;
};

/// A sweep file with its overrides, read and checked.
struct Sweep {
  std::string name;              ///< stem of the file's name, as UTF-8
  std::filesystem::path folder;  ///< the file's; relative paths of data sets are looked for there too
  std::filesystem::path file;    ///< absolute, without links; empty if it was read from a pipe
  std::string title;
  std::string text;                          ///< content of the sweep file
  std::vector<std::string> overrides;        ///< --set arguments, as given
  std::map<std::string, std::string> where;  ///< full key -> "jobs/mnist.cfg:7" or "--set"
  std::vector<Axis> axes;
  std::vector<Trial> trials;  ///< normalised, without duplicates, in grid order
  bool save_weights = false;
  std::vector<std::string>
      notes;  ///< what was asked for and changes nothing; no mistake, but perhaps not what was meant
};

}  // namespace ksweep
