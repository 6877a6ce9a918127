#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/trial.h"
#include "race/judge_race.h"

namespace ksweep {

/// A key of the sweep file with several values; ranges are expanded.
struct Axis {
  std::string key;  ///< full name, "model.k"
  std::vector<std::string> values;
};

/// Whether the dictionaries of different seeds of a setting are compared; automatic: if the samples have no labels.
enum class Consistency { automatic, yes, no };

/// A sweep file with its overrides, read and checked.
struct Sweep {
  std::string name;              ///< stem of the file's name, as UTF-8
  std::filesystem::path folder;  ///< the file's; relative paths of data sets are also looked up there
  std::filesystem::path file;    ///< absolute, without links; empty if it was read from a pipe
  std::string title;
  std::string text;                          ///< content of the sweep file
  std::vector<std::string> overrides;        ///< --set arguments, as given
  std::map<std::string, std::string> where;  ///< full key -> "jobs/mnist.cfg:7" or "--set"
  std::vector<Axis> axes;
  std::vector<Trial> trials;  ///< normalised, without duplicates, in grid order
  bool save_weights = false;
  Consistency consistency = Consistency::automatic;
  std::string
      report_metric;  ///< name of the metric that settings are chosen and judged by; empty: the default
  std::string report_names;        ///< of keys in the report: "model.hidden: latents; model.alpha: λ"
  std::optional<RaceRules> race;   ///< how settings race over the seeds; nothing: all trials are trained
  std::vector<std::string> notes;  ///< settings without effect, which may not be what was meant
};

}  // namespace ksweep
