#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "run/run_options.h"

namespace ksweep {

struct PlanOptions : SweepOptions {
  std::optional<int> n_ranks;       ///< unset: choose ranks and threads for the machine
  std::optional<int> cores;         ///< cores of the machine; unset: those that this process may use
  std::optional<double> memory_gb;  ///< memory of the machine; unset: what this process may use
  bool rates = false;               ///< show the time of each kind of work
  bool list = false;                ///< show all trials, not only the first few
  bool keys = false;                ///< explain the sweep file's keys instead; `sweep` is ignored
  std::string key;                  ///< only this one, or a section's; empty: all
};

struct StatusOptions {
  std::filesystem::path folder;  ///< results folder or sweep file
  bool table = false;            ///< show the metric against k, too
  std::string metric;            ///< which metric the table shows; empty: the sweep file's, or the default
  bool all = false;              ///< also trials of other grids
};

struct MergeOptions {
  std::vector<std::filesystem::path> inputs;  ///< result folders or sweep files
  std::filesystem::path output;
};

struct VerifyOptions {
  std::filesystem::path folder;  ///< results folder
  long sample = 3;               ///< how many trials to train again
  long seed = 0;                 ///< seed for choosing them
  bool all = false;              ///< also retrain trials of other grids
  std::optional<int> threads;
  std::filesystem::path data_dir;  ///< empty: not given
};

struct ExportOptions {
  std::filesystem::path file;  ///< sweep file
  std::filesystem::path csv;
  bool all = false;  ///< also trials of other grids
};

struct PruneOptions {
  std::filesystem::path folder;  ///< results folder
  bool dry_run = false;          ///< remove nothing
};

struct DataInfoOptions {
  std::string set;
  std::filesystem::path data_dir;
  std::optional<double> memory_gb = {};
};

struct DataDigitsOptions {
  std::filesystem::path output;
  std::size_t n_train = 0, n_test = 0;  ///< 0: as many as MNIST has
};

struct DataExportOptions {
  std::string set;
  std::filesystem::path data_dir, output;
  std::vector<std::string> overrides;  ///< "data.key=value"
  std::string part;                    ///< train or test; empty: both
  std::optional<double> memory_gb = {};
};

struct DataActivationsOptions {
  std::filesystem::path folder;  ///< results folder
  std::string trial;             ///< its id, or the first digits
  std::optional<int> layer;      ///< from 1; unset: the last hidden one
  std::filesystem::path data_dir, output;
  std::optional<int> threads;
  std::optional<double> memory_gb;
};

struct WeightsOptions {
  std::filesystem::path folder;  ///< results folder
  std::string trial;             ///< its id, or the first digits; empty: the best
  bool best = false;
  std::string format;  ///< a name in cli/weight_formats.h
  std::filesystem::path output;
};

using Arguments = std::vector<std::string>;

/// Parse and check the arguments after the command's name.  Return nothing if --help was given and the help
/// page has been printed.  Throw UserError.
std::optional<RunOptions> parse_run(const Arguments& arguments);
std::optional<PlanOptions> parse_plan(const Arguments& arguments);
std::optional<StatusOptions> parse_status(const Arguments& arguments);
std::optional<MergeOptions> parse_merge(const Arguments& arguments);
std::optional<VerifyOptions> parse_verify(const Arguments& arguments);
std::optional<ExportOptions> parse_export(const Arguments& arguments);
std::optional<PruneOptions> parse_prune(const Arguments& arguments);
std::optional<WeightsOptions> parse_weights(const Arguments& arguments);
std::optional<DataInfoOptions> parse_data_info(const Arguments& arguments);
std::optional<DataDigitsOptions> parse_data_digits(const Arguments& arguments);
std::optional<DataExportOptions> parse_data_export(const Arguments& arguments);
std::optional<DataActivationsOptions> parse_data_activations(const Arguments& arguments);

}  // namespace ksweep
